"""The sending rate that all workers hold together: one row of places, kept in one item of the ledger.

This is the generic cell rate algorithm without a burst: the item says when the next place is free, and each
mail moves that time on by the places that it takes, in one conditional call. `next_at` is in ms since 1970.
"""

import math
from typing import Any

from botocore.exceptions import ClientError

from lambda_src.inbound.ports import NotFinished
from lambda_src.inbound.updates import condition_failed, update

_ITEM = ("rate", "sends")
_TRIES = 6


class DynamoTurns:
    """`per_second` sends go out, over all workers that use this table."""

    def __init__(self, client: Any, table: str, per_second: float) -> None:
        self._client = client
        self._table = table
        self.interval = 1000 / per_second
        # What this worker saw last: it mostly spares the call that would be refused.
        self._seen = 0

    def reserve(self, count: int, now: int, latest: int) -> int | None:
        """The time of the first of `count` places in a row; None when it would be after `latest` (ms)."""
        span = math.ceil(count * self.interval)
        for _ in range(_TRIES):
            others = self._seen > now
            first = self._behind_others(span, now, latest) if others else self._at_once(span, now)
            if first is not None:
                self._seen = first + span
                return first
            free = self._next_at()
            if free > latest:
                return None
            self._seen = free
        raise NotFinished("too many workers ask for a place in the row of sends at once")

    def _at_once(self, span: int, now: int) -> int | None:
        """The row is empty: the first place is now."""
        free = "attribute_not_exists(next_at) OR next_at <= :now"
        return now if self._change("SET next_at = :end", free, {":now": now, ":end": now + span}) else None

    def _behind_others(self, span: int, now: int, latest: int) -> int | None:
        values = {":span": span, ":now": now, ":latest": latest}
        change = "SET next_at = next_at + :span"
        answer = self._change(change, "next_at BETWEEN :now AND :latest", values)
        return int(answer["next_at"]["N"]) - span if answer else None

    def _next_at(self) -> int:
        """When the next place is free, as it stands there now."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="mail = :mail",
            ExpressionAttributeValues={":mail": {"S": _ITEM[0]}},
            ConsistentRead=True,
        )
        return int(answer["Items"][0]["next_at"]["N"]) if answer["Items"] else 0

    def _change(self, change: str, condition: str, values: dict[str, int]) -> dict[str, Any] | None:
        """The item as it is afterwards; None where the condition does not hold."""
        request = update(self._table, *_ITEM, change, condition, values)
        try:
            return self._client.update_item(**request, ReturnValues="UPDATED_NEW")["Attributes"]
        except ClientError as problem:
            if condition_failed(problem):
                return None
            raise
