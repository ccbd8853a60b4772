"""Where an identity's bounces, complaints and deliveries are told of."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..events.topics import TYPES, try_out
from ..state import Refused, Region

KINDS = tuple(TYPES.values())


def _settings(region: Region, name: str) -> dict[str, Any]:
    if name not in region.identities:
        raise ServiceError("InvalidParameterValue", f"Identity {name} does not exist.")
    return region.notifications.setdefault(name, {})


def attributes(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetIdentityNotificationAttributes; unknown identities are left out."""
    found = {}
    for name in params["Identities"]:
        if name in region.identities:
            stored = region.notifications.get(name, {})
            found[name] = {
                **{f"{kind}Topic": stored.get(kind, "") for kind in KINDS},
                **{
                    f"HeadersIn{kind}NotificationsEnabled": stored.get(f"{kind}Headers", False)
                    for kind in KINDS
                },
                "ForwardingEnabled": region.identities[name]["FeedbackForwardingStatus"],
            }
    return {"NotificationAttributes": found}


def set_topic(region: Region, params: dict[str, Any]) -> None:
    """SetIdentityNotificationTopic; without a topic the setting is taken off. SES tells the topic at once."""
    settings, topic = _settings(region, params["Identity"]), params.get("SnsTopic", "")
    if topic:
        try:
            try_out(region, params["Identity"], params["NotificationType"], topic)
        except Refused as problem:
            raise ServiceError(
                "InvalidParameterValue", f"Could not publish to SNS topic <{topic}>: {problem}"
            ) from problem
    settings[params["NotificationType"]] = topic


def set_headers(region: Region, params: dict[str, Any]) -> None:
    """SetIdentityHeadersInNotificationsEnabled."""
    _settings(region, params["Identity"])[f"{params['NotificationType']}Headers"] = params.get(
        "Enabled", False
    )


def set_forwarding(region: Region, params: dict[str, Any]) -> None:
    """SetIdentityFeedbackForwardingEnabled; off only where topics take both bounces and complaints."""
    settings = _settings(region, params["Identity"])
    if not params.get("ForwardingEnabled", False) and not (
        settings.get("Bounce") and settings.get("Complaint")
    ):
        raise ServiceError(
            "InvalidParameterValue",
            "Feedback forwarding can only be disabled when SNS topics are specified for both bounces and "
            f"complaints of identity <{params['Identity']}>.",
        )
    region.identities[params["Identity"]]["FeedbackForwardingStatus"] = params.get("ForwardingEnabled", False)


OPERATIONS: dict[str, Operation] = {
    "GetIdentityNotificationAttributes": attributes,
    "SetIdentityNotificationTopic": set_topic,
    "SetIdentityHeadersInNotificationsEnabled": set_headers,
    "SetIdentityFeedbackForwardingEnabled": set_forwarding,
}
