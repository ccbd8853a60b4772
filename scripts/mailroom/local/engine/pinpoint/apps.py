"""Applications: made, named, tagged, set, and their e-mail and SMS channels."""

from __future__ import annotations

import secrets
from typing import Any

from ..protocol.messages import Operation, ServiceError
from .state import App, Region, stamp

WRITABLE = ("CampaignHook", "JourneyLimits", "Limits", "QuietTime")
UNSET: dict[str, Any] = {"CampaignHook": {}, "Limits": {}, "QuietTime": {}}
"""What is answered where nothing was set; Terraform's provider counts on its being there."""
MAXIMUM_NAME = 64
CHANNELS = {"EMAIL": "EmailChannel", "SMS": "SmsChannel"}
"""The channels that are here, and how the API calls them."""


def _described(region: Region, app: App) -> dict[str, Any]:
    return {
        "ApplicationResponse": {
            "Arn": region.arn(app.id),
            "Id": app.id,
            "Name": app.name,
            "CreationDate": stamp(app.created),
            "tags": dict(app.tags),
        }
    }


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateApp."""
    asked = params["CreateApplicationRequest"]
    if not 0 < len(asked["Name"]) <= MAXIMUM_NAME:
        raise ServiceError("BadRequestException", f"Name must have 1 to {MAXIMUM_NAME} characters")
    app = App(secrets.token_hex(16), asked["Name"], region.clock(), dict(asked.get("tags", {})))
    region.apps[app.id] = app
    return _described(region, app)


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetApp."""
    return _described(region, region.app(params))


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetApps, all on one page."""
    listed = [_described(region, app)["ApplicationResponse"] for app in region.apps.values()]
    return {"ApplicationsResponse": {"Item": listed}}


def delete(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteApp, its event stream with it."""
    described = _described(region, region.app(params))
    del region.apps[params["ApplicationId"]]
    return described


def settings(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetApplicationSettings: members that nobody set are there, and empty."""
    app = region.app(params)
    return {"ApplicationSettingsResource": {"ApplicationId": app.id, **UNSET, **app.settings}}


def update_settings(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """UpdateApplicationSettings: what is not named stays."""
    app, asked = region.app(params), params["WriteApplicationSettingsRequest"]
    app.settings.update({name: asked[name] for name in WRITABLE if name in asked})
    app.settings["LastModifiedDate"] = stamp(region.clock())
    return settings(region, params)


def _tagged(region: Region, params: dict[str, Any]) -> App:
    return region.app({"ApplicationId": params["ResourceArn"].partition(":apps/")[2]})


def tag(region: Region, params: dict[str, Any]) -> None:
    """TagResource."""
    _tagged(region, params).tags.update(params["TagsModel"]["tags"])


def untag(region: Region, params: dict[str, Any]) -> None:
    """UntagResource."""
    held = _tagged(region, params).tags
    for name in params["TagKeys"]:
        held.pop(name, None)


def list_tags(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"TagsModel": {"tags": dict(_tagged(region, params).tags)}}


def _channel_operations(platform: str, name: str) -> dict[str, Operation]:
    """Get, update and delete a channel: what it is set to, and whether it is on."""
    member, request = f"{platform if platform == 'SMS' else 'Email'}ChannelResponse", "ChannelRequest"
    asked_as = f"{platform if platform == 'SMS' else 'Email'}{request}"

    def find(region: Region, params: dict[str, Any]) -> dict[str, Any]:
        channel = region.app(params).channels.get(platform)
        if channel is None:
            raise ServiceError("NotFoundException", "Resource not found", 404)
        return {member: channel}

    def update(region: Region, params: dict[str, Any]) -> dict[str, Any]:
        app, asked = region.app(params), dict(params[asked_as])
        held = app.channels.get(platform, {"CreationDate": stamp(region.clock())})
        app.channels[platform] = {
            **held, "Enabled": True, **asked, "ApplicationId": app.id, "Platform": platform, "Version": 1,
            "LastModifiedDate": stamp(region.clock()), "IsArchived": False,
        }  # fmt: skip
        return find(region, params)

    def remove(region: Region, params: dict[str, Any]) -> dict[str, Any]:
        found = find(region, params)
        del region.app(params).channels[platform]
        return found

    return {f"Get{name}": find, f"Update{name}": update, f"Delete{name}": remove}


OPERATIONS: dict[str, Operation] = {
    "CreateApp": create,
    "GetApp": get,
    "GetApps": list_all,
    "DeleteApp": delete,
    "GetApplicationSettings": settings,
    "UpdateApplicationSettings": update_settings,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": list_tags,
    **_channel_operations("EMAIL", CHANNELS["EMAIL"]),
    **_channel_operations("SMS", CHANNELS["SMS"]),
}
