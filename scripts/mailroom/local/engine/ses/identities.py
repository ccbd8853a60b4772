"""An identity's life, the same under both APIs. Here a new identity is verified at once: there is no DNS to
ask."""

from __future__ import annotations

import hashlib
from typing import Any

from .state import Region

DKIM_TOKENS = 3


def dkim_tokens(region: Region, name: str) -> list[str]:
    """The three selectors of Easy DKIM: 32 characters each, the same for the same identity and Region."""
    seeds = (f"{region.account_id}/{region.name}/{name}/{number}" for number in range(DKIM_TOKENS))
    digests = (int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") for seed in seeds)
    return [_base36(digest)[:32] for digest in digests]


def _base36(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 36)
        letters += "0123456789abcdefghijklmnopqrstuvwxyz"[rest]
    return letters


def new_identity(region: Region, name: str, signing: dict[str, Any] | None = None) -> dict[str, Any]:
    """Create a verified identity, shaped as SESv2's GetEmailIdentity answers it, and remember it.

    `signing` is SESv2's DkimSigningAttributes: another key length, or a key of one's own (BYODKIM).
    """
    record: dict[str, Any] = {
        "IdentityType": "EMAIL_ADDRESS" if "@" in name else "DOMAIN",
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": True,
        "VerificationStatus": "SUCCESS",
        "VerificationInfo": {},
        "DkimAttributes": _dkim(region, name),
        "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
    }
    region.identities[name] = record
    if signing:
        set_signing(region, name, signing)
    return record


def _dkim(region: Region, name: str) -> dict[str, Any]:
    if "@" in name:  # an address is signed with its domain's keys, if any
        return {"SigningEnabled": False, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}
    return {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "Tokens": dkim_tokens(region, name),
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": "RSA_2048_BIT",
        "CurrentSigningKeyLength": "RSA_2048_BIT",
        "LastKeyGenerationTimestamp": region.clock(),
    }


def set_signing(region: Region, name: str, signing: dict[str, Any]) -> None:
    """Apply SESv2's DkimSigningAttributes to an identity."""
    dkim = region.identities[name]["DkimAttributes"]
    if signing.get("DomainSigningSelector"):
        dkim.update(SigningAttributesOrigin="EXTERNAL", Tokens=[signing["DomainSigningSelector"]])
        for member in ("NextSigningKeyLength", "CurrentSigningKeyLength", "LastKeyGenerationTimestamp"):
            dkim.pop(member, None)
        return
    if dkim["SigningAttributesOrigin"] == "EXTERNAL":
        dkim.clear()
        dkim.update(_dkim(region, name))
    length = signing.get("NextSigningKeyLength")
    if length:
        dkim.update(NextSigningKeyLength=length, CurrentSigningKeyLength=length)


def forget_identity(region: Region, name: str) -> None:
    """Delete an identity with what hangs on it; nothing happens where there is none."""
    region.identities.pop(name, None)
    region.policies.pop(name, None)
    region.tags.pop(region.arn("identity", name), None)
