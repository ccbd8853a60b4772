"""The table: an item per message and recipient, read consistently, written on condition of its version."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from lambda_src.status import keys
from lambda_src.status.keys import Key
from lambda_src.status.state import EMPTY, State, from_json, to_json
from lambda_src.status.view import FAILURES, first_at, is_final, last_at, seconds, view

KEYS_A_READ = 100  # BatchGetItem's limit
READ_TRIES = 8
PAGES_OF_A_MESSAGE = 20  # of 1 MB each; SES takes 50 recipients a message
_PAUSE_SECONDS = 0.05
_DAY = 86400


class Conflict(Exception):
    """Somebody else wrote this item since it was read."""


class Busy(Exception):
    """DynamoDB left keys of a batch unread in every try."""


class Stored(NamedTuple):
    """An item as read; `version` 0 is one that is not there yet."""

    state: State
    version: int


NOTHING = Stored(EMPTY, 0)


def to_item(key: Key, state: State, version: int, retention_days: int) -> dict[str, Any]:
    """The item as DynamoDB writes it: its view, its keys in the indexes, and the state to go on from.

    It expires `retention_days` after its last event's time.
    """
    values = view(*key, state)
    of_key = keys.digest(*key)
    number = keys.shard(of_key)
    first = first_at(state)
    values |= {
        "version": version,
        "state": to_json(state),
        "first_at": first,
        "first_key": keys.first_key(first, of_key),
        "expires_at": int(seconds(last_at(state))) + retention_days * _DAY,
    }
    if status := values.get("status"):
        values["status_key"] = keys.status_key(values["status_at"], of_key)
        if status in FAILURES:
            values["failure_shard"] = keys.failure_shard(number)
    if campaign_id := values.get("campaign_id"):
        values["campaign_shard"] = keys.campaign_shard(campaign_id, number)
    if not is_final(state):
        values["unfinished_shard"] = keys.unfinished_shard(number)
    return {name: _written(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> tuple[Key, Stored]:
    """The key and state of an item that DynamoDB answered with. A KeyError means that it is not ours."""
    key = Key(item["message_id"]["S"], item["recipient"]["S"])
    return key, Stored(from_json(item["state"]["S"]), int(item["version"]["N"]))


class Table:
    """Reads and writes by a DynamoDB client; `sleep` waits that many seconds."""

    def __init__(
        self, client: Any, name: str, retention_days: int, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._name, self._days, self._sleep = client, name, retention_days, sleep

    def read(self, wanted: Iterable[Key]) -> dict[Key, Stored]:
        """Every one of these items that exists, read consistently. Raises Busy, or the client's error.

        Keys that DynamoDB left out (throttled, or an answer of more than 16 MB) are asked for again.
        """
        waiting = [_as_key(key) for key in dict.fromkeys(wanted)]
        found: dict[Key, Stored] = {}
        tries = 0
        while waiting:
            asked, later = waiting[:KEYS_A_READ], waiting[KEYS_A_READ:]
            request = {self._name: {"Keys": asked, "ConsistentRead": True, **_READ}}
            answer = self._client.batch_get_item(RequestItems=request)
            items = answer.get("Responses", {}).get(self._name, [])
            found.update(from_item(item) for item in items)
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            waiting = [*left, *later]
            tries = tries + 1 if left and not items else 0
            if tries >= READ_TRIES:
                raise Busy(f"{len(waiting)} items unread after {tries} tries in vain")
            if left:
                self._sleep(_PAUSE_SECONDS * 2**tries * random.random())  # noqa: S311 (no secret)
        return found

    def of_message(self, message_id: str) -> dict[Key, Stored]:
        """All items of a message, whatever their recipient, read consistently."""
        request = {
            "TableName": self._name,
            "KeyConditionExpression": "message_id = :id",
            "ExpressionAttributeValues": {":id": {"S": message_id}},
            "ConsistentRead": True,
            **_READ,
        }
        found: dict[Key, Stored] = {}
        for _ in range(PAGES_OF_A_MESSAGE):
            answer = self._client.query(**request)
            found.update(from_item(item) for item in answer["Items"])
            if not (last := answer.get("LastEvaluatedKey")):
                break
            request["ExclusiveStartKey"] = last
        return found

    def write(self, key: Key, state: State, version: int) -> None:
        """Put the item where its version is still `version` (0: where there is none), as the next version.

        Raises Conflict where it is another, or the client's error.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(message_id)"}
        if version:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        item = to_item(key, state, version + 1, self._days)
        try:
            self._client.put_item(TableName=self._name, Item=item, **condition)
        except self._client.exceptions.ConditionalCheckFailedException as problem:
            raise Conflict from problem


# `state` is a reserved word of DynamoDB.
_READ = {
    "ProjectionExpression": "message_id, recipient, version, #state",
    "ExpressionAttributeNames": {"#state": "state"},
}


def _as_key(key: Key) -> dict[str, Any]:
    return {"message_id": {"S": key.message_id}, "recipient": {"S": key.recipient}}


def _written(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    return {"L": [{"S": part} for part in value]}
