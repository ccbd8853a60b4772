"""An identity's life, the same under both APIs.

A new identity is verified at once, unless SES is to look into DNS first: then a domain waits for
`verification`. An address never waits: nobody here would get the mail with the link.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ..protocol.messages import ServiceError
from ..protocol.model import not_built
from . import dkim as keys
from . import mailboxes
from .refusals import Kind, Refusal
from .state import Region

DKIM_TOKENS = 3
LONGEST_DOMAIN = 253
_LABEL = "(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
EASY_ONLY = (
    "NextSigningKeyLength", "CurrentSigningKeyLength", "LastKeyGenerationTimestamp", "SigningHostedZone"
)  # fmt: skip


def dkim_tokens(region: Region, name: str) -> list[str]:
    """The three selectors of Easy DKIM: 32 characters each, the same for the same identity and Region."""
    seeds = (f"{region.account_id}/{region.name}/{name}/{number}" for number in range(DKIM_TOKENS))
    return [token(seed) for seed in seeds]


def token(seed: str) -> str:
    """A selector: 32 letters and digits that look like chance, and are always the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    return _base36(number)[:32]


def _base36(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 36)
        letters += "0123456789abcdefghijklmnopqrstuvwxyz"[rest]
    return letters


def check_name(name: str) -> None:
    """Refuse what is no address and no domain. Raises Refusal; SES's words for a domain are those that
    hashicorp/terraform-provider-aws #3840 quotes.

    A domain is of letters, digits, hyphens and underscores, with dots; other letters are to be in Punycode.
    """
    if "@" in name and mailboxes.violation(name):
        raise Refusal(Kind.BAD_REQUEST, f"Invalid email address<{name}>.")
    if "@" not in name and (len(name) > LONGEST_DOMAIN or not _DOMAIN.fullmatch(name)):
        raise Refusal(Kind.BAD_REQUEST, f"Invalid domain name {name}.")


def new_identity(region: Region, name: str, signing: dict[str, Any] | None = None) -> dict[str, Any]:
    """Create a verified identity, shaped as SESv2's GetEmailIdentity answers it, and remember it.

    `signing` is SESv2's DkimSigningAttributes: another key length, or a key of one's own (BYODKIM). Raises
    ServiceError where that key is none, and nothing is created.
    """
    own = _own_key(name, signing or {})
    status = "SUCCESS" if "@" in name else beginning(region)
    record: dict[str, Any] = {
        "IdentityType": "EMAIL_ADDRESS" if "@" in name else "DOMAIN",
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": status == "SUCCESS",
        "VerificationStatus": status,
        "VerificationInfo": {},
        "DkimAttributes": _dkim(region, name),
        "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
    }
    region.identities[name] = record
    if signing:
        _set_signing(region, name, signing, own)
    return record


def beginning(region: Region) -> str:
    """The status of what its owner has to publish in DNS, as it begins."""
    return "PENDING" if region.account.checks_dns else "SUCCESS"


def _dkim(region: Region, name: str) -> dict[str, Any]:
    if "@" in name:  # an address is signed with its domain's keys, if any: signers.dkim_of
        return {"Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}
    return {
        "SigningEnabled": True,
        "Status": beginning(region),
        "Tokens": dkim_tokens(region, name),
        "SigningHostedZone": keys.hosted_zone(region.name),
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": "RSA_2048_BIT",
        "CurrentSigningKeyLength": "RSA_2048_BIT",
        "LastKeyGenerationTimestamp": region.clock(),
    }


def set_signing(region: Region, name: str, signing: dict[str, Any]) -> None:
    """Apply SESv2's DkimSigningAttributes to an identity. Raises ServiceError for a key that is none."""
    _set_signing(region, name, signing, _own_key(name, signing))


def _own_key(name: str, signing: dict[str, Any]) -> keys.RSAPrivateKey | None:
    """The customer's own key; None with Easy DKIM. Raises ServiceError for what no identity can have."""
    if "@" in name and signing:
        raise ServiceError("BadRequestException", "DKIM signing attributes can be given to a domain only.")
    if signing.get("DomainSigningAttributesOrigin", "AWS_SES").startswith("AWS_SES_"):
        raise not_built("sesv2", "DKIM keys of another Region (Deterministic Easy DKIM)")
    selector, text = signing.get("DomainSigningSelector"), signing.get("DomainSigningPrivateKey")
    if not selector and not text:
        return None
    if not selector or not text:
        raise ServiceError(
            "BadRequestException", "DomainSigningSelector and DomainSigningPrivateKey must both be given."
        )
    if signing.get("NextSigningKeyLength"):
        raise ServiceError(
            "BadRequestException", "NextSigningKeyLength is for Easy DKIM, not for a private key of your own."
        )
    return keys.own_key(text)


def _set_signing(region: Region, name: str, signing: dict[str, Any], own: keys.RSAPrivateKey | None) -> None:
    """The attributes are exchanged as a whole: DNS reads them while they change."""
    identity = region.identities[name]
    dkim = dict(identity["DkimAttributes"])
    if own is not None:
        region.private_keys[name] = own
        dkim.update(
            SigningAttributesOrigin="EXTERNAL",
            Tokens=[signing["DomainSigningSelector"]],
            Status=beginning(region),
        )
        for member in EASY_ONLY:
            dkim.pop(member, None)
    else:
        region.private_keys.pop(name, None)
        if dkim["SigningAttributesOrigin"] == "EXTERNAL":
            dkim = {**_dkim(region, name), "SigningEnabled": dkim["SigningEnabled"]}
        length = signing.get("NextSigningKeyLength")
        if length:
            dkim.update(
                NextSigningKeyLength=length,
                CurrentSigningKeyLength=length,
                LastKeyGenerationTimestamp=region.clock(),
            )
    identity["DkimAttributes"] = dkim


def forget_identity(region: Region, name: str) -> None:
    """Delete an identity with what hangs on it; nothing happens where there is none."""
    region.identities.pop(name, None)
    region.policies.pop(name, None)
    region.private_keys.pop(name, None)
    region.notifications.pop(name, None)
    region.tags.pop(region.arn("identity", name), None)
