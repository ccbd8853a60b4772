"""The account's switches."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation
from ..state import Region

QUOTA = {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0}


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetAccount."""
    account = region.account
    return {
        "DedicatedIpAutoWarmupEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": not account.sandbox,
        "SendQuota": {**QUOTA, "SentLast24Hours": float(len(region.mail.listing()))},
        "SendingEnabled": account.sending_enabled,
        "SuppressionAttributes": {"SuppressedReasons": list(account.suppressed_reasons)},
        "Details": account.details or None,
        "VdmAttributes": account.vdm,
    }


def put_sending(region: Region, params: dict[str, Any]) -> None:
    """PutAccountSendingAttributes."""
    region.account.sending_enabled = params.get("SendingEnabled", False)


def put_suppression(region: Region, params: dict[str, Any]) -> None:
    """PutAccountSuppressionAttributes."""
    region.account.suppressed_reasons = list(params.get("SuppressedReasons", []))


def put_vdm(region: Region, params: dict[str, Any]) -> None:
    """PutAccountVdmAttributes."""
    region.account.vdm = params["VdmAttributes"]


def put_details(region: Region, params: dict[str, Any]) -> None:
    """PutAccountDetails; production access is what the local cloud has anyway."""
    region.account.details = {
        name: value for name, value in params.items() if name not in ("ProductionAccessEnabled",)
    }


OPERATIONS: dict[str, Operation] = {
    "GetAccount": get,
    "PutAccountSendingAttributes": put_sending,
    "PutAccountSuppressionAttributes": put_suppression,
    "PutAccountVdmAttributes": put_vdm,
    "PutAccountDetails": put_details,
}
