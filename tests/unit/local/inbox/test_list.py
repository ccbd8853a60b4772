"""The list: which mails are on which page, and that nobody loses the place when mail comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailroom.local.engine.ses.store import Sent
from mailroom.local.inbox.index import Entry
from mailroom.local.inbox.outcome import Outcome
from mailroom.local.inbox.rows import MAXIMUM_TAIL, PER_PAGE, rows
from mailroom.local.inbox.views import words

Mail = Callable[..., bytes]


def entries(number: int) -> list[Entry]:
    """So many mails, oldest first; the id is the number."""
    return [
        Entry(Sent(str(one), "a", ("b",), "", "", "", ""), Outcome((("accepted", 1),)), 0)
        for one in range(number)
    ]


def ids(number: int, page: int = 0, tail: int = 0) -> list[int]:
    return [int(entry.sent.id) for entry in rows(entries(number), page, tail).entries]


@pytest.mark.parametrize("number", [0, 1, 49, 50, 99, 100, 101, 5000])
def test_every_mail_is_on_one_page(number: int) -> None:
    """From the newest page along "older" to the oldest: each mail once, newest first."""
    seen: list[int] = []
    page: int | None = 0
    while page is not None:
        shown = rows(entries(number), page, 0)
        seen += [int(entry.sent.id) for entry in shown.entries]
        page = shown.older
    assert seen == list(range(number))[::-1]


def test_pages_lead_back() -> None:
    """From the oldest along "newer" to the newest, which has no number."""
    number = 260
    page, steps = 1, 0
    while (newer := rows(entries(number), page, 0).newer) is not None:
        assert newer == 0 or newer == page + 1
        page, steps = newer, steps + 1
    assert page == 0
    assert steps == number // PER_PAGE - 1


def test_an_old_page_stays_what_it_is() -> None:
    """More mail changes nothing on it."""
    for more in range(0, 200, 7):
        assert ids(230 + more, page=2) == list(range(99, 49, -1))


def test_the_newest_page_grows_under_its_reader() -> None:
    """What was on it stays, also when it would have begun anew; with a bound."""
    assert ids(149)[-1] == 50
    assert ids(150)[-1] == 100
    assert ids(160, tail=2)[-1] == 50
    assert len(ids(5000, tail=1)) == MAXIMUM_TAIL


@pytest.mark.parametrize("page", [3, 4, 99, 10**8])
def test_pages_that_are_not_there_are_the_newest(page: int) -> None:
    """An address that was kept from before a reset leads somewhere."""
    assert ids(160, page=page) == ids(160)


def test_the_page_says_where_it_is(desk: Any, mail: Mail) -> None:
    """From where to where of how many; links to both sides."""
    for number in range(160):
        desk.send(mail(), minutes_ago=160 - number)
    assert "1 to 60 of 160 mails" in desk.page()
    middle = desk.page(page="2")
    assert "61 to 110 of 160 mails" in middle
    assert re.search(r'id="newer"[^>]*href="/_mailroom/inbox"', middle)
    assert re.search(r'id="older"[^>]*href="/_mailroom/inbox\?page=1"', middle)
    assert "1 to 10 of 160" not in middle


def test_a_search_is_kept_along_pages_and_mails(desk: Any, mail: Mail) -> None:
    """Older, newer, back and the mails themselves stay within what was searched for."""
    sent = [desk.send(mail(Subject=f"{'odd' if number % 2 else 'even'} {number}")) for number in range(8)]
    page = desk.page(f"/{sent[3]}", q="subject:odd")
    assert f'id="newer" class="button" rel="prev" href="/_mailroom/inbox/{sent[5]}?q=subject%3Aodd"' in page
    assert f'id="older" class="button" rel="next" href="/_mailroom/inbox/{sent[1]}?q=subject%3Aodd"' in page
    assert f'href="/_mailroom/inbox?q=subject%3Aodd#m-{sent[3]}"' in page
    assert "3 of 4" in page


def test_a_mail_that_its_search_finds_no_more_stands_among_all(desk: Any, mail: Mail) -> None:
    """It was accepted, now it is delivered: the page still works."""
    sent = desk.send(mail())
    desk.tell(sent, "Delivery", recipients=["b@far.example"])
    assert "1 of 1" in desk.page(f"/{sent}", q="is:accepted")


def test_filters_count_what_there_is(desk: Any, mail: Mail) -> None:
    """Each outcome and configuration set with its number; the one that is on is marked."""
    for number in range(3):
        sent = desk.send(mail(), configuration_set="two words" if number else "one")
        desk.tell(sent, "Bounce", bouncedRecipients=[{"emailAddress": "b@far.example"}])
    page = desk.page(q="is:bounced")
    assert re.search(r'href="/_mailroom/inbox\?q=is%3Abounced" aria-current="true"', page)
    assert re.search(r"set%3A%22two\+words%22.*?<span class=\"number\">2</span>", page)
    assert "Complained" not in page


NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "just now"), (0, "just now"), (9.9, "just now"), (10, "10 s ago"), (59, "59 s ago"), (60, "1 min ago"),
     (3599, "59 min ago"), (3600, "1 h ago"), (86399, "23 h ago"), (86400, "1 d ago"), (10**9, "11574 d ago")],
)  # fmt: skip
def test_ago(seconds: float, said: str) -> None:
    """In the largest unit that is full."""
    assert words.ago(seconds) == said


@pytest.mark.parametrize(
    ("passed", "form"),
    [
        (timedelta(seconds=5), r">\d\d:\d\d:\d\d<"),
        (timedelta(days=3), r">\d\d? Nov \d\d:\d\d<"),
        (timedelta(days=400), r">\d\d? Oct 2025<"),
    ],
)
def test_a_time_is_as_long_as_it_must_be(passed: timedelta, form: str) -> None:
    """Today the time, this year the day, else the year; the whole of it is its title."""
    iso = (NOW - passed).isoformat()
    said = words.moment(iso, NOW)
    assert re.search(form, said)
    assert f'datetime="{iso}"' in said
    assert "2025," in said or "2026," in said


@pytest.mark.parametrize("iso", ["", "nonsense", "<b>", "2026-11-24", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_shown_as_it_is(iso: str) -> None:
    """An event may tell anything."""
    assert "<b>" not in words.moment(iso, NOW) + words.since(iso, NOW)


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (20 * 1024 * 1024, "20.0 MB"), (1024**4, "1024.0 GB")]
)  # fmt: skip
def test_sizes_are_readable(amount: int, said: str) -> None:
    """Bytes as people read them."""
    assert words.size(amount) == said


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see http://127.0.0.1:1/x/abc. or", "http://127.0.0.1:1/x/abc"),
        ("(https://far.example/a?b=c&d)", "https://far.example/a?b=c&amp;d"),
        ("<https://far.example/>", "https://far.example/"),
        ("javascript:alert(1) data:text/html,x", ""),
        ('http://far.example/" onmouseover="alert(1)', "http://far.example/"),
        ("http://far.example/\u202efdp", "http://far.example/[U+202E]fdp"),
    ],
)
def test_addresses_in_text_can_be_clicked(text: str, link: str) -> None:
    """A web address becomes a link, without what stands behind it; other schemes do not."""
    said = words.linked(text)
    whole = f'<a href="{link}" target="_blank" rel="noopener noreferrer">{link}</a>'
    assert said.count("<a ") == (1 if link else 0)
    assert not link or whole in said
    assert 'onmouseover="' not in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc", "a\nb\tc"),
        ("a\x00\x1b[31m\x7f", "a\u2400\u241b[31m\ufffd"),
        ("exe\u202efdp\u2066", "exe[U+202E]fdp[U+2066]"),
        ("\ud83d", "[U+D83D]"),
        ("שלום مرحبا é 日本", "שלום مرحبا é 日本"),
    ],
)
def test_nothing_hides_in_text(text: str, shown: str) -> None:
    """Control characters and turns of direction are visible; every script stays as it is."""
    assert words.shown(text) == shown
