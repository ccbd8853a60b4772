"""The state of an item: whatever order its events come in, and however often."""

import json
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.status.event import Because, Event
from lambda_src.status.state import EMPTY, MARKS, State, fold, from_json, merge, of_event, to_json
from lambda_src.status.view import EMAIL_RANKS, SMS_RANKS, timeline, view
from tests.unit.status.made import ANN, ID, at, event, state

few = st.sampled_from(["", "a", "b", "ü\u2028"])
because = st.builds(Because, st.sampled_from(["ses", "pinpoint"]), few, few, few, st.sampled_from(["", "7"]))
facts = st.dictionaries(st.sampled_from(["client", "reference", "from_address"]), few, max_size=2)


def _event(channel: str, name: str, second: int, *rest: object) -> Event:
    reason, known, final, own, bot, mark = rest
    counted = name in ("open", "click", "delayed")
    return Event(
        ID, ANN, channel, name, at(second), reason, {"event_type": channel, **known},  # type: ignore[arg-type, dict-item]
        bool(final) or channel == "email", bool(own), bool(bot) and name in ("open", "click"), str(mark) if counted else "",
    )  # fmt: skip


def events(channel: str, names: list[str]) -> st.SearchStrategy[Event]:
    """Events of one item, alike enough to meet."""
    marks = st.integers(0, 300).map(lambda number: f"{number * 7919 % 1000:08}")
    return st.builds(
        _event, st.just(channel), st.sampled_from(names), st.integers(0, 5), because, facts, *[st.booleans()] * 3, marks
    )  # fmt: skip


lives = st.one_of(
    st.lists(events("email", list(EMAIL_RANKS)), max_size=12),
    st.lists(events("sms", list(SMS_RANKS)), max_size=12),
)
states = lives.map(lambda several: fold(EMPTY, several))


@settings(deadline=None)
@given(lives, st.randoms(use_true_random=False))
def test_order_and_repetition(several: list[Event], chance: object) -> None:
    """Any permutation of a message's events, with any of them repeated, ends in the same item."""
    again = several + chance.choices(several, k=len(several)) if several else []  # type: ignore[attr-defined]
    chance.shuffle(again)  # type: ignore[attr-defined]
    once, other = fold(EMPTY, several), fold(EMPTY, again)
    assert other == once
    assert to_json(other) == to_json(once)
    assert view(ID, ANN, other) == view(ID, ANN, once)
    assert timeline(other) == timeline(once)


@settings(deadline=None)
@given(states, states, states)
def test_laws(one: State, two: State, three: State) -> None:
    """merge is associative, commutative and idempotent, and EMPTY is neutral."""
    assert merge(one, merge(two, three)) == merge(merge(one, two), three)
    assert merge(one, two) == merge(two, one)
    assert merge(one, one) == one
    assert merge(one, EMPTY) == one == merge(EMPTY, one)


@settings(deadline=None)
@given(states, lives)
def test_fold_is_merge(before: State, several: list[Event]) -> None:
    """fold is merge with each event's own state, and changes nothing in place."""
    kept = to_json(before)
    assert fold(before, several) == reduce(merge, map(of_event, several), before)
    assert to_json(before) == kept


@settings(deadline=None)
@given(states)
def test_json(found: State) -> None:
    """A state comes back from its text as it was."""
    assert from_json(to_json(found)) == found


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(3 * MARKS)), st.integers(1, 3 * MARKS - 1))
def test_many_marks(order: list[int], cut: int) -> None:
    """However many opens there are, a state keeps the same least marks, in whatever parts they come."""
    opens = [event("open", 0, mark=f"{number:08}") for number in order]
    parts = merge(fold(EMPTY, opens[:cut]), fold(EMPTY, opens[cut:]))
    assert parts == fold(EMPTY, opens)
    assert parts.cells["open"].marks == tuple(f"{number:08}" for number in range(MARKS))


def test_bound() -> None:
    """A state of everything there is, with the longest texts, is far below DynamoDB's 400 KB an item."""
    longest = {"kind": "ü" * 256, "sub": "ü" * 256, "text": "ü" * 500, "number": "1" * 20}
    facts = dict.fromkeys(("aws_account_id", "from_address", "client", "campaign_id", "reference"), "ü" * 256)
    several = [
        event(name, second, mark=f"{second:08}", bot=bot, facts=facts, **longest)
        for name in EMAIL_RANKS
        for bot in (False, True)
        for second in range(MARKS + 50)
    ]
    assert len(to_json(state(*several)).encode()) < 100_000


@pytest.mark.parametrize(("first", "second"), [("b", "a"), ("a", "b"), ("a", "a")])
def test_facts_that_differ(first: str, second: str) -> None:
    """Of two values for one fact the lesser stays, whichever came first."""
    found = state(event("send", facts={"client": first}), event("open", facts={"client": second}))
    assert found.facts["client"] == "a"


def test_own() -> None:
    """One event for this recipient alone makes a name its own."""
    shared = event("open", 1, own=False)
    assert not state(shared, shared).cells["open"].own
    assert state(shared, event("open", 2)).cells["open"].own


def test_compact() -> None:
    """The text holds what is known and no more."""
    found = json.loads(to_json(state(event("send", 1, text="x"))))
    assert found == [{"send": [at(1), at(1), 1, "ses", "", "", "x", "", ""]}, {"event_type": "email"}]
