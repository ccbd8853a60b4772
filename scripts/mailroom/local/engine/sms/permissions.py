"""What IAM is asked before an operation runs (service authorization reference, AWS End User Messaging SMS and
Voice V2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ses.permissions import Needed
from .numbers import by_any_name
from .state import Region, name_in

PRINCIPAL = "sms-voice.amazonaws.com"
NAMED = {
    "ConfigurationSetName": "configuration-set",
    "OptOutListName": "opt-out-list",
    "PhoneNumberId": "phone-number",
    "PoolId": "pool",
}
SEVERAL = {
    "ConfigurationSetNames": "configuration-set",
    "OptOutListNames": "opt-out-list",
    "PhoneNumberIds": "phone-number",
    "PoolIds": "pool",
}
"""The members that name what an action is about, and its kind."""
MAKES = {
    "CreateConfigurationSet": ("configuration-set", "ConfigurationSetName"),
    "CreateOptOutList": ("opt-out-list", "OptOutListName"),
    "CreatePool": ("pool", ""),
    "RequestPhoneNumber": ("phone-number", ""),
}
"""What an operation makes, and the member that names it."""


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """The action on what it is about, with the tags that there are and those of the request; tags that
    something new gets; a role that is handed over must be passed."""
    asked_tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
    requested = {f"aws:RequestTag/{name}": value for name, value in asked_tags.items()}
    for resource in _resources(region, operation, params):
        held = region.tags.get(resource, {})
        context = {f"aws:ResourceTag/{name}": value for name, value in held.items()}
        yield Needed(f"sms-voice:{operation}", resource, {**requested, **context})
    if operation in MAKES and asked_tags:
        kind, member = MAKES[operation]
        yield Needed("sms-voice:TagResource", region.arn(kind, params.get(member, "*")), requested)
    for target in ("CloudWatchLogsDestination", "KinesisFirehoseDestination"):
        role = params.get(target, {}).get("IamRoleArn")
        if role:
            yield Needed("iam:PassRole", role, {"iam:PassedToService": PRINCIPAL})


def _resources(region: Region, operation: str, params: dict[str, Any]) -> list[str]:
    if operation == "SendTextMessage":
        return [_origin(region, params.get("OriginationIdentity", ""))]
    if params.get("ResourceArn"):
        return [params["ResourceArn"]]
    if operation == "CreatePool":
        return [_origin(region, params["OriginationIdentity"])]
    if operation in MAKES:
        return [region.arn("pool", name_in(params["PoolId"]))] if params.get("PoolId") else ["*"]
    for member, kind in SEVERAL.items():
        if params.get(member):
            return [region.arn(kind, name_in(one)) for one in params[member]]
    return next(
        ([region.arn(kind, name_in(params[member]))] for member, kind in NAMED.items() if params.get(member)),
        ["*"],
    )


def _origin(region: Region, named: str) -> str:
    """The ARN of what a text comes from; `*` where nothing is named."""
    if not named or named.startswith("arn:"):
        return named or "*"
    number = by_any_name(region, named)
    if number is not None:
        return str(number["PhoneNumberArn"])
    if named in region.pools:
        return region.arn("pool", named)
    return region.arn("sender-id", f"{named}/*")
