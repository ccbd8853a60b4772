"""A configuration set's event destinations: each gets the events of the kinds that it takes.

Sources: "Set up a … event destination for event publishing" of CloudWatch, Firehose, SNS and EventBridge (SES
developer guide).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..state import Refused
from .kinds import KINDS
from .mail import Told, header_value

log = logging.getLogger(__name__)

SUBJECT = "Amazon SES Email Event Notification"
DIMENSION_VALUE = re.compile(r"[A-Za-z0-9_@.-]{1,256}")
"""What CloudWatch gets as a dimension's value; with another one the metric is not sent."""


@dataclass(frozen=True)
class Happening:
    """An event of a message, on its way to one destination."""

    told: Told
    kind: str
    event: dict[str, Any]

    @property
    def configuration_set(self) -> str:
        """The ARN of the set that the message was sent with: SES speaks on its behalf."""
        return self.told.region.arn("configuration-set", self.told.sent.configuration_set)


def taking(told: Told, kind: str) -> dict[str, dict[str, Any]]:
    """The enabled destinations that take a kind of event of a message, by name."""
    there = told.region.event_destinations.get(told.sent.configuration_set, {})
    return {
        name: destination
        for name, destination in there.copy().items()
        if destination["Enabled"] and kind in destination["MatchingEventTypes"]
    }


def publish(happening: Happening) -> None:
    """Tell every destination that takes this kind. One that refuses is logged; the others are told all the
    same, as in AWS."""
    told = happening.told
    for name, destination in taking(told, happening.kind).items():
        for member, put in PUTS.items():
            if member in destination:
                try:
                    put(happening, destination[member])
                except Refused as problem:
                    log.error("%s of %s was not told to %s: %s", happening.kind, told.sent.id, name, problem)


def _to_bus(happening: Happening, target: dict[str, Any]) -> None:
    region = happening.told.region
    detail_type = KINDS[happening.kind].detail_type
    region.cloud.put_event(region.name, detail_type, [happening.configuration_set], happening.event)


def _to_topic(happening: Happening, target: dict[str, Any]) -> None:
    region = happening.told.region
    text = json.dumps(happening.event) + "\n"  # as SES ends it
    region.cloud.publish(region.name, happening.configuration_set, target["TopicArn"], SUBJECT, text)


def _to_stream(happening: Happening, target: dict[str, Any]) -> None:
    region = happening.told.region
    region.cloud.put_record(
        region.name,
        happening.configuration_set,
        target["IamRoleArn"],
        target["DeliveryStreamArn"],
        json.dumps(happening.event).encode() + b"\n",
    )


def _to_metric(happening: Happening, target: dict[str, Any]) -> None:
    region = happening.told.region
    dimensions = {
        wanted["DimensionName"]: _dimension(happening, wanted) for wanted in target["DimensionConfigurations"]
    }
    wrong = [value for value in dimensions.values() if not DIMENSION_VALUE.fullmatch(value)]
    if wrong:
        raise Refused(f"CloudWatch takes no dimension with the value {wrong[0][:80]!r}")
    region.cloud.put_metric(region.name, KINDS[happening.kind].metric, dimensions, region.clock())


PUTS: dict[str, Callable[[Happening, dict[str, Any]], None]] = {
    "EventBridgeDestination": _to_bus,
    "SnsDestination": _to_topic,
    "KinesisFirehoseDestination": _to_stream,
    "CloudWatchDestination": _to_metric,
}
"""How each kind of destination is told, by its member in an EventDestination of v2."""
CARRY_FEEDBACK = PUTS.keys() - {"CloudWatchDestination"}
"""The destinations that say who bounced or complained; a metric does not."""


def _dimension(happening: Happening, wanted: dict[str, str]) -> str:
    """The value of a dimension, from where its configuration says; the default where it is not there."""
    name, source = wanted["DimensionName"], wanted["DimensionValueSource"]
    found: list[str] = []
    if source == "EMAIL_HEADER":
        found = [header_value(happening.told.headers, name)]
    elif source == "MESSAGE_TAG":
        found = happening.event["mail"]["tags"].get(name, [])
    elif source == "LINK_TAG":
        found = (happening.event.get("click", {}).get("linkTags") or {}).get(name, [])
    return next(filter(None, found), wanted["DefaultDimensionValue"])
