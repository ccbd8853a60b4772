"""What the measures in a running cloud take for an end, a loss and a surprise."""

import base64
import email
import mailbox
from pathlib import Path

import pytest

from lambda_src.inbound import derive
from mailroom.bench import ends, fuzzed, messages, oracle, strikes
from mailroom.bench.ends import DEAD, DOUBTFUL, LOST, NOTICED, OPEN, SENT, judged
from mailroom.bench.invariants import Broken
from mailroom.demo.watch import Progress
from mailroom.errors import MailroomError
from mailroom.local import faults

A, B = "a@x.example", "b@x.example"


def progress(state: str, reason: str = "", **people: str) -> Progress:
    return Progress(state, reason, {f"{name}@x.example": value for name, value in people.items()})


@pytest.mark.parametrize(
    ("found", "deliveries", "dead", "kept", "how", "wrong"),
    [
        (progress("done", a="sent", b="sent"), {A: 1, B: 1}, False, True, SENT, ()),
        (progress("done", a="sent", b="refused"), {A: 1}, False, True, SENT, ()),
        (progress("noticed", "no_list"), {}, False, True, NOTICED, ()),
        (progress("open", a="pending"), {}, True, True, DEAD, ()),
        (None, {}, True, True, DEAD, ()),
        (progress("open", a="sent", b="doubtful"), {A: 1}, True, True, DOUBTFUL, ()),
        (progress("open", a="sent", b="doubtful"), {A: 1}, False, True, DOUBTFUL, ()),
        (progress("open", a="sending", b="pending"), {}, True, True, DOUBTFUL, ()),
        (progress("open", a="doubtful", b="pending"), {}, True, True, DOUBTFUL, ()),
        (progress("open", a="doubtful", b="pending"), {}, False, True, OPEN, ("it came to no end",)),
        (progress("done", a="sent"), {A: 2}, False, True, SENT, (f"{A} got it 2 times",)),
        (progress("done", a="sent"), {}, False, True, SENT, (f"{A} is sent and did not get it",)),
        (progress("open", a="doubtful"), {A: 1}, True, True, DOUBTFUL, (f"{A} is doubtful and got it",)),
        (progress("noticed", "spam"), {A: 1}, False, True, NOTICED, (f"{A} got it and is not in the list",)),
        (progress("open", a="pending"), {}, True, False, DEAD, ("its raw object is gone",)),
        (progress("open", a="pending"), {}, False, True, OPEN, ("it came to no end",)),
        (None, {}, False, True, LOST, ("it came to no end",)),
    ],
)
def test_every_end_is_told_apart(
    found: Progress | None,
    deliveries: dict[str, int],
    dead: bool,
    kept: bool,
    how: str,
    wrong: tuple[str, ...],
) -> None:
    """Ledger, inbox, dead-letter queue and raw bucket together say how a mail ended and what is wrong with it."""
    end = judged(found, deliveries, dead, kept)
    assert (end.how, end.wrong) == (how, wrong)


def test_a_copy_is_known_by_its_tags() -> None:
    """A line of the inbox belongs to the mail that its tags name; a foreign one belongs to none."""
    assert ends.mail_of({"tags": derive.tags("incoming/x#1", 2, 1)}) == "incoming/x#1"
    assert ends.mail_of({"tags": {}}) == ""


@pytest.mark.parametrize(
    ("raw", "carried"),
    [
        (b"a: b\r\n\r\ntext\r\n", True),
        (b"a: b\n\ntext\n", False),
        (b"a: b\r\n\r\nte\rxt\r\n", False),
        (b"a: b\r\n\r\nno end", False),
        (b"a: b\r\n\r\n" + b"x" * 999 + b"\r\n", False),
        (b"a: b\r\n\r\n\0\r\n", False),
    ],
)
def test_what_smtp_does_not_carry_goes_past_it(raw: bytes, carried: bool) -> None:
    """Bytes that SMTP would change, or refuse, are put into the bucket instead."""
    assert ends._is_carried(raw) is carried


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"", b"Words.\r\n"),
        (b"Content-Type: text/html\r\n", b"<p>Words.</p>\r\n"),
        (b"Content-Transfer-Encoding: base64\r\n", base64.b64encode(b"Words.\n") + b"\r\n"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x\r\n\r\nWords.\r\n--x--\r\n"),
    ],
)
def test_a_list_is_put_into_the_first_text(head: bytes, body: bytes) -> None:
    """The list becomes the first line of the first text, whatever its encoding; all else stays as it was."""
    raw = b"Subject: x\r\n" + head + b"\r\n" + body
    changed = messages.with_list(raw)
    assert changed is not None
    part = next(part for part in email.message_from_bytes(changed).walk() if not part.is_multipart())
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert messages.LIST.encode() in text.splitlines()[0]
    assert b"Words." in text
    assert len(changed) - len(raw) < 2 * len(messages.LIST)


@pytest.mark.parametrize(
    "raw",
    [b"", b"Content-Type: image/png\r\n\r\nx\r\n", b"Content-Type: text/plain; charset=utf-16\r\n\r\nx\r\n"],
)
def test_a_message_without_a_text_takes_no_list(raw: bytes) -> None:
    """Where there is no text that bytes of ASCII fit into, there is no copy with a list."""
    assert messages.with_list(raw) is None


def test_folders_of_all_kinds_are_read(tmp_path: Path) -> None:
    """Files, maildirs and mboxes are read; empty files and other kinds are not."""
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\na\n")
    (tmp_path / "empty.eml").touch()
    (tmp_path / "code.py").write_text("pass\n")
    mailbox.Maildir(tmp_path / "m").add(b"Subject: b\n\nb\n")
    box = mailbox.mbox(tmp_path / "c.mbox")
    box.add(b"Subject: c\n\nc\n")
    box.close()
    assert sorted(found.raw.split(b"\n")[0] for found in messages.found([tmp_path])) == [
        b"Subject: a", b"Subject: b", b"Subject: c"
    ]  # fmt: skip


def test_other_eyes_see_leaves() -> None:
    """The oracle sees each leaf that is no text and no nested message, and gives up without an exception."""
    parts = b"--x\r\n\r\ntext\r\n--x\r\nContent-Type: image/png\r\n\r\nI\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nS: x\r\n\r\n--x--"
    found = oracle.digests(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + parts)
    assert found is not None
    assert found.total() == 1


def test_every_call_of_a_mail_is_struck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call is a place, the how many-th it is included; a call that no fault is aimed at is an error."""
    monkeypatch.setattr(strikes.calls, "counted", lambda mails: {mails[0]: {"UpdateItem": 2, "SendEmail": 1}})
    places = strikes.every_call(1, 0)
    assert places == [("SendEmail", 1), ("UpdateItem", 1), ("UpdateItem", 2)]
    fault = list(strikes.strikes(("kill-after",), places))[2].fault("inbound")
    assert fault == faults.Fault("kill-after", "dynamodb", "UpdateItem", "inbound", skip=1, times=1)
    monkeypatch.setattr(strikes.calls, "counted", lambda mails: {mails[0]: {"HeadObject": 1}})
    with pytest.raises(MailroomError, match="HeadObject"):
        strikes.every_call(1, 0)


def test_a_broken_promise_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged message that breaks a promise misses the goal, and the row says how to get at it."""

    def breaks(*_: object) -> None:
        raise Broken("it raised", b"raw")

    assert next(fuzzed.rows(print, 5)).met is True
    monkeypatch.setattr(fuzzed, "by_mutation", breaks)
    row = next(fuzzed.rows(print, 5))
    assert (row.met, row.beside.partition(";")[0]) == (False, "it raised")
