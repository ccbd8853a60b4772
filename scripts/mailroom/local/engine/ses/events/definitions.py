"""An event destination before it is kept: is it whole, and can SES reach it?

Sources: the pages "Set up a … event destination for event publishing" and "Service quotas" (SES developer
guide), EventDestination of both APIs. Both APIs ask here; each has its own names for what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..state import Refused, Region

MAXIMUM_PER_SET = 10
MAXIMUM_DIMENSIONS = 10
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes to a topic when it becomes a destination."""
NO_DIMENSIONS = frozenset(("received", "to", "from", "dkim-signature", "cc", "message-id", "return-path"))
"""Headers that may not be a dimension."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIMENSION = re.compile(r"[A-Za-z0-9_:-]{1,256}")
_DEFAULT = re.compile(r"[A-Za-z0-9_@.-]{1,256}")


class Unusable(Exception):
    """Why a destination cannot be kept. `kind` is Sns, KinesisFirehose, CloudWatch, EventBridge or Pinpoint,
    or "" where it is none of them in particular."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def checked(region: Region, configuration_set: str, name: str, definition: dict[str, Any]) -> dict[str, Any]:
    """The destination as v2 answers it, after it was tried out; raises Unusable.

    SES tries a topic by a message, and a stream by its role.
    """
    if not _NAME.fullmatch(name):
        raise Unusable(
            "",
            f"Invalid event destination name <{name}>: only alphanumeric ASCII characters, '_', and '-' are "
            "allowed, 64 at most.",
        )
    targets = [member for member in definition if member.endswith("Destination")]
    if len(targets) != 1:
        raise Unusable("", "An event destination names exactly one destination.")
    TRIES[targets[0]](region, region.arn("configuration-set", configuration_set), definition[targets[0]])
    return {"Name": name, "Enabled": False, "MatchingEventTypes": [], **definition}


def _topic(region: Region, source: str, target: dict[str, Any]) -> None:
    topic = target["TopicArn"]
    if topic.endswith(".fifo"):
        raise Unusable("Sns", f"SNS topic <{topic}> is a FIFO topic; SES publishes to standard topics only.")
    try:
        region.cloud.publish(region.name, source, topic, "", VALIDATED)
    except Refused as problem:
        raise Unusable("Sns", f"Could not publish to SNS topic <{topic}>: {problem}") from problem


def _stream(region: Region, source: str, target: dict[str, Any]) -> None:
    role, stream = target["IamRoleArn"], target["DeliveryStreamArn"]
    try:
        region.cloud.try_stream(region.name, source, role, stream)
    except Refused as problem:
        raise Unusable(
            "KinesisFirehose", f"Could not use stream <{stream}> as <{role}>: {problem}"
        ) from problem


def _metric(region: Region, source: str, target: dict[str, Any]) -> None:
    dimensions = target["DimensionConfigurations"]
    if not 1 <= len(dimensions) <= MAXIMUM_DIMENSIONS:
        raise Unusable("CloudWatch", f"A CloudWatch destination has 1 to {MAXIMUM_DIMENSIONS} dimensions.")
    for one in dimensions:
        name, default = one["DimensionName"], one["DefaultDimensionValue"]
        if not _DIMENSION.fullmatch(name):
            raise Unusable("CloudWatch", f"Invalid dimension name <{name}>.")
        if not _DEFAULT.fullmatch(default):
            raise Unusable("CloudWatch", f"Invalid default value <{default}> of dimension <{name}>.")
        if one["DimensionValueSource"] == "EMAIL_HEADER" and name.lower() in NO_DIMENSIONS:
            raise Unusable("CloudWatch", f"The header <{name}> cannot be a dimension.")


def _bus(region: Region, source: str, target: dict[str, Any]) -> None:
    default = f"arn:aws:events:{region.name}:{region.account_id}:event-bus/default"
    if target["EventBusArn"] != default:
        raise Unusable("EventBridge", f"Only the default event bus is supported: <{default}>.")


def _project(region: Region, source: str, target: dict[str, Any]) -> None:
    raise Unusable(
        "Pinpoint",
        "Amazon Pinpoint ended on 2026-10-30: it takes no events. Use an EventBridgeDestination.",
    )


TRIES: dict[str, Callable[[Region, str, dict[str, Any]], None]] = {
    "SnsDestination": _topic,
    "KinesisFirehoseDestination": _stream,
    "CloudWatchDestination": _metric,
    "EventBridgeDestination": _bus,
    "PinpointDestination": _project,
}
"""How each kind of destination is tried, by its member in an EventDestination of v2."""
