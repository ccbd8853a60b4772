"""What IAM is asked before an operation runs (service authorization reference, Amazon Pinpoint)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ses.permissions import Needed
from .state import Region

PRINCIPAL = "pinpoint.amazonaws.com"
BELOW = {
    "DeleteEventStream": ("eventstream",),
    "GetEventStream": ("eventstream",),
    "PutEventStream": ("eventstream",),
    "PutEvents": ("events",),
    "SendMessages": ("messages",),
    **{f"{verb}EmailChannel": ("channels", "email") for verb in ("Delete", "Get", "Update")},
    **{f"{verb}SmsChannel": ("channels", "sms") for verb in ("Delete", "Get", "Update")},
}
"""What of an application an action is about, where it is not the application itself."""


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """The action on its resource, with the tags that there are and those of the request; a role that is
    handed over must be passed."""
    app_id = params.get("ApplicationId", "")
    resource = params.get("ResourceArn") or region.arn(app_id or "*", *BELOW.get(operation, ()))
    named = resource.partition(":apps/")[2].partition("/")[0]
    context = {f"aws:RequestTag/{name}": value for name, value in _tags(params).items()}
    held = region.apps.get(named)
    context |= {f"aws:ResourceTag/{name}": value for name, value in (held.tags if held else {}).items()}
    yield Needed(f"mobiletargeting:{operation}", resource, context)
    if operation == "CreateApp" and _tags(params):
        yield Needed("mobiletargeting:TagResource", resource, context)
    role = params.get("WriteEventStream", {}).get("RoleArn")
    if role:
        yield Needed("iam:PassRole", role, {"iam:PassedToService": PRINCIPAL})


def _tags(params: dict[str, Any]) -> dict[str, str]:
    body = params.get("CreateApplicationRequest") or params.get("TagsModel") or {}
    tags: dict[str, str] = body.get("tags", {})
    return tags
