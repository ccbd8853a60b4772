"""Questions to the table: keys from an index, newest state by a consistent read, a page at a time.

An index is a moment behind the table and holds little; so it only says which items to look at, and what a
caller sees is read from the table itself. Indexes that are spread over shards are asked shard by shard and
merged by position. Since a position is unique and of one length, `after` alone says where a page begins.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lambda_src.status import keys, view
from lambda_src.status.keys import NO_RECIPIENT, Index, Key
from lambda_src.status.table import Table

# A filter leaves out most of what a query reads: it may read so many keys of a shard for one page. At some
# 200 bytes each these are 13 read units a shard.
KEYS_A_FILTERED_READ = 1000
# Beside every position: digits, and letters up to Z.
_LOWEST, _HIGHEST = "0", "~"

Item = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list of messages: where its keys are, in which order, and which of the items are meant.

    `low` and `high` bound the positions; "" is no bound. `status` is looked for in the index already, where
    its projection has it; `keep` decides on what was read from the table.
    """

    index: Index
    partitions: tuple[str, ...]
    keep: Callable[[Item], bool]
    newest_first: bool = False
    low: str = ""
    high: str = ""
    status: str = ""


class Page(NamedTuple):
    """Items in the list's order, and the position that the next page begins after; "" at the end."""

    items: list[Item]
    after: str


class _Row(NamedTuple):
    position: str
    key: Key


@dataclass(frozen=True)
class Lookup:
    """Reads by a DynamoDB client; `table` is of the same name. `stuck_hours` as view.read takes it."""

    client: Any
    name: str
    table: Table
    stuck_hours: float

    def message(self, message_id: str, now: float) -> list[Item]:
        """A message's items, one a recipient, as they are read at `now` (seconds since 1970); [] for none."""
        return self._seen(self.table.of_message(message_id), now)

    def page(self, listing: Listing, after: str, limit: int, now: float) -> Page:
        """At most `limit` items of a list. A page may be empty and not be the last."""
        rows, end = self._rows(listing, after, limit)
        wanted = [row.key for row in rows]
        common = [Key(key.message_id, NO_RECIPIENT) for key in wanted]
        found = {
            Key(item["message_id"], item["recipient"]): item for item in self._items(wanted + common, now)
        }
        items = [found[key] for key in wanted if key in found and listing.keep(found[key])]
        return Page(items, end)

    def _items(self, wanted: Iterable[Key], now: float) -> list[Item]:
        return self._seen(self.table.read(wanted), now)

    def _seen(self, found: Mapping[Key, Any], now: float) -> list[Item]:
        states = {key: stored.state for key, stored in found.items()}
        return view.read(states, now, self.stuck_hours)

    def _rows(self, listing: Listing, after: str, limit: int) -> tuple[list[_Row], str]:
        """The next keys over all partitions, and where to go on; "" when nothing is left.

        A partition that was not read to its end is known up to where its query stopped. Beyond the nearest of
        these stops another's keys may be wanting, so what lies there waits for the next page.
        """
        low, high = _bounds(listing, after)
        if low > high:
            return [], ""
        rows: list[_Row] = []
        stops: list[str] = []
        for partition in listing.partitions:
            answer = self.client.query(**self._query(listing, partition, low, high, limit))
            rows += [_row(listing.index, item) for item in answer["Items"]]
            if last := answer.get("LastEvaluatedKey"):
                stops.append(last[listing.index.range]["S"])
        rows.sort(reverse=listing.newest_first)
        stop = (max if listing.newest_first else min)(stops, default="")
        if stop:
            beyond = operator.lt if listing.newest_first else operator.gt
            rows = [row for row in rows if not beyond(row.position, stop)]
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1].position
        return rows, stop

    def _query(self, listing: Listing, partition: str, low: str, high: str, limit: int) -> dict[str, Any]:
        filtered: dict[str, Any] = {}
        values = {":partition": partition, ":low": low, ":high": high}
        names = {"#partition": listing.index.hash, "#position": listing.index.range}
        if listing.status:
            filtered = {"FilterExpression": "#status = :status"}
            values[":status"] = listing.status
            names["#status"] = "status"  # a reserved word of DynamoDB
        return {
            "TableName": self.name,
            "IndexName": listing.index.name,
            "KeyConditionExpression": "#partition = :partition AND #position BETWEEN :low AND :high",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()},
            "ScanIndexForward": not listing.newest_first,
            "Limit": KEYS_A_FILTERED_READ if listing.status else limit,
            **filtered,
        }


def shards(partition: Callable[[int], str]) -> tuple[str, ...]:
    """The partitions of an index that is spread; `partition` is one of keys.…_shard."""
    return tuple(partition(number) for number in range(keys.SHARDS))


def _bounds(listing: Listing, after: str) -> tuple[str, str]:
    """Where the next page lies, both ends allowed, since DynamoDB takes one condition on a range key."""
    low, high = listing.low or _LOWEST, listing.high or _HIGHEST
    if after and listing.newest_first:
        high = min(high, _just_before(after))
    elif after:
        # Before every other position that is greater: all are of one length, so none begins with this one.
        low = max(low, after + " ")
    return low, high


def _just_before(position: str) -> str:
    """The greatest text below a position that no position of its length lies above."""
    return position[:-1] + chr(ord(position[-1]) - 1) + _HIGHEST


def _row(index: Index, item: Mapping[str, Any]) -> _Row:
    return _Row(item[index.range]["S"], Key(item["message_id"]["S"], item["recipient"]["S"]))
