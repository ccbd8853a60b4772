"""The page renews itself as mail and events come, and its reader does not lose the place."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

Message = Callable[..., EmailMessage]
LIVE = "document.getElementById('live').textContent === arguments[0]"


@pytest.fixture
def many(post: Any, message: Message) -> list[str]:
    """130 mails, oldest first: two pages."""
    return [
        post.send(message(f"Number {number}", text=f"text {number}"), minutes_ago=200 - number)
        for number in range(130)
    ]


def rows(window: Any) -> list[str]:
    listed: list[str] = window.run(
        "return [...document.querySelectorAll('.row a')].map(row => row.id.slice(2))"
    )
    return listed


def test_mail_appears(window: Any, post: Any, message: Message) -> None:
    """In an empty inbox too, with its filters, its title and a word for screen readers."""
    window.open()
    window.until(LIVE, "Live")
    sent = post.send(message("First of all"))
    window.until("document.querySelectorAll('.row').length === 1")
    assert rows(window) == [sent]
    assert window.run("return document.title") == "Inbox (1) · Mailroom"
    post.send(message("Second"))
    window.until(LIVE, "1 new mail")
    assert window.run("return document.querySelector('#filters .number').textContent") == "2"
    assert window.complaints() == []


def test_events_appear(window: Any, post: Any, message: Message) -> None:
    """In the list as badges; in the mail as badges, fates and steps, with what was open still open."""
    sent = post.send(message("Hello"))
    window.open()
    post.tell(sent, "Bounce", bouncedRecipients=[{"emailAddress": "anna@far.example"}])
    window.until("document.querySelector('.row .badge').textContent === 'Bounced'")
    window.open(f"/{sent}?view=events")
    window.run(
        "document.querySelector('#event-1').open = true; document.querySelector('#event-1 pre').focus()"
    )
    post.tell(sent, "Complaint", after=60, complainedRecipients=[{"emailAddress": "anna@far.example"}])
    window.until("document.querySelectorAll('.timeline > li').length === 3")
    assert window.run("return document.querySelector('#event-1').open")
    assert window.run("return document.querySelector('#tab-events .number').textContent") == "2"


def test_a_reader_keeps_the_place(window: Any, post: Any, message: Message, many: list[str]) -> None:
    """New mail above moves neither what is in sight nor the focus."""
    window.open()
    row = f"m-{many[90]}"
    window.run(
        "const one = document.getElementById(arguments[0]); one.focus(); one.scrollIntoView({block: 'center'})",
        row,
    )
    top = window.run("return document.getElementById(arguments[0]).getBoundingClientRect().top", row)
    for number in range(3):
        post.send(message(f"New {number}"))
    window.until("document.querySelectorAll('.row').length === 83")
    assert window.focus() == row
    now = window.run("return document.getElementById(arguments[0]).getBoundingClientRect().top", row)
    assert abs(now - top) <= 1


def test_the_newest_page_does_not_break_while_one_reads(
    window: Any, post: Any, message: Message, many: list[str]
) -> None:
    """Where a new page would begin, the one that is looked at grows on."""
    window.open()
    assert rows(window)[-1] == many[50]
    for number in range(25):
        post.send(message(f"New {number}"))
    window.until("document.querySelectorAll('.row').length === 105")
    assert rows(window)[-1] == many[50]


def test_an_old_page_stays(window: Any, post: Any, message: Message, many: list[str]) -> None:
    """Mail that comes changes the count there, not the mails."""
    window.open("?page=1")
    before = rows(window)
    post.send(message("New"))
    window.until("document.getElementById('count').textContent.includes('131')")
    assert rows(window) == before


def test_what_is_typed_stays(window: Any, post: Any, message: Message, many: list[str]) -> None:
    """A search that is not sent yet survives a renewal, and so does an open help."""
    window.open()
    window.run("document.getElementById('help').open = true")
    window.press("/", "to:an")
    post.send(message("New"))
    window.until("document.querySelectorAll('.row').length === 81")
    assert window.focus() == "q"
    assert window.run("return document.getElementById('q').value") == "to:an"
    assert window.run("return document.getElementById('help').open")


def test_a_cloud_that_is_gone_is_told(window: Any, post: Any, message: Message) -> None:
    """A reset takes the mail away, and its page says so."""
    sent = post.send(message("Hello"))
    window.open(f"/{sent}")
    window.until(LIVE, "Live")
    post.ses.mail.clear()
    window.until(LIVE, "This mail is gone")


def test_times_are_those_of_the_reader(window: Any, post: Any, message: Message) -> None:
    """In the browser's zone, whatever the server's is."""
    sent = post.send(message("Hello"), minutes_ago=3)
    window.command("Emulation.setTimezoneOverride", timezoneId="Pacific/Auckland")
    try:
        window.open()
        when = post.ses.mail.find(sent).time
        expected = window.run(
            "return new Date(arguments[0]).toLocaleTimeString('en-GB', {timeZone: 'Pacific/Auckland'})", when
        )
        assert expected in window.run("return document.querySelector('.row time').title")
        assert window.run("return document.querySelector('.row .ago').textContent") == "3 min ago"
    finally:
        window.command("Emulation.setTimezoneOverride", timezoneId="")
