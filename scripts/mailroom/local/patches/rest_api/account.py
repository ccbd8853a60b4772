"""The account's role for API Gateway's logs: checked when it is set, and needed before a stage may log.

"Set up CloudWatch logging for REST APIs", developer guide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...adapter.roles import may, trusts
from ..patch import Patch

GATEWAY = "apigateway.amazonaws.com"
ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
NEEDS_ROLE = "CloudWatch Logs role ARN must be set in account settings to enable logging"
NEEDS_RIGHTS = (
    "The role ARN does not have required permissions configured. Please grant trust permission for API "
    "Gateway and add the required role policy."
)
NEEDS_ID = "Access Log format must include either $context.requestId or $context.extendedRequestId"

Answer = tuple[int, dict[str, Any], bytes]


def _update(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def _update_account(data: dict[str, Any]) -> Answer:
        from ministack.core.responses import get_account_id, get_region
        from ministack.services import apigateway_v1 as v1

        account, region = get_account_id(), get_region()
        for one in data.get("patchOperations", []):
            role = one.get("value")
            if one.get("path") != "/cloudwatchRoleArn" or not role:
                continue
            group = f"arn:aws:logs:{region}:{account}:log-group:*"
            good = trusts(account, GATEWAY, role, f"arn:aws:apigateway:{region}::/account")
            if not (good and all(may(account, role, action, group, region) for action in ACTIONS)):
                answer: Answer = v1._v1_error("BadRequestException", NEEDS_RIGHTS, 400)
                return answer
        return original(data)

    return _update_account


def refusal(stage: dict[str, Any]) -> str:
    """Why a stage, as it would be, may not log; "" where it may, or does not want to."""
    from ministack.services import apigateway_v1 as v1

    access = stage.get("accessLogSettings") or {}
    form = str(access.get("format") or "")
    levels = [one.get("loggingLevel", "OFF") for one in (stage.get("methodSettings") or {}).values()]
    if not (access.get("destinationArn") or form or any(level != "OFF" for level in levels)):
        return ""
    if not (v1._account_settings.get("settings") or {}).get("cloudwatchRoleArn"):
        return NEEDS_ROLE
    named = "$context.requestId" in form or "$context.extendedRequestId" in form
    return NEEDS_ID if form and not named else ""


PATCHES = (
    Patch(
        "ministack.services.apigateway_v1:_update_account",
        "any text was taken for a role that may log",
        "1452e9fc267008adf33a9e3dad6e9570ff5930168f14c97cc466e66c025bd383",
        _update,
    ),
)
