"""Addresses and the identities behind them."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import getaddresses, parseaddr
from typing import TYPE_CHECKING, Any

from ..protocol.messages import ServiceError

if TYPE_CHECKING:
    from .state import Region


def bare(address: str) -> str:
    """`Name <a@b>` to `a@b`; "" where there is no address."""
    found = parseaddr(address)[1]
    return found if "@" in found else ""


def all_bare(values: list[str]) -> list[str]:
    """The bare addresses of header values, in order."""
    return [address for _, address in getaddresses(values) if "@" in address]


def domain_of(address: str) -> str:
    """The domain of an address or identity, in lower case."""
    return address.rpartition("@")[2].lower()


def parents(domain: str) -> Iterator[str]:
    """A domain and what it is below of: a.b.example.com, b.example.com, example.com, com."""
    labels = domain.split(".")
    for index in range(len(labels)):
        yield ".".join(labels[index:])


def identities_of(region: Region, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The identities that cover an address, verified or not: itself, its domain, the ones above."""
    for name in (address, *parents(domain_of(address))):
        for known, identity in list(region.identities.items()):  # another thread may add one meanwhile
            if known.lower() == name.lower():
                yield known, identity


def identity_for(region: Region, address: str) -> str | None:
    """The verified identity that may send as this address: the address itself, else its domain or one
    above."""
    verified = (
        name for name, identity in identities_of(region, address) if identity["VerifiedForSendingStatus"]
    )
    return next(verified, None)


def default_configuration_set(region: Region, sender: str) -> str:
    """The configuration set of a message that names none: the sender's own, else its domain's; "" for none.

    (SES developer guide, "Default configuration sets": an address that is an identity, too, uses its own.)
    """
    named = (identity.get("ConfigurationSetName") or "" for _, identity in identities_of(region, sender))
    return next(filter(None, named), "")


def receives_for(region: Region, domain: str) -> bool:
    """Whether mail for this domain is ours to take: the domain, or one above it, is a verified identity. An
    address that is verified makes no domain ours."""
    known = {
        name.lower()
        for name, identity in list(region.identities.items())
        if "@" not in name and identity["VerifiedForSendingStatus"]
    }
    return any(name in known for name in parents(domain.lower()))


def find_identity(region: Region, name: str, code: str = "NotFoundException") -> dict[str, Any]:
    """An identity's record; ServiceError where there is none."""
    identity = region.identities.get(name)
    if identity is None:
        raise ServiceError(code, f"Email identity {name} does not exist.", 404)
    return identity


def verified(region: Region, name: str) -> bool:
    """Whether there is an identity of this very name that may send."""
    return bool(region.identities.get(name, {}).get("VerifiedForSendingStatus"))


def covers(identity: str, address: str) -> bool:
    """Whether an identity is one for this address: the address itself, its domain or one above."""
    return identity.lower() in (address.lower(), *parents(domain_of(address)))
