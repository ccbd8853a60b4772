"""Who is told of a text's events: EventBridge's default bus of all, a configuration set's destinations of the
kinds that they take."""

from __future__ import annotations

import json
import logging
from typing import Any

from ..refused import Refused
from .published import DETAIL_TYPE, bare
from .state import Region

log = logging.getLogger(__name__)

EVERYTHING = ("ALL", "TEXT_ALL")


def tell(region: Region, detail: dict[str, Any], held: dict[str, Any] | None, *, as_bare: bool) -> None:
    """Tell of an event of a message that was sent with a configuration set, or with none. Who refuses is
    logged; the others are told all the same."""
    try:
        seen = bare(detail) if as_bare else detail
        region.cloud.put_event(region.name, DETAIL_TYPE, [], seen)
    except Refused as problem:
        log.error("%s of %s is not on the bus: %s", detail["eventType"], detail["messageId"], problem)
    for one in list(held["EventDestinations"]) if held else []:
        wanted = {*one["MatchingEventTypes"]}
        if held and one["Enabled"] and wanted & {*EVERYTHING, detail["eventType"]}:
            try:
                _put(region, held["ConfigurationSetArn"], one, json.dumps(detail))
            except Refused as problem:
                name = one["EventDestinationName"]
                log.error("%s was not told to %s: %s", detail["eventType"], name, problem)


def _put(region: Region, source: str, one: dict[str, Any], text: str) -> None:
    cloud = region.cloud
    if "SnsDestination" in one:
        cloud.publish(region.name, source, one["SnsDestination"]["TopicArn"], text)
    elif "KinesisFirehoseDestination" in one:
        there = one["KinesisFirehoseDestination"]
        data = text.encode() + b"\n"
        cloud.put_record(region.name, source, there["IamRoleArn"], there["DeliveryStreamArn"], data)
    else:
        there = one["CloudWatchLogsDestination"]
        cloud.put_log(region.name, source, there["IamRoleArn"], there["LogGroupArn"], text)
