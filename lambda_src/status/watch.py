"""The Lambda function `status-watch`, on a schedule: how many messages are stuck, without a final event?

Stuck is a message whose first event is older than STUCK_HOURS and that has no final one. What is older by
WATCHED_DAYS still is counted no more, so that an alarm can end: SES gives up after hours, a carrier after
three days, and the message stays marked for those who read it.
"""

import os
import time
from functools import cache
from typing import Any, NamedTuple

from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log
from lambda_src.status.keys import SHARDS, UNFINISHED, unfinished_shard
from lambda_src.status.settings import WatchSettings
from lambda_src.status.values import moment

WATCHED_DAYS = 7
PAGES_A_SHARD = 20  # of 1 MB each: some 100,000 messages in all shards, far beyond what an alarm needs
NAMED = 20  # message ids in the log


class Stuck(NamedTuple):
    """How many, the ids of the oldest of each shard, and whether a bound ended the count."""

    number: int
    message_ids: list[str]
    more: bool


def handle(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    settings, database = _wired()
    found = stuck(database, settings, time.time())
    log = Log(settings.log_level, {"request": context.aws_request_id})
    if found.number:
        log.warning("messages without a final event", message_ids=found.message_ids, more=found.more)
    function = getattr(context, "function_name", "status-watch")
    log.measure("messages stuck", "stuck", found.number, function=function)
    return {"stuck": found.number}


def stuck(database: Any, settings: WatchSettings, now: float) -> Stuck:
    """Count the items (one a message and recipient) that are stuck at `now`, seconds since 1970."""
    newest = now - settings.stuck_hours * 3600
    oldest = newest - WATCHED_DAYS * 86400
    number, more = 0, False
    message_ids: list[str] = []
    for shard in range(SHARDS):
        request = _request(settings.status_table, shard, moment(oldest), moment(newest))
        for _ in range(PAGES_A_SHARD):
            page = database.query(**request)
            number += len(page["Items"])
            message_ids += [item["message_id"]["S"] for item in page["Items"][: NAMED - len(message_ids)]]
            if not (last := page.get("LastEvaluatedKey")):
                break
            request["ExclusiveStartKey"] = last
        else:
            more = True
    return Stuck(number, message_ids, more)


def _request(table: str, shard: int, oldest: str, newest: str) -> dict[str, Any]:
    return {
        "TableName": table,
        "IndexName": UNFINISHED.name,
        "KeyConditionExpression": "unfinished_shard = :shard AND first_key BETWEEN :oldest AND :newest",
        "ExpressionAttributeValues": {
            ":shard": {"S": unfinished_shard(shard)},
            ":oldest": {"S": oldest},
            ":newest": {"S": newest},
        },
    }


@cache
def _wired() -> tuple[WatchSettings, Any]:
    return WatchSettings.from_env(os.environ), client("dynamodb")
