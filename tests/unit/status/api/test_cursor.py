"""Cursors: there and back, and nothing else is taken for one."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_src.status import keys
from lambda_src.status.rest import cursor
from lambda_src.status.rest.refusals import Refused

POSITION = keys.status_key("2026-11-27T09:00:00.120Z", keys.digest("m-1", "ann@example.org"))
CURSOR = cursor.write(POSITION, "campaign_id", "spring", "24h", "")

times = st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z")
positions = st.builds(keys.status_key, times, st.text().map(lambda text: keys.digest("m", text)))


@given(positions, st.lists(st.text(), min_size=1))
def test_there_and_back(position: str, asked: list[str]) -> None:
    """What was written is read again, by the same query."""
    assert cursor.POSITION.fullmatch(position)
    assert cursor.read(cursor.write(position, *asked), *asked) == position


@given(positions, st.lists(st.text(), min_size=1))
def test_a_cursor_can_stand_in_a_url(position: str, asked: list[str]) -> None:
    """It is letters, digits, - and _, always as many, so that the description's pattern is exact."""
    assert cursor.FORM.fullmatch(cursor.write(position, *asked))


def test_a_cursor_of_another_query_is_refused() -> None:
    """404: that list has no such page; and the sentence says what it takes."""
    with pytest.raises(Refused, match="with the same parameters") as refused:
        cursor.read(CURSOR, "campaign_id", "autumn", "24h", "")
    assert refused.value.status == 404


@pytest.mark.parametrize(
    "text", ["", "x", CURSOR[:-1], CURSOR + "A", CURSOR[:-1] + "=", CURSOR[:-1] + "é", " " * 68]
)
def test_what_has_not_its_form_is_no_cursor(text: str) -> None:
    """400 for anything of another form."""
    with pytest.raises(Refused, match="this is none") as refused:
        cursor.read(text, "failures")
    assert refused.value.status == 400


@given(st.text(string.ascii_letters + string.digits + "-_", min_size=68, max_size=68))
def test_what_was_never_given_out_is_unknown(text: str) -> None:
    """404 for a text of its form that we did not write, as for a message that we do not know."""
    with pytest.raises(Refused, match="no such page") as refused:
        cursor.read(text, "failures")
    assert refused.value.status == 404


@pytest.mark.parametrize("place", [0, 20, 41, 67])
def test_a_cursor_that_was_changed_is_unknown(place: int) -> None:
    """One letter is enough."""
    changed = CURSOR[:place] + ("A" if CURSOR[place] != "A" else "B") + CURSOR[place + 1 :]
    with pytest.raises(Refused) as refused:
        cursor.read(changed, "campaign_id", "spring", "24h", "")
    assert refused.value.status == 404


def test_a_cursor_holds_no_address() -> None:
    """Its bytes are a time and hashes: neither the recipient nor what was asked for can be read in it."""
    raw = base64.urlsafe_b64decode(cursor.write(POSITION, "recipient", "ann@example.org"))
    assert raw.startswith(POSITION.encode())
    assert len(raw) == len(POSITION) + 10
    assert b"example" not in raw
