"""`mailroom inbound replay`: stored messages back into their queue, by the ledger, one, since, or all that failed."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from lambda_src.inbound.records import mails
from mailroom.errors import MailroomError
from mailroom.inbound import app
from mailroom.inbound.plan import Choice
from mailroom.inbound.replay import Replay, replay
from mailroom.inbound.words import in_words
from mailroom.times import start_of
from tests.unit.inbound.commands.deaths import Killed, actions, kill

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


# --- one mail -------------------------------------------------------------------------------------------


def test_only_the_match_leaves_the_dead_letter_queue(applied: Any) -> None:
    """The message is queued in S3's own form, its dead letter goes, and the others are visible again at once."""
    mail = applied.store("a b", b"12345")
    applied.bury_mail("incoming/x#v", mail, *(f"incoming/{number}#v" for number in range(7)))
    assert list(replay(applied, "incoming/a b")) == [
        f"{mail}: the ledger does not know it yet",
        "  queued again",
        "taken out of the dead-letter queue: 1",
    ]
    assert applied.queued() == [mail]
    left = sorted(mails(body)[0].key for body in applied.dead())
    assert left == sorted(["incoming/x", *(f"incoming/{number}" for number in range(7))])


def test_a_key_that_is_not_stored(applied: Any) -> None:
    """An unknown key is named with the bucket and where to look, and nothing is queued."""
    with pytest.raises(MailroomError, match="no stored message incoming/nothing in the bucket raw") as caught:
        list(replay(applied, "nothing"))
    assert caught.value.hint == "aws s3 ls s3://raw/incoming/"
    assert applied.queued() == []


def test_a_noticed_mail_is_opened_again(applied: Any) -> None:
    """A mail that ended as a notice is opened when it is named; the message id alone will do as its name."""
    mail = applied.store("m1")
    applied.record(mail, "noticed", reason="oversize")
    lines = list(replay(applied, "m1"))
    assert lines[1] == "  opened again and queued: it ended as a notice (oversize)"
    item = applied.item(mail)
    assert (item["state"], item["owned_until"], item["generation"]) == ("open", "0", "1")
    assert applied.queued() == [mail]


def test_a_released_mail(applied: Any) -> None:
    """--release marks a mail that ended as a notice, so that SES's verdict does not hold it again; no other mail."""
    mail = applied.store("m1")
    applied.record(mail, "noticed", reason="spam")
    Replay(applied).one("m1", Choice(release=True))
    assert "released" in applied.item(mail)
    assert applied.queued() == [mail]
    with pytest.raises(MailroomError, match="open in the ledger: only mail that was told"):
        Replay(applied).one("m1", Choice(release=True))


def test_a_done_mail(applied: Any) -> None:
    """A mail that is done is not queued: that is said, with what would send it again, and its dead letter goes."""
    mail = applied.store("m1")
    applied.record(mail, "done", "sent", "sent", "refused")
    applied.bury_mail(mail, "incoming/m1#another")
    lines = list(replay(applied, "m1"))
    assert lines[1:] == [
        "  nothing is left to do: it is done (1 refused, 2 sent); --resend sends it again",
        "taken out of the dead-letter queue: 1",
    ]
    assert (applied.queued(), len(applied.dead())) == ([], 1)


def test_says_how_far_a_mail_is(applied: Any) -> None:
    """What the ledger knows is said in words, with the number of recipients in each state."""
    mail = applied.store("m1")
    applied.record(mail, "open", "sent", "pending", "sent")
    assert next(replay(applied, "m1")) == f"{mail}: open in the ledger, 3 recipients (1 pending, 2 sent)"


def test_an_older_version_by_its_id(applied: Any) -> None:
    """KEY#VERSION, as the ledger and `doubtful` name it, is that version and not the newest."""
    older = applied.store("m1", b"older")
    applied.store("m1", b"newer")
    Replay(applied).one(older, Choice())
    assert applied.queued() == [older]


# --- since ----------------------------------------------------------------------------------------------


def test_since_takes_what_is_not_done(applied: Any) -> None:
    """Mail that the ledger does not know or holds open is queued; done and noticed mail is left alone and counted."""
    ids = {name: applied.store(name) for name in ("new", "open", "done", "noticed")}
    for state in ("open", "done", "noticed"):
        applied.record(ids[state], state, "pending", reason="no_list")
    applied.store("AMAZON_SES_SETUP_NOTIFICATION")
    outcome = Replay(applied).since(LONG_AGO, Choice())
    assert actions(outcome) == {"new": "queue", "open": "queue", "done": "leave", "noticed": "leave"}
    assert applied.queued() == sorted([ids["new"], ids["open"]])
    text = "\n".join(in_words(outcome, show=False))
    assert "looked at: 4" in text
    assert "left alone: 1 (noticed)" in text


def test_since_with_noticed(applied: Any) -> None:
    """With --noticed, what ended as a notice is opened again, in the same generation."""
    mail = applied.store("m1")
    applied.record(mail, "noticed", reason="oversize")
    Replay(applied).since(LONG_AGO, Choice(noticed=True))
    assert applied.item(mail)["state"] == "open"
    assert applied.queued() == [mail]


def test_since_is_a_time(applied: Any) -> None:
    """What was stored before the time is not looked at."""
    applied.store("m1")
    assert Replay(applied).since(datetime.now(UTC) + timedelta(hours=1), Choice()).rows == []


def test_more_than_one_page(applied: Any) -> None:
    """Mails over DynamoDB's and SQS's bounds for one call are all queued, each once."""
    ids = sorted(applied.store(f"m{number:03}") for number in range(123))
    seen: list[None] = []
    Replay(applied).since(LONG_AGO, Choice(progress=lambda: seen.append(None)))
    assert applied.queued() == ids
    assert len(seen) == 123


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("30m", NOW - timedelta(minutes=30)),
        ("2026-11-24T17:00", NOW - timedelta(hours=1)),
        ("2026-11-24T17:00+01:00", NOW - timedelta(hours=2)),
        ("2026-11-24", NOW - timedelta(hours=18)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    """--since takes a span, or an ISO time that is UTC unless it says otherwise."""
    assert start_of(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "2w", "-2h", "2", "", "2026-13-01", "99999d", "2027-01-01"])
def test_times_that_are_none(text: str) -> None:
    """Anything else is refused with the forms that are taken, and the future too."""
    with pytest.raises(MailroomError, match="--since"):
        start_of(text, NOW)


# --- resend ---------------------------------------------------------------------------------------------


def test_a_new_generation(applied: Any) -> None:
    """A done mail opens as the next generation: without seed, recipients and lease, so that all are sent to anew."""
    mail = applied.store("m1")
    applied.record(mail, "done", "sent", "refused", reason="")
    outcome = Replay(applied).one("m1", Choice(resend=True))
    item = applied.item(mail)
    assert (item["state"], item["generation"], item["owned_until"]) == ("open", "2", "0")
    assert not {"seed", "recipients", "reason"} & set(item)
    assert applied.queued() == [mail]
    assert outcome.rows[0].addresses == ["p1@x.example", "p2@x.example"]


def test_a_new_generation_is_opened_once(applied: Any) -> None:
    """Said again within a day, a mail that was sent again is left alone; --again insists."""
    mail = applied.store("m1")
    applied.record(mail, "done", "sent", generation=2, resent_at=int(time.time()) - 3600)
    assert actions(Replay(applied).since(LONG_AGO, Choice(resend=True))) == {"m1": "leave"}
    assert applied.queued() == []
    Replay(applied).since(LONG_AGO, Choice(resend=True, again=True))
    assert applied.item(mail)["generation"] == "3"


@pytest.mark.parametrize("kill_at", range(1, 8))
def test_resend_killed_and_said_again(applied: Any, monkeypatch: pytest.MonkeyPatch, kill_at: int) -> None:
    """Killed at any call and said again, every mail is queued in generation 2 and none gets a third."""
    ids = [applied.store(f"m{number}") for number in range(3)]
    for mail in ids:
        applied.record(mail, "done", "sent")
    kill(applied, monkeypatch, kill_at)
    with pytest.raises(Killed):
        Replay(applied).since(LONG_AGO, Choice(resend=True))
    monkeypatch.undo()
    Replay(applied).since(LONG_AGO, Choice(resend=True))
    assert [applied.item(mail)["generation"] for mail in ids] == ["2", "2", "2"]
    assert set(applied.queued()) == set(ids)


def test_resend_of_noticed_mail_since(applied: Any) -> None:
    """--since --resend leaves what ended as a notice alone unless --noticed is given."""
    mail = applied.store("m1")
    applied.record(mail, "noticed", reason="spam")
    assert actions(Replay(applied).since(LONG_AGO, Choice(resend=True))) == {"m1": "leave"}
    Replay(applied).since(LONG_AGO, Choice(resend=True, noticed=True))
    assert applied.item(mail)["generation"] == "2"


# --- the command line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "one KEY, or --since TIME, or --failed"),
        (["k", "--failed"], "one KEY, or --since TIME, or --failed"),
        (["--since", "2h", "--failed"], "one KEY, or --since TIME, or --failed"),
        (["--failed", "--resend"], "do not go together"),
        (["k", "--noticed"], "--noticed goes with --since"),
        (["--since", "soon"], "this is no time"),
        (["k", "--drop-gone"], "--drop-gone goes with --failed"),
    ],
)
def test_refused_arguments(arguments: list[str], words: str) -> None:
    """Exactly one of KEY, --since and --failed, and only what goes with it: said before anything is looked at."""
    result = CliRunner().invoke(app, ["replay", *arguments])
    assert isinstance(result.exception, MailroomError)
    assert words in result.exception.message


def test_resend_without_yes_only_says(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """--resend alone changes nothing, names nobody without --show, and says what to add."""
    monkeypatch.setattr("mailroom.environment.Environment.load", lambda *_: applied)
    mail = applied.store("m1")
    applied.record(mail, "done", "sent")
    result = CliRunner().invoke(app, ["replay", "m1", "--resend"])
    assert result.exit_code == 0
    assert "1 recipient (1 sent)" in result.stdout
    assert "nothing was changed; to do it add --yes" in result.stdout
    assert "p1@x.example" not in result.stdout
    assert "p1@x.example" in CliRunner().invoke(app, ["replay", "m1", "--resend", "--show"]).stdout
    assert applied.item(mail)["state"] == "done"
    done = json.loads(CliRunner().invoke(app, ["replay", "m1", "--resend", "--yes", "--json"]).stdout)
    assert (done["changed"], done["counts"]) == (True, {"resend": 1})
    assert done["rows"][0]["addresses"] is None
