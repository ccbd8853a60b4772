"""The Lambda function `settle`: SES's Send events settle what the ledger does not know to be sent.

It shares the ledger with `inbound`, and imports none of the code that opens mail.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lambda_src.inbound import derive
from lambda_src.inbound.dynamodb import DynamoLedger
from lambda_src.inbound.ports import Recipient
from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log
from lambda_src.shared.settings import log_level, table_name


class UnknownEvent(ValueError):
    """A record that is no Send event, though it should be; the text says what is wrong."""


@dataclass(frozen=True)
class Sent:
    """What a Send event says: this recipient's mail went out under SES's id."""

    mail: str
    number: int
    generation: int
    ses_message_id: str


def handle(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    level, ledger = _wired()
    log = Log(level, {"request": context.aws_request_id})
    records = event.get("Records", [])
    failed = [record for record in records if not _settle(record, ledger, log)]
    # An empty name fails the whole batch, which is right for a record that has none.
    return {"batchItemFailures": [{"itemIdentifier": record.get("messageId", "")} for record in failed]}


def sent(body: str) -> Sent | None:
    """What the event in an SQS body says; None where the send is not one of ours. Raises UnknownEvent."""
    try:
        detail = json.loads(body)["detail"]
        tags = {name: values[0] for name, values in detail["mail"].get("tags", {}).items() if values}
        if not {derive.MAIL_TAG, derive.RECIPIENT_TAG} & tags.keys():
            return None
        if detail["eventType"] != "Send":
            raise UnknownEvent(f"an event of another kind: {detail['eventType']}"[:200])
        mail, number, generation = derive.ledger_place(tags)
        return Sent(mail, number, generation, str(detail["mail"]["messageId"]))
    except UnknownEvent:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as problem:
        raise UnknownEvent(f"no Send event: {type(problem).__name__} {problem}"[:200]) from problem


def _settle(record: Mapping[str, Any], ledger: DynamoLedger, log: Log) -> bool:
    """Whether this record is finished and may leave the queue."""
    try:
        found = sent(record["body"])
        if found is None:
            log.info("a send of somebody else")
            return True
        log = log.about(mail=found.mail, recipient=found.number)
        person = Recipient(found.number, "", generation=found.generation)
        if ledger.settle(found.mail, person, int(time.time()), found.ses_message_id):
            log.info("SES says that it sent this")
    except Exception as problem:  # One record's failure, whatever it is, must not fail the others.
        why = str(problem) if isinstance(problem, UnknownEvent) else ""
        log.error("event goes back to the queue", kind=type(problem).__name__, why=why)
        return False
    return True


@cache
def _wired() -> tuple[str, DynamoLedger]:
    """Settings and client: made once, at the first call."""
    table = table_name(os.environ, "LEDGER_TABLE")
    return log_level(os.environ), DynamoLedger(client("dynamodb"), table)
