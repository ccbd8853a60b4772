"""The Lambda function `status-transform`: records of a Pinpoint stream, on Firehose's way to the archive.

Each record goes on as it came, under its own id; its events go to the queue as well, where all sources end.
`Ok` for events of any kind, ours or not; `ProcessingFailed` for what is no event, and for what the queue did
not take: Firehose then keeps it under its error prefix, where `mailroom status backfill` reads it.
"""

import base64
import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log
from lambda_src.status.decode import APPLIED, REJECTED, Decoded, decode
from lambda_src.status.queue import Message, send
from lambda_src.status.reading import Broken, values
from lambda_src.status.settings import TransformSettings

OK, FAILED = "Ok", "ProcessingFailed"
MOST_BYTES = 262_144  # of a message, by our queue


class Wired(NamedTuple):
    """What is made once for all calls."""

    settings: TransformSettings
    sqs: Any
    sleep: Any = time.sleep


def handle(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, Any]]]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    wired = _wired()
    log = Log(wired.settings.log_level, {"request": context.aws_request_id})
    function = getattr(context, "function_name", "status-transform")
    return transform(event.get("records", []), wired, log, function)


def transform(
    records: Sequence[Mapping[str, Any]], wired: Wired, log: Log, function: str
) -> dict[str, list[dict[str, Any]]]:
    """The answer to Firehose: every record once, in order, with its own id and its own data."""
    problems: dict[int, str] = {}
    messages: list[Message] = []
    outcomes: Counter[str] = Counter()
    for number, record in enumerate(records):
        decoded = list(decode({"recordId": record.get("recordId"), "data": record.get("data")}))
        outcomes.update(one.outcome for one in decoded)
        if reason := _broken(decoded):
            problems[number] = reason
        if any(one.outcome == APPLIED for one in decoded):
            body = _body(record["data"])
            if len(body) > MOST_BYTES:
                problems[number] = "too large for the queue"
            else:
                messages.append(Message(number, body))
    for number, problem in send(wired.sqs, wired.settings.status_queue_url, messages, wired.sleep).items():
        problems[number] = f"not taken by the queue: {type(problem).__name__}"
    _tell(log, function, records, problems, outcomes)
    return {
        "records": [
            {
                "recordId": record.get("recordId"),
                "result": FAILED if number in problems else OK,
                "data": record.get("data"),
            }
            for number, record in enumerate(records)
        ]
    }


def _broken(decoded: Sequence[Decoded]) -> str:
    return next((one.reason for one in decoded if one.outcome == REJECTED), "")


def _body(data: str) -> str:
    """What is in a record as the queue takes it: JSON in ASCII, since SQS refuses some other characters."""
    read = values(base64.b64decode(data))
    return "\n".join(
        json.dumps(value, separators=(",", ":")) for value in read if not isinstance(value, Broken)
    )


def _tell(
    log: Log,
    function: str,
    records: Sequence[Mapping[str, Any]],
    problems: Mapping[int, str],
    outcomes: Mapping[str, int],
) -> None:
    for number, reason in problems.items():
        log.error("record failed", record=records[number].get("recordId"), reason=reason)
    log.info("batch done", records=len(records), failed=len(problems))
    for outcome, number in outcomes.items():
        log.measure("events read", "events", number, function=function, outcome=outcome)


@cache
def _wired() -> Wired:
    return Wired(TransformSettings.from_env(os.environ), client("sqs"))
