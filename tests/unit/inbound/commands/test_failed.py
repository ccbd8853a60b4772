"""`mailroom inbound replay --failed`: what becomes of each dead letter, and of mail in doubt."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mailroom.errors import MailroomError
from mailroom.inbound.doubtful import Doubtful
from mailroom.inbound.plan import Choice
from mailroom.inbound.replay import Outcome, Replay
from mailroom.inbound.words import in_words
from tests.unit.inbound.commands.deaths import Killed, actions, kill, show_hidden

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_failed_takes_our_mail_and_names_the_rest(applied: Any) -> None:
    """Dead letters about stored mail are queued and gone; foreign ones, and those without mail, stay and are named."""
    ids = [applied.store(f"m{number:02}") for number in range(23)]
    applied.bury_mail(*ids, "incoming/gone#v")
    applied.bury_mail("incoming/other#v", bucket="elsewhere")
    applied.bury("hello", json.dumps({"Event": "s3:TestEvent"}))
    outcome = Replay(applied).failed(Choice())
    assert outcome.dead_letters_removed == 23
    assert applied.queued() == ids
    assert len(applied.dead()) == 4
    left = {row.was: row.why for row in outcome.rows if row.action == "leave" and row.was == "gone"}
    assert left == {"gone": "its raw mail is no longer stored (--drop-gone removes its letter)"}
    assert "queued again: 23 (not yet in the ledger)" in "\n".join(in_words(outcome, show=False))
    text = "\n".join(in_words(outcome, show=False))
    assert "about another bucket: elsewhere" in text
    assert "incoming/gone#v: its raw mail is no longer stored" in text
    assert text.count("not about mail of ours") == 2


def test_failed_leaves_a_second_letter_about_a_mail(applied: Any) -> None:
    """A mail that is there twice, or failed again while we read, keeps one letter: nothing can be lost."""
    mail = applied.store("m1")
    applied.bury_mail(mail, mail)
    Replay(applied).failed(Choice())
    assert (applied.queued(), len(applied.dead())) == ([mail], 1)


@pytest.mark.parametrize("state", ["done", "noticed"])
def test_letters_of_a_finished_mail_go(applied: Any, state: str) -> None:
    """Dead letters about a mail that is done or told by now are removed, all of them, and nothing is queued."""
    mail = applied.store("m1")
    applied.record(mail, state, "sent", reason="no_list")
    applied.bury_mail(mail, mail)
    assert actions(Replay(applied).failed(Choice(dry_run=True))) == {"m1": "finished"}
    text = "\n".join(in_words(Replay(applied).failed(Choice()), show=False))
    assert f"nothing is left to do: 2 ({state})" in text
    assert "taken out of the dead-letter queue: 2" in text
    assert (applied.queued(), applied.dead()) == ([], [])


def test_mail_with_only_doubts_left(applied: Any) -> None:
    """Where all who are left are in doubt, neither --failed, --since nor KEY queues the mail; settled, it goes."""
    mail, other = applied.store("m1"), applied.store("m2")
    applied.record(mail, "open", "sent", "doubtful", "sending", "refused")
    applied.record(other, "open", "doubtful", "pending")
    applied.bury_mail(mail, other)
    ways: list[Callable[[], Outcome]] = [
        lambda: Replay(applied).since(LONG_AGO, Choice()),
        lambda: Replay(applied).failed(Choice()),
        lambda: Replay(applied).since(LONG_AGO, Choice(resend=True)),
    ]
    for way in ways:
        outcome = way()
        assert actions(outcome) == {"m1": "leave", "m2": "queue"}
        assert "mailroom inbound doubtful" in "\n".join(in_words(outcome, show=False))
        assert applied.queued() == [other]
    assert actions(Replay(applied).one("m1", Choice())) == {"m1": "leave"}
    doubts = Doubtful(applied)
    doubts.settle(*doubts.of_mail(mail, ""), sent=False)
    assert applied.queued() == [mail]
    assert actions(Replay(applied).since(LONG_AGO, Choice())) == {"m1": "queue", "m2": "queue"}


def test_doubts_while_a_worker_has_the_mail(applied: Any) -> None:
    """While a worker holds the mail its `sending` is no doubt: the mail is queued."""
    mail = applied.store("m1")
    applied.record(mail, "open", "sending", owned_until=int(time.time()) + 15)
    assert actions(Replay(applied).since(LONG_AGO, Choice())) == {"m1": "queue"}


def test_drop_gone(applied: Any) -> None:
    """--drop-gone removes the letters whose raw mail is no longer stored and names them; foreign ones stay."""
    applied.bury_mail("incoming/gone#v")
    applied.bury("hello")
    text = "\n".join(in_words(Replay(applied).failed(Choice(drop_gone=True)), show=False))
    assert "given up: incoming/gone#v: its raw mail is no longer stored" in text
    assert "not about mail of ours" in text
    assert (applied.queued(), applied.dead()) == ([], ["hello"])


@pytest.mark.parametrize("kill_at", range(1, 8))
def test_failed_killed_and_said_again(applied: Any, monkeypatch: pytest.MonkeyPatch, kill_at: int) -> None:
    """Killed at any call, each mail is still in one of the two queues; said again, all are queued."""
    ids = [applied.store(f"m{number}") for number in range(3)]
    applied.bury_mail(*ids)
    kill(applied, monkeypatch, kill_at)
    with pytest.raises(Killed):
        Replay(applied).failed(Choice())
    monkeypatch.undo()
    show_hidden(applied, monkeypatch)
    Replay(applied).failed(Choice())
    assert set(applied.queued()) == set(ids)
    assert applied.dead() == []


def test_sqs_takes_only_some(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When SQS refuses some of a batch for good, no dead letter of it is deleted, and the command says so."""
    monkeypatch.setattr("mailroom.inbound.queues.PAUSES", (0.0,))
    applied.bury_mail(*(applied.store(f"m{number}") for number in range(3)))
    refused = {"Failed": [{"Id": "1", "Code": "InternalError"}]}
    monkeypatch.setattr(applied.sqs, "send_message_batch", lambda **_: refused)
    with pytest.raises(MailroomError, match=r"did not take 1 messages \(InternalError\)"):
        Replay(applied).failed(Choice())
    assert len(applied.dead()) == 3


def test_dry_runs_change_nothing(applied: Any) -> None:
    """With dry_run every way says what it would do, and ledger and queues stay as they were."""
    mail = applied.store("m1")
    applied.record(mail, "done", "sent")
    applied.bury_mail(mail)
    before = applied.item(mail)
    choice = Choice(resend=True, dry_run=True)
    for outcome in (
        Replay(applied).one("m1", choice),
        Replay(applied).since(LONG_AGO, choice),
        Replay(applied).failed(Choice(dry_run=True)),
    ):
        assert not outcome.changed
        assert next(line for line in in_words(outcome, show=False) if "nothing was changed" in line)
    assert applied.item(mail) == before
    assert (applied.queued(), len(applied.dead())) == ([], 1)
