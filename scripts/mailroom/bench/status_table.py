"""DynamoDB as `status` uses it, in memory: it remembers, counts, and fails as it is told to."""

import random
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
Position = tuple[str, str]


class Killed(BaseException):
    """The process is gone: nothing in it may go on."""


@dataclass(frozen=True)
class Faults:
    """How often, of 1: a call is throttled, a key is left unread, somebody else wrote first, the answer of a
    write is lost, the process is killed before or after a write."""

    throttled: float = 0
    unread: float = 0
    conflicts: float = 0
    lost: float = 0
    killed: float = 0


NO_FAULTS = Faults()
STORM = Faults(throttled=0.01, unread=0.02, conflicts=0.02, lost=0.01, killed=0.001)


class _Refused(ClientError):
    """The exception of a refused condition, as a client's `exceptions` has it."""


class _Exceptions:
    ConditionalCheckFailedException = _Refused


@dataclass
class FakeDynamoDB:
    """A client with one table. `items` by message id and recipient; `calls` counts them by operation."""

    faults: Faults = NO_FAULTS
    seed: int = 1
    items: dict[Position, Item] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    exceptions: type[_Exceptions] = _Exceptions

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._chance = random.Random(self.seed)  # noqa: S311

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """The items asked for; at most 100 keys, each once, as DynamoDB has it."""
        with self._lock:
            self._begin("BatchGetItem")
            [(table, request)] = RequestItems.items()
            positions = [_position(key) for key in request["Keys"]]
            assert request["ConsistentRead"] is True  # noqa: S101
            assert len(positions) == len(set(positions)) <= 100  # noqa: S101
            left = [key for key in request["Keys"] if self._happens(self.faults.unread)]
            found = [self.items[p] for p in positions if p in self.items and _key(p) not in left]
            again = {table: {**request, "Keys": left}} if left else {}
            return {"Responses": {table: found}, "UnprocessedKeys": again}

    def put_item(
        self,
        TableName: str,
        Item: Item,
        ConditionExpression: str,
        ExpressionAttributeValues: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write where the condition holds."""
        with self._lock:
            self._begin("PutItem")
            before = self._happens(self.faults.killed)
            if before:
                raise Killed
            position = _position(Item)
            there = self.items.get(position)
            if there and self._happens(self.faults.conflicts):  # another batch, of the same events as before
                there = self.items[position] = {**there, "version": _one_up(there["version"])}
            wanted = (ExpressionAttributeValues or {}).get(":version")
            holds = there is None if wanted is None else there is not None and there["version"] == wanted
            if not holds:
                raise _Refused({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
            self.items[position] = Item
            if self._happens(self.faults.killed):
                raise Killed
            if self._happens(self.faults.lost):
                raise ClientError({"Error": {"Code": "InternalServerError"}}, "PutItem")
            return {}

    def contents(self) -> dict[Position, Item]:
        """The items without their versions, which tell how often they were written."""
        return {
            position: {name: value for name, value in item.items() if name != "version"}
            for position, item in self.items.items()
        }

    def _begin(self, operation: str) -> None:
        self.calls[operation] += 1
        if self._happens(self.faults.throttled):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)

    def _happens(self, share: float) -> bool:
        return bool(share) and self._chance.random() < share


def _position(item: Item) -> Position:
    return item["message_id"]["S"], item["recipient"]["S"]


def _key(position: Position) -> Item:
    return {"message_id": {"S": position[0]}, "recipient": {"S": position[1]}}


def _one_up(version: Item) -> Item:
    return {"N": str(int(version["N"]) + 1)}
