"""The account's switches, as v1 names them."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation
from ..state import Region
from ..v2.account import QUOTA


def quota(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetSendQuota."""
    return {**QUOTA, "SentLast24Hours": float(len(region.mail.listing()))}


def enabled(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetAccountSendingEnabled."""
    return {"Enabled": region.account.sending_enabled}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateAccountSendingEnabled."""
    region.account.sending_enabled = params.get("Enabled", False)


OPERATIONS: dict[str, Operation] = {
    "GetSendQuota": quota,
    "GetAccountSendingEnabled": enabled,
    "UpdateAccountSendingEnabled": update,
}
