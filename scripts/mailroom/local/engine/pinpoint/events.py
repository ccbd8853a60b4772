"""PutEvents: events of an application's own, straight to its stream."""

from __future__ import annotations

from typing import Any

from ..protocol.messages import Operation, ServiceError
from ..protocol.values import parse_timestamp
from . import published, streams
from .state import App, Region

MOST_EVENTS = 100
"""In one request ("Quotas")."""
ACCEPTED = {"Message": "Accepted", "StatusCode": 202}


def put(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """PutEvents. One event that is none is told of in its own place; the others go on."""
    app, batch = region.app(params), params["EventsRequest"]["BatchItem"]
    if sum(len(item["Events"]) for item in batch.values()) > MOST_EVENTS:
        raise ServiceError("BadRequestException", f"More than {MOST_EVENTS} events in a request")
    taken: list[dict[str, Any]] = []
    results = {
        endpoint: {
            "EndpointItemResponse": ACCEPTED,
            "EventsItemResponse": {
                name: _take(region, app, endpoint, event, taken) for name, event in item["Events"].items()
            },
        }
        for endpoint, item in batch.items()
    }
    streams.write(region, app, taken)
    return {"EventsResponse": {"Results": results}}


def _take(
    region: Region, app: App, endpoint: str, event: dict[str, Any], taken: list[dict[str, Any]]
) -> dict[str, Any]:
    try:
        at = published.milliseconds(parse_timestamp(event["Timestamp"]))
    except ValueError:
        return {"Message": f"Timestamp {event['Timestamp'][:40]!r} is not ISO 8601", "StatusCode": 400}
    arrived = published.milliseconds(region.clock())
    taken.append(published.of_app(app.id, region.account_id, endpoint, event, at, arrived))
    return ACCEPTED


OPERATIONS: dict[str, Operation] = {"PutEvents": put}
