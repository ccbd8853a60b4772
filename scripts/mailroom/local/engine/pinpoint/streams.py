"""An application's event stream: where Pinpoint writes what happens, and by which role.

Source: "Stream app event data through Kinesis and Firehose" (Pinpoint developer guide).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from ..protocol.messages import Operation, ServiceError
from ..refused import Refused
from .state import App, Region, stamp

log = logging.getLogger(__name__)


def put(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """PutEventStream: an application has one. It is tried before it is kept."""
    app, asked = region.app(params), params["WriteEventStream"]
    role, stream = asked["RoleArn"], asked["DestinationStreamArn"]
    if stream.split(":")[2:3] not in (["firehose"], ["kinesis"]):
        raise ServiceError("BadRequestException", f"Destination stream is no stream: {stream}")
    try:
        region.cloud.try_stream(region.name, region.arn(app.id), role, stream)
    except Refused as problem:
        words = f"Destination stream validation failed: {problem}"
        raise ServiceError("BadRequestException", words) from problem
    app.stream = {
        "ApplicationId": app.id,
        "DestinationStreamArn": stream,
        "RoleArn": role,
        "LastModifiedDate": stamp(region.clock()),
    }
    return get(region, params)


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetEventStream."""
    stream = region.app(params).stream
    if stream is None:
        raise ServiceError("NotFoundException", "Resource not found", 404)
    return {"EventStream": stream}


def delete(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteEventStream."""
    found = get(region, params)
    region.app(params).stream = None
    return found


def write(region: Region, app: App, events: Sequence[dict[str, Any]]) -> None:
    """Leave for later that events are written, each on a line, to the stream that the application has now.
    One that refuses them is logged; nobody is told, as in AWS."""
    stream = app.stream
    if stream is None or not events:
        return
    records = [(event["client"]["client_id"], json.dumps(event).encode() + b"\n") for event in events]

    def work() -> None:
        try:
            region.cloud.put_records(
                region.name, region.arn(app.id), stream["RoleArn"], stream["DestinationStreamArn"], records
            )
        except Refused as problem:
            log.error("%d events of application %s were not streamed: %s", len(records), app.id, problem)

    region.later(work)


OPERATIONS: dict[str, Operation] = {
    "PutEventStream": put,
    "GetEventStream": get,
    "DeleteEventStream": delete,
}
