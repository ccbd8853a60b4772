"""DynamoDB's metrics, by table and operation; those of log groups, and of rules that matched.

"DynamoDB metrics and dimensions", developer guide; "CloudWatch Logs metrics" and "Monitoring Amazon
EventBridge", user guides. The emulator has none. What a fault strikes (`mailroom local fault`) is counted as
what it looks like, so that an alarm can be tried.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..adapter import counts
from .patch import Patch

NAMESPACE = "AWS/DynamoDB"
READS = ("BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems")
WRITES = ("BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem")
THROTTLED = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")

Answer = tuple[int, dict[str, Any], bytes]


def _handle(original: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        started = time.perf_counter()
        answer = await original(method, path, headers, body, query_params)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in READS or operation in WRITES:
            error = "" if answer[0] < 400 else _error_of(answer)
            _count(operation, tables(body), error, answer[0], (time.perf_counter() - started) * 1000)
        return answer

    return handle_request


def _error_of(answer: Answer) -> str:
    try:
        return str(json.loads(answer[2]).get("__type", "")).rpartition("#")[2]
    except ValueError:
        return ""


def tables(body: bytes) -> list[str]:
    """The tables that a call names, by name."""
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return []
    named = [asked.get("TableName")] if asked.get("TableName") else list(asked.get("RequestItems") or {})
    for one in asked.get("TransactItems") or []:
        named += [act.get("TableName") for act in one.values()]
    return sorted({str(name).rpartition("/")[2] for name in named if name})


def _count(operation: str, named: list[str], error: str, status: int, milliseconds: float) -> None:
    kind = "Read" if operation in READS else "Write"
    for table in named:
        of_table = {"TableName": table}
        of_operation = {**of_table, "Operation": operation}
        if status >= 500:
            counts.here(NAMESPACE, "SystemErrors", of_operation, 1.0)
        elif error in THROTTLED:
            counts.here(NAMESPACE, "ThrottledRequests", of_operation, 1.0)
            counts.here(NAMESPACE, f"{kind}ThrottleEvents", of_table, 1.0)
        elif error == "ConditionalCheckFailedException":
            counts.here(NAMESPACE, "ConditionalCheckFailedRequests", of_table, 1.0)
        elif status < 400:
            taken = round(milliseconds, 1)
            counts.here(NAMESPACE, "SuccessfulRequestLatency", of_operation, taken, "Milliseconds")
    if 400 <= status < 500 and error not in (*THROTTLED, "ConditionalCheckFailedException"):
        counts.here(NAMESPACE, "UserErrors", {}, 1.0)


def struck(operation: str, kind: str, body: bytes) -> None:
    """Count a call that a fault struck: `throttle` or `error`."""
    if operation in READS or operation in WRITES:
        throttled = kind == "throttle"
        _count(operation, tables(body), THROTTLED[0] if throttled else "", 400 if throttled else 500, 0.0)


def _put_events(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def _put_log_events(data: dict[str, Any]) -> Any:
        answer = original(data)
        if answer[0] == 200:
            group = {"LogGroupName": data["logGroupName"]}
            for event in data.get("logEvents") or []:
                counts.here("AWS/Logs", "IncomingLogEvents", group, 1.0, "None")
                # Each event counts 26 bytes more than it has.
                size = len(event.get("message", "").encode()) + 26
                counts.here("AWS/Logs", "IncomingBytes", group, float(size), "Bytes")
        return answer

    return _put_log_events


def _match(original: Callable[..., bool]) -> Callable[..., bool]:
    def _matches_pattern_view(pattern_str: Any, view: Any, owner: str = "rule") -> bool:
        found = original(pattern_str, view, owner)
        kind, _, key = owner.partition(" ")
        if found and kind == "rule" and key:
            counts.here("AWS/Events", "TriggeredRules", {"RuleName": key.rpartition("|")[2]}, 1.0)
        return found

    return _matches_pattern_view


PATCHES = (
    Patch(
        "ministack.services.dynamodb:handle_request",
        "tables had no metrics",
        "1201f2ac993ce1a07339816d280e7b86da8395988b41f91ce72caade86e12406",
        _handle,
    ),
    Patch(
        "ministack.services.cloudwatch_logs:_put_log_events",
        "log groups had no metrics",
        "acd4fda33a3857d73cf689aeadebb907329fbb370e3dbb7187e1bbad4173e007",
        _put_events,
    ),
    Patch(
        "ministack.services.eventbridge:_matches_pattern_view",
        "rules had no metrics",
        "10e78a2612682017adcbc3148f267c9cdcdd22c15c5678a15b82634e90225c58",
        _match,
    ),
)
