"""What an item knows, as a join-semilattice: events come late, twice and in any order, and it ends the same.

`merge` is associative, commutative and idempotent; `EMPTY` is its neutral element. Every part of a state is
the least or the greatest of what was seen, or a set's union, and so has these laws by itself.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from lambda_src.status.event import Because, Event

# One more than is shown: an item with this many marks says "200+".
MARKS = 201
MARK_LENGTH = 8  # every mark's length, so that they are kept as one text
INTERIM = "~"  # before the name of an SMS event that was not final
BOT = "bot_"  # before the name of an open or click that SES flags as a bot's


class Cell(NamedTuple):
    """All events of one name: their first and last time, what the last one said, and their marks.

    `own` is True once one of them was for this recipient and not for all destinations alike.
    `marks` are the least MARKS of all marks seen, in order.
    """

    first: str
    last: str
    own: bool
    because: Because
    marks: tuple[str, ...] = ()


class State(NamedTuple):
    """`cells` by the event's name (see `name_of`); `facts` by the attribute's. Never changed in place."""

    cells: dict[str, Cell]
    facts: dict[str, str]


EMPTY = State({}, {})


def name_of(event: Event) -> str:
    """The name of the cell that an event belongs to."""
    if event.bot:
        return BOT + event.name
    return event.name if event.final else INTERIM + event.name


def of_event(event: Event) -> State:
    """What one event alone says."""
    return fold(EMPTY, (event,))


def fold(state: State, events: Iterable[Event]) -> State:
    """`state` merged with every event: the same as `merge` with each `of_event`, without the copies."""
    cells, facts = dict(state.cells), dict(state.facts)
    for event in events:
        at, name = event.at, name_of(event)
        cell = Cell(at, at, event.own, event.because, (event.mark,) if event.mark else ())
        known = cells.get(name)
        cells[name] = cell if known is None else _join(known, cell)
        _learn(facts, event.facts)
    return State(cells, facts)


def merge(one: State, other: State) -> State:
    """What both together know."""
    cells, facts = dict(one.cells), dict(one.facts)
    for name, cell in other.cells.items():
        known = cells.get(name)
        cells[name] = cell if known is None else _join(known, cell)
    _learn(facts, other.facts)
    return State(cells, facts)


def _learn(facts: dict[str, str], more: dict[str, str]) -> None:
    """Of two values for one fact the lesser stays: a rule that needs no order of arrival."""
    if more == facts:
        return
    for name, value in more.items():
        known = facts.get(name)
        if known is None or value < known:
            facts[name] = value


def _join(one: Cell, other: Cell) -> Cell:
    if one == other:
        return one
    later = one if (one.last, one.because) >= (other.last, other.because) else other
    first = min(one.first, other.first)
    return Cell(first, later.last, one.own or other.own, later.because, _union(one.marks, other.marks))


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not other or one == other or (len(one) == MARKS and other[0] >= one[-1]):
        return one
    return tuple(sorted({*one, *other})[:MARKS])


def to_json(state: State) -> str:
    """The state as short text; the same state has one text."""
    cells = {
        name: [cell.first, cell.last, int(cell.own), *cell.because, "".join(cell.marks)]
        for name, cell in sorted(state.cells.items())
    }
    return json.dumps([cells, dict(sorted(state.facts.items()))], ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> State:
    """The state that `to_json` wrote."""
    cells, facts = json.loads(text)
    return State({name: _cell(*values) for name, values in cells.items()}, facts)


def _cell(first: str, last: str, own: int, *rest: str) -> Cell:
    *because, marks = rest
    parts = tuple(marks[place : place + MARK_LENGTH] for place in range(0, len(marks), MARK_LENGTH))
    return Cell(first, last, bool(own), Because(*because), parts)
