"""IP address filters of the inbound door."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..receipt.filters import network_of
from ..receipt.names import check_filter_name
from ..state import Region

MAXIMUM_FILTERS = 100


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateReceiptFilter."""
    entry = params["Filter"]
    check_filter_name(entry["Name"])
    try:
        network_of(entry["IpFilter"]["Cidr"])
    except ValueError:
        cidr = entry["IpFilter"]["Cidr"]
        raise ServiceError("InvalidParameterValue", f"Invalid CIDR block: {cidr}") from None
    if entry["Name"] in region.filters:
        raise ServiceError("AlreadyExists", f"Filter already exists: {entry['Name']}")
    if len(region.filters) >= MAXIMUM_FILTERS:
        raise ServiceError("LimitExceeded", "Too many filters")
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
