"""The account's suppression list."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from .paging import page


def _entry(region: Region, address: str) -> dict[str, Any]:
    entry = region.suppressed.get(address.lower())
    if entry is None:
        raise ServiceError(
            "NotFoundException", f"Email address {address} does not exist on your suppression list.", 404
        )
    return entry


def put(region: Region, params: dict[str, Any]) -> None:
    """PutSuppressedDestination."""
    region.suppressed[params["EmailAddress"].lower()] = {
        "EmailAddress": params["EmailAddress"],
        "Reason": params["Reason"],
        "LastUpdateTime": region.clock(),
    }


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetSuppressedDestination."""
    return {"SuppressedDestination": _entry(region, params["EmailAddress"])}


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteSuppressedDestination."""
    _entry(region, params["EmailAddress"])
    del region.suppressed[params["EmailAddress"].lower()]


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListSuppressedDestinations."""
    wanted = [
        entry
        for entry in list(region.suppressed.values())  # mail that bounces meanwhile adds to it
        if entry["Reason"] in (params.get("Reasons") or (entry["Reason"],))
        and params.get("StartDate", entry["LastUpdateTime"]) <= entry["LastUpdateTime"]
        and entry["LastUpdateTime"] <= params.get("EndDate", entry["LastUpdateTime"])
    ]
    rows, token = page(wanted, [entry["EmailAddress"] for entry in wanted], params)
    listed = [{name: row[name] for name in ("EmailAddress", "Reason", "LastUpdateTime")} for row in rows]
    return {"SuppressedDestinationSummaries": listed, "NextToken": token}


OPERATIONS: dict[str, Operation] = {
    "PutSuppressedDestination": put,
    "GetSuppressedDestination": get,
    "DeleteSuppressedDestination": delete,
    "ListSuppressedDestinations": list_all,
}
