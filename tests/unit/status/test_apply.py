"""A batch into the table: one read, one write an item, and what happens when somebody else is there too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest

from lambda_src.status.apply import TRIES, Applied, NoTime, Reached, apply
from lambda_src.status.event import Event
from lambda_src.status.keys import Key
from lambda_src.status.state import EMPTY, State, fold
from lambda_src.status.table import NOTHING, Conflict, Stored
from tests.unit.status.made import event

A, B = "a@example.com", "b@example.com"


class Broken(Exception):
    """What a client raises."""


@dataclass
class FakeItems:
    """A table that remembers; `trouble` is what it does at each write of a message, in turn."""

    trouble: dict[str, list[object]] = field(default_factory=dict)
    items: dict[Key, Stored] = field(default_factory=dict)
    reads: list[list[Key]] = field(default_factory=list)
    writes: list[Key] = field(default_factory=list)
    unreadable: bool = False

    def read(self, wanted: Iterable[Key]) -> Mapping[Key, Stored]:
        self.reads.append(list(wanted))
        if self.unreadable:
            raise Broken
        return {key: self.items[key] for key in self.reads[-1] if key in self.items}

    def write(self, key: Key, state: State, version: int) -> None:
        self.writes.append(key)
        if trouble := self.trouble.get(key.message_id):
            found = trouble.pop(0)
            if isinstance(found, Exception):
                raise found
            if isinstance(found, Event):  # somebody else folds this in, just before
                before, number = self.items.get(key, NOTHING)
                self.items[key] = Stored(fold(before, [found]), number + 1)
        if self.items.get(key, NOTHING).version != version:
            raise Conflict
        self.items[key] = Stored(state, version + 1)


class Sleeper:
    """Sleeps not, and remembers how long it would have."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def of(message_id: str, name: str = "send", second: int = 0, recipient: str = A) -> Event:
    return event(name, second, message_id=message_id, recipient=recipient)


def run(table: FakeItems, *records: list[Event], left: float = 60.0, sleep: Sleeper | None = None) -> Applied:
    return apply(table, records, sleep or Sleeper(), lambda: left)


def test_one_read_and_one_write_an_item() -> None:
    """500 events over 50 items are one read of 50 keys, and 50 writes."""
    table = FakeItems()
    records = [[of(f"m{number % 50}", "open" if number > 250 else "send", number)] for number in range(500)]
    done = run(table, *records)
    assert (len(table.reads), len(table.reads[0]), len(table.writes), done.writes) == (1, 50, 50, 50)
    assert done.failed == {}
    assert sorted(done.reached) == [Reached("email", "open")] * 50 + [Reached("email", "send")] * 50


def test_what_came_before_is_not_written_again() -> None:
    """A batch that comes twice writes nothing the second time, and nothing is reached by it."""
    table = FakeItems()
    first, again = (run(table, [of("m1")], [of("m1", "delivered", 1)]) for _ in range(2))
    assert (first.writes, again.writes) == (1, 0)
    assert again == Applied({}, [], 0)


def test_reached() -> None:
    """Each item counts once for each name, whatever the order, and however many a batch brings."""
    table = FakeItems()
    both = run(table, [of("m1", "delivered", 5)], [of("m1", "send", 1)]).reached
    assert both == [Reached("email", "delivered"), Reached("email", "send")]
    assert run(table, [of("m1", "send", 2)]).reached == []
    assert run(table, [of("m1", "complaint", 9)]).reached == [Reached("email", "complaint")]


def test_conflict() -> None:
    """Where somebody else wrote between, what they wrote is read and kept, and ours folded into it."""
    table = FakeItems({"m1": [of("m1", "complaint", 9), of("m1", "click", 3)]})
    sleep = Sleeper()
    done = run(table, [of("m1", "send", 1), of("m2")], [of("m1", "open", 2)], sleep=sleep)
    assert done.failed == {}
    assert set(table.items[Key("m1", A)].state.cells) == {"send", "open", "complaint", "click"}
    assert [len(keys) for keys in table.reads] == [2, 1, 1]
    assert len(sleep.slept) == 2


def test_conflicts_without_end() -> None:
    """After bounded tries the records of that item fail, and no others; pauses grow, with jitter, to a bound."""
    table = FakeItems({"m1": [Conflict() for _ in range(99)]})
    sleep = Sleeper()
    done = run(table, [of("m1")], [of("m2")], [of("m2"), of("m1", "open")], sleep=sleep)
    assert list(done.failed) == [0, 2]
    assert {type(problem) for problem in done.failed.values()} == {Conflict}
    assert table.writes.count(Key("m1", A)) == TRIES
    assert len(sleep.slept) == TRIES - 1
    assert max(sleep.slept) <= 2


def test_an_item_that_cannot_be_written() -> None:
    """An error at one item fails the records that touch it, whatever else is in them."""
    table = FakeItems({"m1": [Broken()]})
    done = run(table, [of("m1"), of("m2")], [of("m3")], [of("m1", recipient=B)])
    assert [(number, type(problem)) for number, problem in done.failed.items()] == [(0, Broken)]
    assert {key.message_id for key in table.items} == {"m1", "m2", "m3"}
    assert Key("m1", A) not in table.items


def test_unreadable() -> None:
    """Where nothing can be read, every record with an event comes again; one without has nothing to do."""
    done = run(FakeItems(unreadable=True), [of("m1")], [], [of("m2")])
    assert {number: type(problem) for number, problem in done.failed.items()} == {0: Broken, 2: Broken}


def test_no_time() -> None:
    """With the function's time nearly over nothing further is begun."""
    table = FakeItems()
    done = run(table, [of("m1")], [of("m2")], left=2.0)
    assert table.writes == []
    assert {type(problem) for problem in done.failed.values()} == {NoTime}


def test_nothing() -> None:
    """A batch without an event asks the table nothing."""
    table = FakeItems()
    assert run(table, [], []) == Applied({}, [], 0)
    assert table.reads == []


@pytest.mark.parametrize("trouble", [None, Conflict()])
def test_nothing_is_lost(trouble: Exception | None) -> None:
    """What a batch ends with is all of its events, folded."""
    table = FakeItems({"m1": [trouble] if trouble else []})
    several = [of("m1", name, number) for number, name in enumerate(("open", "send", "delayed", "delivered"))]
    run(table, *[[one] for one in several])
    assert table.items[Key("m1", A)].state == fold(EMPTY, several)
