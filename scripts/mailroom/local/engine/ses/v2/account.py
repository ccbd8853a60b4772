"""The account's switches and details."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from .. import quota
from ..state import Region


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetAccount."""
    account = region.account
    return {
        "DedicatedIpAutoWarmupEnabled": account.ip_warmup,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": not account.sandbox,
        "SendQuota": quota.shown(region),
        "SendingEnabled": account.sending_enabled,
        "SuppressionAttributes": {
            "SuppressedReasons": list(account.suppressed_reasons),
            "ValidationAttributes": account.validation or None,
        },
        "Details": account.details or None,
        "VdmAttributes": account.vdm,
    }


def put_sending(region: Region, params: dict[str, Any]) -> None:
    """PutAccountSendingAttributes."""
    region.account.sending_enabled = params.get("SendingEnabled", False)


def put_suppression(region: Region, params: dict[str, Any]) -> None:
    """PutAccountSuppressionAttributes. Validation of addresses is kept, and not done."""
    region.account.suppressed_reasons = list(params.get("SuppressedReasons", []))
    region.account.validation = params.get("ValidationAttributes", {})


def put_vdm(region: Region, params: dict[str, Any]) -> None:
    """PutAccountVdmAttributes."""
    region.account.vdm = params["VdmAttributes"]


def put_warmup(region: Region, params: dict[str, Any]) -> None:
    """PutAccountDedicatedIpWarmupAttributes."""
    region.account.ip_warmup = params.get("AutoWarmupEnabled", False)


def put_details(region: Region, params: dict[str, Any]) -> None:
    """PutAccountDetails. In the sandbox, asking for production access opens a review: nobody decides it here,
    and while it is open the details stay as they are."""
    review = region.account.details.get("ReviewDetails", {})
    if review.get("Status") == "PENDING":
        raise ServiceError("ConflictException", "There is already an open review of your account.", 409)
    details = {name: value for name, value in params.items() if name != "ProductionAccessEnabled"}
    if region.account.sandbox and params.get("ProductionAccessEnabled"):
        review = {"Status": "PENDING", "CaseId": f"case-{region.account_id}-{region.name}"}
    region.account.details = {**details, **({"ReviewDetails": review} if review else {})}


OPERATIONS: dict[str, Operation] = {
    "GetAccount": get,
    "PutAccountSendingAttributes": put_sending,
    "PutAccountSuppressionAttributes": put_suppression,
    "PutAccountVdmAttributes": put_vdm,
    "PutAccountDedicatedIpWarmupAttributes": put_warmup,
    "PutAccountDetails": put_details,
}
