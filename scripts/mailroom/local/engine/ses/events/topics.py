"""An identity's notification topics: bounces, complaints and deliveries of what it sent.

Sources: "Configuring Amazon SNS notifications for Amazon SES" and "Amazon SNS notification contents for
Amazon SES" (SES developer guide).
"""

from __future__ import annotations

import json
import logging
from typing import Any

from ..state import Refused, Region
from .kinds import KINDS
from .mail import Told, in_notification

log = logging.getLogger(__name__)

TYPES = {"BOUNCE": "Bounce", "COMPLAINT": "Complaint", "DELIVERY": "Delivery"}
"""The kinds of events that a topic may be set for, and what v1 calls them."""


def try_out(region: Region, identity: str, kind: str, topic: str) -> None:
    """Tell a topic that it was set for an identity, as SES does at once; raises Refused where it cannot."""
    text = (
        f"You have successfully subscribed your Amazon SNS topic '{topic}' to receive '{kind}' notifications "
        f"from Amazon SES for identity '{identity}'."
    )
    _publish(region, identity, topic, {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": text})


def notify(told: Told, kind: str, detail: dict[str, Any]) -> str | None:
    """Tell the identity's topic of this kind, if there is one; the topic where it could not be told.

    SES then forgets the topic and sends bounces and complaints by mail again.
    """
    settings = told.region.notifications.get(told.identity, {})
    type_ = TYPES.get(kind, "")
    topic = settings.get(type_)
    if not topic:
        return None
    message = {
        "notificationType": type_,
        "mail": in_notification(told, headers=settings.get(f"{type_}Headers", False)),
        KINDS[kind].member: detail,
    }
    try:
        _publish(told.region, told.identity, topic, message)
    except Refused as problem:
        log.error("%s of %s was not told to %s, which is forgotten: %s", type_, told.sent.id, topic, problem)
        settings[type_] = ""
        if told.identity in told.region.identities:
            told.region.identities[told.identity]["FeedbackForwardingStatus"] = True
        return str(topic)
    return None


def _publish(region: Region, identity: str, topic: str, message: dict[str, Any]) -> None:
    text = json.dumps(message) + "\n"  # as SES ends it
    region.cloud.publish(region.name, region.arn("identity", identity), topic, "", text)
