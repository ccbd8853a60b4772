"""The metrics of SQS, as AWS names them, counted where the emulator handles messages.

Lambda's (Invocations, Errors, Duration, Throttles by FunctionName) the emulator has itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from .patch import Patch

NAMESPACE = "AWS/SQS"
KEEP_SECONDS = 3 * 3600
GRAIN_SECONDS = 10.0
"""A series has at most one point in this time: the gauge's latest value, the counter's sum."""

counted: Counter[tuple[str, str]] = Counter()
"""What happened since the last tick: (queue ARN, metric name)."""
_counting = Lock()


def _count(queue: dict[str, Any], name: str, number: int) -> None:
    """Count something of a queue. The emulator's pollers are threads beside its loop."""
    with _counting:
        counted[_arn(queue), name] += number


def _arn(queue: dict[str, Any]) -> str:
    return str(queue["attributes"]["QueueArn"])


def _count_sent(queue: dict[str, Any]) -> None:
    """Count messages that were not seen before: producers inside the emulator append to the list
    themselves."""
    for message in queue["messages"]:
        if not message.get("_mailroom_counted"):
            message["_mailroom_counted"] = True
            _count(queue, "NumberOfMessagesSent", 1)


def _collect(original: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def _collect_msgs(queue: dict[str, Any], most: int, visibility: int) -> list[Any]:
        _count_sent(queue)
        found = original(queue, most, visibility)
        _count(queue, "NumberOfMessagesReceived", len(found))
        return found

    return _collect_msgs


@contextmanager
def counting_deletes(queue: dict[str, Any] | None) -> Iterator[None]:
    """Count what a piece of work deletes from a queue."""
    before = len(queue["messages"]) if queue else 0
    yield
    if queue:
        _count(queue, "NumberOfMessagesDeleted", max(0, before - len(queue["messages"])))


def _delete_mapped(original: Callable[..., None]) -> Callable[..., None]:
    def _delete_messages_for_esm(queue_url: str, receipt_handles: set[str]) -> None:
        from ministack.services import sqs

        with counting_deletes(sqs._queues.get(queue_url)):
            original(queue_url, receipt_handles)

    return _delete_messages_for_esm


def _taken(queue: dict[str, Any], name: str) -> int:
    with _counting:
        return counted.pop((_arn(queue), name), 0)


def tick(now: float) -> None:
    """Publish the metrics of the current account's and Region's queues. Cheap; every second or two."""
    from ministack.services import sqs

    for queue in list(sqs._queues.values()):
        sqs._refresh_counts(queue)
        _count_sent(queue)
        ages = [now - message.get("sent_at", now) for message in queue["messages"]]
        attributes = queue["attributes"]
        gauges = {
            "ApproximateNumberOfMessagesVisible": float(attributes["ApproximateNumberOfMessages"]),
            "ApproximateNumberOfMessagesNotVisible": float(
                attributes["ApproximateNumberOfMessagesNotVisible"]
            ),
            "ApproximateNumberOfMessagesDelayed": float(attributes["ApproximateNumberOfMessagesDelayed"]),
            "ApproximateAgeOfOldestMessage": max(ages, default=0.0),
        }
        for name, value in gauges.items():
            _record(queue["name"], name, value, now, add=False)
        for name in ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted"):
            _record(queue["name"], name, float(_taken(queue, name)), now, add=True)


def _record(queue: str, name: str, value: float, now: float, *, add: bool) -> None:
    from ministack.services import cloudwatch

    dimensions = {"QueueName": queue}
    points = cloudwatch._metric_bucket((NAMESPACE, name, cloudwatch._dims_key(dimensions)))
    if points and now - points[-1].get("_since", 0.0) < GRAIN_SECONDS:
        points[-1]["Value"] = points[-1]["Value"] + value if add else value
        points[-1]["Timestamp"] = now
        return
    while points and points[0]["Timestamp"] < now - KEEP_SECONDS:
        points.pop(0)
    unit = "Seconds" if name.startswith("ApproximateAge") else "Count"
    points.append({"Timestamp": now, "_since": now, "Value": value, "Unit": unit, "Dimensions": dimensions})


def every_region(work: Callable[[float], None]) -> None:
    """Do something in each account and Region that has queues or alarms."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch, sqs

    scopes = {key[:2] for store in (sqs._queues, cloudwatch._alarms) for key in list(store._data)}
    for account, region in sorted(scopes):
        with request_scope(account, region):
            work(time.time())


_SQS = "ministack.services.sqs:"
PATCHES = (
    Patch(
        _SQS + "_collect_msgs",
        "receives were not counted",
        "308a6eb1b3d4c8ad5e5e63b0abb0e8ae9556d70f8c8126bfa221b0b3dbf6360a",
        _collect,
    ),
    Patch(
        _SQS + "_delete_messages_for_esm",
        "deletes were not counted",
        "c1686f29b48b42eea5a69e1c24da77bd47e96f44372ac765f24fbcb8cf68362b",
        _delete_mapped,
    ),
)
