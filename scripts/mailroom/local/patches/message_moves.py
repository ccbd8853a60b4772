"""SQS message moves (redrive) and the list of a dead-letter queue's sources, which the emulator has not."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from . import metrics
from .patch import Patch

FINISHED = ("COMPLETED", "CANCELLED", "FAILED")
KEPT_TASKS = 10
"""AWS lists at most the ten most recent tasks of a queue."""


def _error(code: str, message: str) -> Exception:
    from ministack.services import sqs

    problem: Exception = sqs._Err(code, message)
    return problem


def _queue(arn: str, role: str) -> dict[str, Any]:
    from ministack.services import sqs

    found: dict[str, Any] | None = sqs._queue_by_arn(arn)
    if found is None:
        raise _error(
            "ResourceNotFoundException",
            f"The resource that you specified for the {role} parameter doesn't exist.",
        )
    return found


def _sources(dead_letter_arn: str) -> list[dict[str, Any]]:
    """The queues whose redrive policy names this one."""
    from ministack.services import sqs

    found = []
    for queue in list(sqs._queues.values()):
        policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
        if isinstance(policy, dict) and policy.get("deadLetterTargetArn") == dead_letter_arn:
            found.append(queue)
    return found


def _list_sources(data: dict[str, Any], url: str) -> dict[str, Any]:
    """ListDeadLetterSourceQueues."""
    from ministack.services import sqs

    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:ListDeadLetterSourceQueues")
    return {"queueUrls": [source["url"] for source in _sources(queue["attributes"]["QueueArn"])]}


def _start(data: dict[str, Any], url: str) -> dict[str, Any]:
    """StartMessageMoveTask: everything that is visible goes where it came from, or to the destination, at
    once."""
    source = _queue(data["SourceArn"], "SourceArn")
    named = data.get("DestinationArn")
    if not named and not _sources(data["SourceArn"]):
        raise _error("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    task = {
        "TaskHandle": str(uuid.uuid4()),
        "SourceArn": data["SourceArn"],
        "Status": "COMPLETED",
        "StartedTimestamp": int(time.time() * 1000),
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": len(source["messages"]),
    }
    if named:
        task["DestinationArn"] = named
        _queue(named, "DestinationArn")
    if data.get("MaxNumberOfMessagesPerSecond"):
        task["MaxNumberOfMessagesPerSecond"] = int(data["MaxNumberOfMessagesPerSecond"])
    task["ApproximateNumberOfMessagesMoved"] = _move(source, named)
    source.setdefault("_mailroom_moves", []).insert(0, task)
    del source["_mailroom_moves"][KEPT_TASKS:]
    return {"TaskHandle": task["TaskHandle"]}


def _move(source: dict[str, Any], named: str | None) -> int:
    from ministack.core.concurrency import esm_wake
    from ministack.services import sqs

    now, kept, moved = time.time(), [], 0
    for message in source["messages"]:
        origin = message.get("sys", {}).get("DeadLetterQueueSourceArn")
        target = sqs._queue_by_arn(named or origin or "")
        if message["visible_at"] > now or target is None:
            kept.append(message)
            continue
        # A new life in AWS too: new id, receive count from nought; body and attributes stay.
        fresh = {
            **message,
            "id": str(uuid.uuid4()),
            "receipt_handle": None,
            "visible_at": now,
            "sent_at": now,
        }
        fresh.update(
            receive_count=0, first_receive_at=None, sys={"SenderId": message["sys"].get("SenderId", "")}
        )
        fresh["sys"]["SentTimestamp"] = str(int(now * 1000))
        fresh.pop("_mailroom_counted", None)
        target["messages"].append(fresh)
        moved += 1
    source["messages"] = kept
    esm_wake.set()
    return moved


def _list(data: dict[str, Any], url: str) -> dict[str, Any]:
    """ListMessageMoveTasks: newest first; a handle is shown only while a task runs, and ours are done at
    once."""
    tasks = _queue(data["SourceArn"], "SourceArn").get("_mailroom_moves", [])
    shown = [{name: value for name, value in task.items() if name != "TaskHandle"} for task in tasks]
    return {"Results": shown[: int(data.get("MaxResults") or 1)]}


def _cancel(data: dict[str, Any], url: str) -> dict[str, Any]:
    """CancelMessageMoveTask: only a running task can be cancelled, and ours never run on."""
    raise _error("ResourceNotFoundException", "The task handle is not that of a running message move task.")


OPERATIONS = {
    "ListDeadLetterSourceQueues": _list_sources,
    "StartMessageMoveTask": _start,
    "ListMessageMoveTasks": _list,
    "CancelMessageMoveTask": _cancel,
}


DELETES = ("DeleteMessage", "DeleteMessageBatch")


def _dispatch(original: Callable[..., Any]) -> Callable[..., Any]:
    async def _dispatch_with_moves(action: str, data: dict[str, Any], url: str) -> dict[str, Any]:
        from ministack.services import sqs

        if action in OPERATIONS:
            answer: dict[str, Any] = sqs._externalize_result(OPERATIONS[action](data, url))
            return answer
        if action in DELETES:
            with metrics.counting_deletes(sqs._get_q(data.get("QueueUrl", url))):
                answer = await original(action, data, url)
        else:
            answer = await original(action, data, url)
        return answer

    return _dispatch_with_moves


PATCHES = (
    Patch(
        "ministack.services.sqs:_dispatch",
        "message moves were missing, deletes not counted",
        "6a429fdb61ebdc5a50778ac2505ca08cfe009a98a6054b537507529c307dfa5b",
        _dispatch,
    ),
)
