"""IP address filters: who may speak to the inbound door at all."""

from __future__ import annotations

import ipaddress

from ..state import Region


def network_of(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The network of an address or a CIDR block. Raises ValueError, also for what Python's reader takes and
    SES refuses: a netmask in the place of a length, an IPv4 address inside an IPv6 one, a zone."""
    address, slash, length = cidr.partition("/")
    if (
        (slash and not (length.isascii() and length.isdecimal()))
        or {":", "."} <= set(address)
        or "%" in address
    ):
        raise ValueError(cidr)
    return ipaddress.ip_network(cidr, strict=False)


def blocks(region: Region, peer: str) -> bool:
    """The filters' word for an IP address: the narrowest network that holds it decides.

    So a block list of 0.0.0.0/0 with an allow list lets in the allowed alone ("Concepts: IP-based control").
    """
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    hits = [
        (network.prefixlen, entry["IpFilter"]["Policy"])
        for entry in list(region.filters.values())
        if address in (network := network_of(entry["IpFilter"]["Cidr"]))
    ]
    return bool(hits) and max(hits)[1] == "Block"
