"""The inbox: what it shows, and what a message cannot do to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailroom.local.engine.ses.store import MailStore, Sent, new_message_id
from mailroom.local.inbox import layout, message
from mailroom.local.inbox.pages import Inbox

HOSTILE = "<script>alert(1)</script>\"'&"
MESSAGE = (
    "From: a@mail.example\r\nTo: b@far.example\r\n"
    f"Subject: {HOSTILE}\r\nX-Odd: {HOSTILE}\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nsee http://127.0.0.1:1/x/abc. <b>not bold</b>\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>hi<script>alert(2)</script></p>\r\n"
    '--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="<i>.pdf"\r\n\r\nPDF\r\n--b--\r\n'
).encode()


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    store = MailStore(tmp_path)
    store.keep(
        Sent(
            id=new_message_id(1),
            sender="a@mail.example",
            recipients=("b@far.example",),
            configuration_set="inbound",
            time="2026-11-24T12:00:00.000+00:00",
            region="eu-west-1",
            via="api-v2",
        ),
        MESSAGE,
    )
    return Inbox(store)


def first_id(inbox: Inbox) -> str:
    return inbox.mail.listing()[0].id


def test_the_listing_for_programs_has_the_promised_members(inbox: Inbox) -> None:
    """id, from, recipients, subject, size, configuration set, time."""
    (entry,) = json.loads(inbox.respond("GET", "/_mailroom/inbox.json").body)
    assert entry["from"] == "a@mail.example"
    assert entry["recipients"] == ["b@far.example"]
    assert entry["subject"] == HOSTILE
    assert (entry["size"], entry["configuration_set"]) == (len(MESSAGE), "inbound")
    assert entry["time"] == "2026-11-24T12:00:00.000+00:00"


def test_nothing_of_a_message_becomes_markup(inbox: Inbox) -> None:
    """Subject, headers, text and file names are escaped, in the list and in the message."""
    for path in ("/_mailroom/inbox", f"/_mailroom/inbox/{first_id(inbox)}"):
        html = inbox.respond("GET", path).body.decode()
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)" in html
        assert "<i>" not in html


def test_pages_forbid_what_they_do_not_need(inbox: Inbox) -> None:
    """No scripts, nothing loaded, no guessing of types; the frame is sandboxed by its own answer too."""
    page = inbox.respond("GET", f"/_mailroom/inbox/{first_id(inbox)}")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    frame = inbox.respond("GET", f"/_mailroom/inbox/{first_id(inbox)}/html")
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.body


def test_addresses_in_text_can_be_clicked() -> None:
    """A web address becomes a link, without the full stop behind it; other schemes do not."""
    link = layout.linked("see http://127.0.0.1:1/x/abc. or javascript:alert(1) <b>")
    assert '<a href="http://127.0.0.1:1/x/abc" target="_blank" rel="noopener noreferrer">' in link
    assert link.endswith("</a>. or javascript:alert(1) &lt;b&gt;")


def test_the_raw_message_is_a_download(inbox: Inbox) -> None:
    """Byte for byte, as a file."""
    answer = inbox.respond("GET", f"/_mailroom/inbox/{first_id(inbox)}/raw")
    assert answer.body == MESSAGE
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path", ["/_mailroom/inbox/no", "/_mailroom/inbox/../../etc/passwd/raw", "/_mailroom/else"]
)
def test_what_is_not_there_is_not_found(inbox: Inbox, path: str) -> None:
    """Only ids of the listing lead anywhere."""
    assert inbox.respond("GET", path).status == 404


def test_only_looking(inbox: Inbox) -> None:
    """Nothing but GET and HEAD."""
    assert inbox.respond("POST", "/_mailroom/inbox").status == 405


def test_an_empty_inbox_says_so(tmp_path: Path) -> None:
    """Before anything was sent the page tells what will be there."""
    assert b"Nothing was sent yet" in Inbox(MailStore(tmp_path)).respond("GET", "/_mailroom/inbox").body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff",
        b"From: <<<\r\nTo: a@\r\n\r\n",
    ],
)
def test_a_broken_message_is_shown_as_far_as_it_goes(raw: bytes) -> None:
    """Whatever SES took can be looked at."""
    opened = message.opened(raw)
    assert isinstance(layout.linked(opened.text), str)


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (20 * 1024 * 1024, "20.0 MB")]
)
def test_sizes_are_readable(size: int, words: str) -> None:
    """Bytes as people read them."""
    assert layout.readable_size(size) == words
