"""The account's switches and what it has sent, as v1 names them."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation
from .. import statistics
from ..quota import shown
from ..state import Region


def quota(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetSendQuota."""
    return shown(region)


def send_statistics(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetSendStatistics."""
    return {"SendDataPoints": statistics.points(region)}


def enabled(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetAccountSendingEnabled."""
    return {"Enabled": region.account.sending_enabled}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateAccountSendingEnabled."""
    region.account.sending_enabled = params.get("Enabled", False)


OPERATIONS: dict[str, Operation] = {
    "GetSendQuota": quota,
    "GetSendStatistics": send_statistics,
    "GetAccountSendingEnabled": enabled,
    "UpdateAccountSendingEnabled": update,
}
