"""IP address filters of the inbound door."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateReceiptFilter."""
    entry = params["Filter"]
    if entry["Name"] in region.filters:
        raise ServiceError("AlreadyExists", f"Filter already exists: {entry['Name']}")
    try:
        ipaddress.ip_network(entry["IpFilter"]["Cidr"], strict=False)
    except ValueError as problem:
        raise ServiceError("InvalidParameterValue", f"Invalid CIDR: {problem}") from None
    region.filters[entry["Name"]] = entry


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteReceiptFilter; one that is not there is deleted already."""
    region.filters.pop(params["FilterName"], None)


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListReceiptFilters."""
    return {"Filters": [region.filters[name] for name in sorted(region.filters)]}


OPERATIONS: dict[str, Operation] = {
    "CreateReceiptFilter": create,
    "DeleteReceiptFilter": delete,
    "ListReceiptFilters": list_all,
}
