"""What an SMTP user may send: as whom, in which configuration sets, from where. As an IAM policy."""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lambda_src.shared.addresses import is_address
from mailroom.errors import MailroomError

MOST_CHARACTERS = 2048
"""Of a user's inline policies, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""


@dataclass(frozen=True)
class Wish:
    """What the operator asks for. `senders` are addresses, with * for any letters before the @."""

    senders: tuple[str, ...] = ()
    configuration_sets: tuple[str, ...] = ()
    source_ips: tuple[str, ...] = ()
    vpc_source_ips: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        senders: Iterable[str],
        configuration_sets: Iterable[str],
        source_ips: Iterable[str],
        vpc_source_ips: Iterable[str],
    ) -> "Wish":
        """Check the words of a command line. Raises MailroomError."""
        return cls(
            tuple(dict.fromkeys(map(_sender, senders))),
            tuple(dict.fromkeys(configuration_sets)),
            tuple(dict.fromkeys(_network("--source-ip", one) for one in source_ips)),
            tuple(dict.fromkeys(_network("--vpc-source-ip", one) for one in vpc_source_ips)),
        )


@dataclass(frozen=True)
class Resources:
    """The ARNs of the identities that the senders need and of the configuration sets; what to warn of."""

    identities: tuple[str, ...]
    configuration_sets: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def resources(ses: Any, wish: Wish, arn_start: str) -> Resources:
    """Look up, in SES (a v2 client), what these senders need. `arn_start` is arn:aws:ses:<region>:<account>.

    An identity's default configuration set is among them: SES asks for it whenever a mail names no other.
    Raises MailroomError for a sender without an identity, and for a configuration set that is not there.
    """
    found: dict[str, dict[str, Any]] = {}
    for sender in wish.senders:
        name, identity = _identity(ses, sender)
        found[name] = identity
    sets = [
        *wish.configuration_sets,
        *filter(None, (one.get("ConfigurationSetName") for one in found.values())),
    ]
    for one in wish.configuration_sets:
        _check_set(ses, one)
    return Resources(
        tuple(f"{arn_start}:identity/{name}" for name in found),
        tuple(f"{arn_start}:configuration-set/{name}" for name in dict.fromkeys(sets)),
        tuple(
            f"{name} is not verified yet: SES refuses its mail (554) until its DNS records are found"
            for name, identity in found.items()
            if not identity.get("VerifiedForSendingStatus")
        ),
    )


def document(wish: Wish, needed: Resources) -> dict[str, Any]:
    """The policy: ses:SendRawEmail, which is what SMTP is, and nothing else.

    The ARNs name the one Region. There is no condition aws:RequestedRegion: SES implements few of the global
    keys (developer guide, "Identity and access management in Amazon SES": times, aws:SecureTransport,
    aws:SourceIp, aws:UserAgent), and one that it does not know would refuse every mail.
    """
    return {"Version": "2012-10-17", "Statement": list(_statements(wish, needed))}


def check_size(policy: dict[str, Any]) -> None:
    """Raise MailroomError where IAM would not take a policy for its size."""
    size = len(json.dumps(policy, separators=(",", ":")))
    if size > MOST_CHARACTERS:
        raise MailroomError(
            f"The policy would have {size:,} characters, and IAM takes {MOST_CHARACTERS:,}: "
            "name fewer addresses and networks, or wider ones."
        )


def described(policy: dict[str, Any]) -> dict[str, list[str]]:
    """What such a document allows: from, configuration_sets, source_ips, vpc_source_ips."""
    told: dict[str, list[str]] = {
        "from": [], "configuration_sets": [], "source_ips": [], "vpc_source_ips": []
    }  # fmt: skip
    for statement in policy.get("Statement", []):
        conditions = statement.get("Condition", {})
        addresses = conditions.get("IpAddress", {})
        told["from"] += conditions.get("StringLike", {}).get("ses:FromAddress", [])
        told["source_ips"] += addresses.get("aws:SourceIp", [])
        told["vpc_source_ips"] += addresses.get("aws:VpcSourceIp", [])
        told["configuration_sets"] += [
            arn.partition(":configuration-set/")[2]
            for arn in statement.get("Resource", [])
            if ":configuration-set/" in arn
        ]
    return {name: list(dict.fromkeys(values)) for name, values in told.items()}


def _statements(wish: Wish, needed: Resources) -> Iterator[dict[str, Any]]:
    """One for each kind of source address: a request has one of them, and either may be right."""
    kinds = {"aws:SourceIp": wish.source_ips, "aws:VpcSourceIp": wish.vpc_source_ips}
    bounds: list[dict[str, list[str]] | None] = [
        {key: list(networks)} for key, networks in kinds.items() if networks
    ]
    for bound in bounds or [None]:
        condition: dict[str, Any] = {"StringLike": {"ses:FromAddress": list(wish.senders)}}
        if bound:
            condition["IpAddress"] = bound
        yield {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": [*needed.identities, *needed.configuration_sets],
            "Condition": condition,
        }


def _identity(ses: Any, sender: str) -> tuple[str, dict[str, Any]]:
    """The identity that SES uses for a sender: the address itself, else its domain, else one above."""
    labels = sender.rpartition("@")[2].split(".")
    domains = [".".join(labels[index:]) for index in range(len(labels) - 1)]
    names = [*([] if "*" in sender else [sender]), *domains]
    found = [(name, identity) for name in names if (identity := _asked(ses, name))]
    verified = [one for one in found if one[1].get("VerifiedForSendingStatus")]
    if not found:
        raise MailroomError(
            f"--from {sender}: SES has no identity for it here (looked for {', '.join(names)}).",
            "add its domain to `sending` in the environment's file, then make apply",
        )
    return (verified or found)[0]


def _asked(ses: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = ses.get_email_identity(EmailIdentity=name)
    except ses.exceptions.NotFoundException:
        return None
    return found


def _check_set(ses: Any, name: str) -> None:
    try:
        ses.get_configuration_set(ConfigurationSetName=name)
    except ses.exceptions.NotFoundException:
        raise MailroomError(
            f"--configuration-set {name}: SES has no such set here.", "aws sesv2 list-configuration-sets"
        ) from None


def _sender(text: str) -> str:
    local, _, domain = text.rpartition("@")
    domain = domain.lower()  # as SES compares; the part before the @ is compared letter by letter
    if "?" in text or "*" in domain or not is_address(f"{local.replace('*', 'x')}@{domain}"):
        raise MailroomError(
            f"--from {text}: it takes an address; before the @ a * is any text: '*@example.com'."
        )
    return f"{local}@{domain}"


def _network(option: str, text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as problem:
        raise MailroomError(
            f"{option} {text}: this is no address and no network ({problem}). "
            "It takes 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32."
        ) from None
