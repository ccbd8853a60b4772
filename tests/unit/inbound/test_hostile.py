"""Mails that were made to cost time: they come to an end like any other. How long it takes is for the bench
(scripts/mailroom/bench/worst.py).
"""

import pytest

from mailroom.bench import worst
from mailroom.bench.road import through


@pytest.mark.parametrize("make", worst.HOSTILE.values(), ids=worst.HOSTILE.keys())
def test_hostile_mails_come_to_an_end(make: worst.Maker) -> None:
    """A mail of nothing but one hostile thing is opened, decided over and built without an error."""
    through(make(100_000))


def test_rows_of_the_bench() -> None:
    """Each hostile mail is a row with a goal, and the last row names the one that grows fastest."""
    hostile = {name: worst.HOSTILE[name] for name in ("boundaries", "markers")}
    rows = list(worst.rows(hostile, worst.ORDINARY, 20_000))
    assert [row.size for row in rows[:2]] == ["boundaries", "markers"]
    assert rows[2].measure.startswith("worst growth")
    assert all(row.goal is not None for row in rows)


@pytest.mark.parametrize("make", [*worst.HOSTILE.values(), *worst.ORDINARY.values()])
def test_mails_are_as_large_as_asked(make: worst.Maker) -> None:
    """What the bench times has the size that it says, give or take a little."""
    assert 190_000 < len(make(200_000)) < 210_000
