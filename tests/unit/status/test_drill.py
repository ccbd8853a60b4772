"""Waiting for a drill: what counts as come, and how long it took."""

from typing import Any

import pytest

from mailroom.errors import MailroomError
from mailroom.status.drill import Outcome, timeline, wait
from mailroom.status.drill_sources import Sent


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def item(status: str, recipient: str = "a@x.example") -> dict[str, Any]:
    return {"status": status, "recipient": recipient, "timeline": []}


def waited(ends: str, *answers: list[dict[str, Any]], seconds: float = 10.0) -> tuple[Outcome, list[str]]:
    """Wait with the API's answers in turn, the last one for ever."""
    clock, told, rest = Clock(), list[str](), list(answers)

    def ask(message_id: str) -> list[dict[str, Any]]:
        assert message_id == "m-1"
        return rest.pop(0) if len(rest) > 1 else rest[0]

    sent = Sent("ses", "m-1", "a@x.example", "set", ends, "words")
    return wait(sent, ask, seconds, told.append, clock, clock.sleep), told


@pytest.mark.parametrize(
    ("ends", "answers", "came", "statuses"),
    [
        ("delivered", [[], [item("send")], [item("send")], [item("delivered")]], True, ["send", "delivered"]),
        ("complaint", [[item("delivered")], [item("complaint")]], True, ["delivered", "complaint"]),
        ("complaint", [[item("delivered")]], False, ["delivered"]),
        ("delivered", [[]], False, []),
        ("", [[], [item("send")], [item("hardbounce")]], True, ["send", "hardbounce"]),
        ("", [[item("buffered")]], True, ["buffered"]),  # it came; its end nobody knows
        ("delivered", [[item("hardbounce", "b@x.example"), item("delivered")]], True, ["delivered"]),
        ("delivered", [[item("delivered", "*")]], True, ["delivered"]),
    ],
)  # fmt: skip
def test_until_it_has_come(
    ends: str, answers: list[list[dict[str, Any]]], came: bool, statuses: list[str]
) -> None:
    """It has come when its recipient's item has the status that is expected; each status is told once."""
    outcome, told = waited(ends, *answers)
    assert (outcome.came, list(outcome.seconds)) == (came, statuses)
    assert [words.partition(" ")[0] for words in told] == statuses
    assert outcome.waited <= 10.0


def test_a_refusal_ends_the_waiting() -> None:
    """A key that is refused now is refused later."""
    clock = Clock()

    def refused(_: str) -> list[dict[str, Any]]:
        raise MailroomError("no key")

    sent = Sent("ses", "m-1", "a@x.example", "set", "delivered", "words")
    with pytest.raises(MailroomError, match="no key"):
        wait(sent, refused, 10, print, clock, clock.sleep)
    assert clock.now == 1000.0


def test_the_time_is_kept_to() -> None:
    """It waits as long as it was told to, and looks once more at the end."""
    outcome, _ = waited("delivered", [], seconds=7.5)
    assert outcome.waited == pytest.approx(7.5)


def test_the_timeline_in_lines() -> None:
    """Time, event, source, and what was said of it."""
    line = {
        "at": "2026-11-27T10:00:00.000Z",
        "event": "delivered",
        "source": "ses",
        "text": "250 ok",
        "words": "",
    }
    assert list(timeline({"timeline": [line, {**line, "event": "send", "text": ""}]})) == [
        "  2026-11-27T10:00:00.000Z  delivered          ses      250 ok",
        "  2026-11-27T10:00:00.000Z  send               ses",
    ]
