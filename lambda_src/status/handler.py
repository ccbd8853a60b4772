"""The Lambda function `status`: a batch of SQS records in, the records that failed out."""

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log
from lambda_src.status.apply import Applied, apply
from lambda_src.status.decode import APPLIED, IGNORED, REJECTED, Decoded, decode
from lambda_src.status.queue import Message, send
from lambda_src.status.settings import FoldSettings
from lambda_src.status.table import Table

REASON = "reason"  # the attribute of a dead letter


def handle(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    wired = _wired()
    log = Log(wired.settings.log_level, {"request": context.aws_request_id})
    function = getattr(context, "function_name", "status")
    return fold_batch(event.get("Records", []), wired, log, function, _left(context))


class Wired(NamedTuple):
    """What is made once for all calls."""

    settings: FoldSettings
    table: Table
    sqs: Any
    sleep: Any = time.sleep


def fold_batch(
    records: Sequence[Mapping[str, Any]], wired: Wired, log: Log, function: str, left: Any
) -> dict[str, list[dict[str, str]]]:
    """Fold the records' events into the table; the answer names the records that must come again.

    What cannot be decoded goes to the dead letters with its reason, and comes again only where that fails.
    """
    decoded = [list(decode(record.get("body"), wired.settings.reference_tag)) for record in records]
    done = apply(wired.table, [_events(several) for several in decoded], wired.sleep, left)
    refused = {number: reason for number, several in enumerate(decoded) if (reason := _refusal(several))}
    letters = [
        Message(number, str(records[number].get("body")), {REASON: reason})
        for number, reason in refused.items()
        if number not in done.failed  # it comes again, and its dead letter with it
    ]
    unsent = send(wired.sqs, wired.settings.status_dead_letter_queue_url, letters, wired.sleep)
    _tell(log, function, records, decoded, done, refused, unsent)
    failed = sorted({*done.failed, *unsent})
    # An empty name fails the whole batch, which is right for a record that has none.
    return {
        "batchItemFailures": [{"itemIdentifier": records[number].get("messageId", "")} for number in failed]
    }


def _events(several: Sequence[Decoded]) -> list[Any]:
    return [event for one in several for event in one.events]


def _refusal(several: Sequence[Decoded]) -> str:
    reasons = dict.fromkeys(one.reason for one in several if one.outcome == REJECTED)
    return "; ".join(list(reasons)[:3])


def _tell(
    log: Log,
    function: str,
    records: Sequence[Mapping[str, Any]],
    decoded: Sequence[Sequence[Decoded]],
    done: Applied,
    refused: Mapping[int, str],
    unsent: Mapping[int, Exception],
) -> None:
    """One line a batch, one for each record that failed, and the metrics."""
    outcomes = Counter(one.outcome for several in decoded for one in several)
    for number, reason in refused.items():
        log.error("record cannot be read", record=records[number].get("messageId"), reason=reason)
    for number, problem in sorted({**done.failed, **unsent}.items()):
        what = "dead letter not sent" if number in unsent else "record goes back to the queue"
        log.warning(what, record=records[number].get("messageId"), **_described(problem))
    kinds = Counter(one.reason for several in decoded for one in several if one.outcome == IGNORED)
    log.info(
        "batch done",
        records=len(records),
        writes=done.writes,
        **outcomes,
        ignored_kinds=dict(kinds.most_common(5)),
    )
    for outcome in (APPLIED, IGNORED, REJECTED):
        if outcomes[outcome]:
            log.measure("events read", "events", outcomes[outcome], function=function, outcome=outcome)
    for (channel, status), number in Counter(done.reached).items():
        log.measure("messages moved", "messages", number, function=function, channel=channel, status=status)


def _described(problem: Exception) -> dict[str, Any]:
    """An error without its text, which may quote an event: its kind, and the service's code."""
    answer = getattr(problem, "response", None) or {}
    return {"kind": type(problem).__name__, "code": answer.get("Error", {}).get("Code")}


def _left(context: Any) -> Any:
    """The seconds that the function has left, by its own clock."""
    end = time.monotonic() + context.get_remaining_time_in_millis() / 1000
    return lambda: end - time.monotonic()


@cache
def _wired() -> Wired:
    settings = FoldSettings.from_env(os.environ)
    table = Table(client("dynamodb"), settings.status_table, settings.retention_days)
    return Wired(settings, table, client("sqs"))
