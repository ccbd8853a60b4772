"""A batch of events into the table: read once, folded, each item written once.

Several batches may meet at one item; then its version is another, and what was read is read and folded again.
Every step can be done twice, so a batch that was cut off is simply done again.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from lambda_src.status.event import Event
from lambda_src.status.keys import Key
from lambda_src.status.state import State, fold
from lambda_src.status.table import NOTHING, Conflict, Stored
from lambda_src.status.view import channel_of, firsts

TRIES = 8
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
SECONDS_TO_BEGIN = 3.0  # with less time left than this, no further item is written

Sleep = Callable[[float], None]


class Items(Protocol):
    """What a batch needs of the table (see table.py)."""

    def read(self, wanted: Iterable[Key]) -> Mapping[Key, Stored]:
        """The items that exist."""

    def write(self, key: Key, state: State, version: int) -> None:
        """Write where the version is still this one; raises Conflict."""


class Reached(NamedTuple):
    """An item has an event of a name, a status, that it had none of before this batch."""

    channel: str
    status: str


class Applied(NamedTuple):
    """`failed`: the numbers of records of which an event is not in the table, each with the error."""

    failed: dict[int, Exception]
    reached: list[Reached]
    writes: int


class NoTime(Exception):
    """The function's time is nearly over."""


def apply(
    table: Items, records: Sequence[Sequence[Event]], sleep: Sleep, left: Callable[[], float]
) -> Applied:
    """Fold the events of all records into the table. `left` tells the seconds that remain.

    Nothing raises: what fails for one item fails the records that touch it, and no others.
    """
    events, touching = _grouped(records)
    failed: dict[int, Exception] = {}
    reached: list[Reached] = []
    writes = 0
    waiting = list(events)
    for number in range(TRIES):
        if not waiting:
            break
        if number:
            sleep(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**number) * random.random())  # noqa: S311
        try:
            known = table.read(waiting)
        except Exception as problem:  # whatever it is, every record of these items comes again
            failed |= {record: problem for key in waiting for record in touching[key]}
            return Applied(failed, reached, writes)
        again = []
        for key in waiting:
            before, version = known.get(key, NOTHING)
            after = fold(before, events[key])
            if after == before:  # all of it came before
                continue
            try:
                if left() < SECONDS_TO_BEGIN:
                    raise NoTime
                table.write(key, after, version)
            except Conflict:
                again.append(key)
            except Exception as problem:  # one item's failure, whatever it is, must not fail the others
                failed |= dict.fromkeys(touching[key], problem)
            else:
                writes += 1
                reached.extend(_reached(before, after))
        waiting = again
    failed |= {record: Conflict() for key in waiting for record in touching[key]}
    return Applied(failed, reached, writes)


def _reached(before: State, after: State) -> list[Reached]:
    """Every name that is new: a batch that brings a send and its delivery counts for both, as two would."""
    new = firsts(after).keys() - firsts(before).keys()
    return [Reached(channel_of(after), name) for name in sorted(new)]


def _grouped(records: Sequence[Sequence[Event]]) -> tuple[dict[Key, list[Event]], dict[Key, set[int]]]:
    """The events of each item, and the numbers of the records that they are from."""
    events: dict[Key, list[Event]] = {}
    touching: dict[Key, set[int]] = {}
    for number, several in enumerate(records):
        for event in several:
            key = Key(event.message_id, event.recipient)
            if key in events:
                events[key].append(event)
                touching[key].add(number)
            else:
                events[key], touching[key] = [event], {number}
    return events, touching
