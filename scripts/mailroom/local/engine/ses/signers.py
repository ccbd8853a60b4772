"""Who signs a message: the sender's domain, where DKIM is set up for it, and always amazonses.com."""

from __future__ import annotations

from typing import Any

from . import dkim
from .addresses import domain_of, identity_for, parents
from .identities import token
from .signing import Signer
from .state import Region

AMAZON = "amazonses.com"


def dkim_of(region: Region, name: str) -> dict[str, Any]:
    """DkimAttributes of an identity. An address has those of its domain, but for whether it is signed, where
    that was put for the address itself.

    https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy-managing.html
    """
    own: dict[str, Any] = region.identities[name]["DkimAttributes"]
    domain = domain_identity(region, name)
    shown = own if domain is None else region.identities[domain]["DkimAttributes"]
    enabled = own.get("SigningEnabled", shown.get("SigningEnabled", False))
    return {**shown, "SigningEnabled": enabled}


def domain_identity(region: Region, name: str) -> str | None:
    """The domain identity behind an identity: itself, or for an address its domain or the nearest above."""
    known = {one.lower(): one for one in list(region.identities) if "@" not in one}
    return next((known[domain] for domain in parents(domain_of(name)) if domain in known), None)


def own_signer(region: Region, address: str) -> Signer | None:
    """Who signs mail of this address for its own domain; None where DKIM is switched off or not set up."""
    name = identity_for(region, address)
    domain = domain_identity(region, name) if name else None
    if name is None or domain is None:
        return None
    attributes = dkim_of(region, name)
    if not attributes["SigningEnabled"] or attributes["Status"] != "SUCCESS":
        return None
    selector = attributes["Tokens"][0]  # SES signs by one of its three at a time
    return Signer(domain.lower(), selector, _key(region, domain, selector))


def amazon_signer(region: str) -> Signer:
    """SES itself, which signs every message in a Region of this name."""
    selector = token(f"{AMAZON}/{region}")
    return Signer(AMAZON, selector, dkim.easy_key(selector, dkim.AMAZON_BITS))


def public_record(region: Region, domain: str, selector: str) -> str:
    """What DNS has under a selector of a domain identity."""
    return dkim.public_record(_key(region, domain, selector))


def _key(region: Region, domain: str, selector: str) -> dkim.RSAPrivateKey:
    if domain in region.private_keys:
        return region.private_keys[domain]
    length = region.identities[domain]["DkimAttributes"]["CurrentSigningKeyLength"]
    return dkim.easy_key(selector, dkim.BITS[length])
