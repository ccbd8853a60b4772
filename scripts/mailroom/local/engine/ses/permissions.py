"""Which IAM action and resource an operation needs, as the service authorization reference for SES has
them. A message that comes by SMTP is a SendRawEmail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import Any

from . import own_headers
from .addresses import all_bare, bare, default_configuration_set, identity_for
from .compose import headers_of
from .drafts import recipients_of
from .state import Region

# Bulk asks for both, and the addresses' condition keys do not hold on the first: a call has no one address.
BULK = ("ses:SendBulkEmail", "ses:SendBulkTemplatedEmail")
SENDING = {
    "SendEmail": ("ses:SendEmail",),
    "SendRawEmail": ("ses:SendRawEmail",),
    "SendTemplatedEmail": ("ses:SendTemplatedEmail",),
    "SendBulkTemplatedEmail": BULK[1:],
    "SendBulkEmail": BULK,
}


@dataclass(frozen=True)
class Needed:
    """One check: the caller must be allowed this action on this resource, under these condition keys, by
    their own policies or by the identity's (`policies`, sending authorization)."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)
    policies: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Send:
    """What a call says of the mail it wants sent. `authors` are the From addresses with their display names,
    `source` is the envelope's sender; ARNs are "" where none is named."""

    source: str
    authors: list[tuple[str, str]]
    feedback: str
    recipients: list[str]
    configuration_set: str
    source_arn: str
    from_arn: str
    return_path_arn: str


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """All checks of a call. A raw send by v2 is checked as ses:SendRawEmail, as in AWS."""
    if operation in SENDING:
        raw = params.get("RawMessage") or params.get("Content", {}).get("Raw")
        actions = ("ses:SendRawEmail",) if raw else SENDING[operation]
        said = _said(params, raw["Data"] if raw else None)
        for action in actions:
            yield from _to_send(region, action, said)
    elif operation == "SendBounce":
        yield _to_bounce(region, bare(params["BounceSender"]), params.get("BounceSenderArn", ""))
    elif "ResourceArn" in params:
        yield Needed(f"ses:{operation}", params["ResourceArn"])
    elif isinstance(params.get("EmailIdentity"), str):
        yield Needed(f"ses:{operation}", region.arn("identity", params["EmailIdentity"]))
    elif isinstance(params.get("ConfigurationSetName"), str):
        yield Needed(f"ses:{operation}", region.arn("configuration-set", params["ConfigurationSetName"]))
        yield from _passed(params.get("EventDestination") or {})
    elif isinstance(params.get("PoolName"), str):
        yield Needed(f"ses:{operation}", region.arn("dedicated-ip-pool", params["PoolName"]))
    else:
        yield Needed(f"ses:{operation}", "*")


def _to_bounce(region: Region, sender: str, arn: str) -> Needed:
    name = arn.partition(":identity/")[2] or identity_for(region, sender) or sender
    policies = tuple(region.policies.get(name, {}).values())
    return Needed(
        "ses:SendBounce", arn or region.arn("identity", name), {"ses:FromAddress": sender}, policies
    )


def _passed(destination: dict[str, Any]) -> Iterator[Needed]:
    """A role with which SES writes to a stream is handed to it; v2's name for it, and v1's."""
    stream = destination.get("KinesisFirehoseDestination") or {}
    role = stream.get("IamRoleArn") or stream.get("IAMRoleARN")
    if role:
        yield Needed("iam:PassRole", role, {"iam:PassedToService": "ses.amazonaws.com"})


def quoted(message: str) -> str:
    """A refusal in the words of v1 and SMTP: names quoted, without which policy is missing."""
    words = message.partition(" because ")[0].partition(" with an explicit")[0]
    user, _, rest = words.removeprefix("User: ").partition(" is not authorized to perform: ")
    action, _, resource = rest.partition(" on resource: ")
    return f"User `{user}' is not authorized to perform `{action}' on resource `{resource}'"


def _said(params: dict[str, Any], raw: bytes | None) -> _Send:
    """Parameters win over SES's own headers, and say who sends where a raw message does not."""
    named = params.get("FromEmailAddress") or params.get("Source") or ""
    headers = headers_of(raw or b"")
    own = own_headers.read(raw or b"")
    authors = [(name, one) for name, one in getaddresses(_values(headers, "From")) if "@" in one]
    authors = authors or getaddresses([named]) or [("", "")]
    source = bare(named) or authors[0][1]
    recipients = recipients_of(params.get("Destination", {})) or params.get("Destinations", [])
    if not recipients:
        recipients = all_bare([one for kind in ("To", "Cc", "Bcc") for one in _values(headers, kind)])
    feedback = params.get("FeedbackForwardingEmailAddress") or params.get("ReturnPath")
    source_arn = params.get("FromEmailAddressIdentityArn") or params.get("SourceArn") or own.source_arn
    return _Send(
        source=source,
        authors=authors,
        feedback=feedback or bare("".join(_values(headers, "Return-Path")[:1])) or source,
        recipients=recipients,
        configuration_set=params.get("ConfigurationSetName") or own.configuration_set,
        source_arn=source_arn,
        from_arn=params.get("FromArn") or own.from_arn or source_arn,
        return_path_arn=(
            params.get("FeedbackForwardingEmailAddressIdentityArn")
            or params.get("ReturnPathArn")
            or own.return_path_arn
        ),
    )


def _values(headers: Any, name: str) -> list[str]:
    return [str(value) for value in headers.get_all(name, [])]


def _to_send(region: Region, action: str, said: _Send) -> Iterator[Needed]:
    """The identity of every address that is used (named by its ARN, else the address itself or its domain;
    unverified ones too), and the configuration set.

    ses:FromAddress is the From header's address, each of them where there are several: so a forged header
    is refused whatever the envelope says.
    """
    for name, address in said.authors:
        yield _of_identity(region, action, said, said.from_arn, (name, address), address)
    if said.source not in (address for _, address in said.authors):
        yield _of_identity(region, action, said, said.source_arn, said.authors[0], said.source)
    if said.return_path_arn:
        yield _of_identity(region, action, said, said.return_path_arn, said.authors[0], said.feedback)
    used = said.configuration_set or default_configuration_set(region, said.source)
    if used:
        context = _context(action, said, said.authors[0])
        yield Needed(action, region.arn("configuration-set", used), context)


def _of_identity(
    region: Region, action: str, said: _Send, arn: str, author: tuple[str, str], address: str
) -> Needed:
    name = arn.partition(":identity/")[2] or identity_for(region, address) or address
    policies = tuple(region.policies.get(name, {}).values())
    return Needed(action, arn or region.arn("identity", name), _context(action, said, author), policies)


def _context(action: str, said: _Send, author: tuple[str, str]) -> dict[str, Any]:
    if action == BULK[0]:
        return {}
    context: dict[str, Any] = {
        "ses:FromAddress": author[1],
        "ses:Recipients": list(said.recipients),
        "ses:FeedbackAddress": said.feedback,
    }
    return context | ({"ses:FromDisplayName": author[0]} if author[0] else {})
