"""`mailroom inbound doubtful`: who may have been sent to, and settling it by hand."""

import json
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from lambda_src.inbound.derive import ledger_place
from mailroom.errors import MailroomError
from mailroom.inbound import app
from mailroom.inbound.doubtful import Doubtful
from mailroom.inbound.ledger import Ledger

SOON = int(time.time()) + 86_400  # the tests that come before may take long


@pytest.fixture
def run(applied: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("mailroom.environment.Environment.load", lambda *_: applied)
    return lambda *arguments, answer="": CliRunner().invoke(app, ["doubtful", *arguments], input=answer)


def states(applied: Any, mail: str, count: int) -> list[str]:
    return [applied.item(mail, f"recipient#{number:03}#1")["state"] for number in range(1, count + 1)]


def test_the_list(applied: Any, run: Any) -> None:
    """Listed are doubtful recipients, and those in `sending` whose mail nobody holds: mail, address, since when."""
    ids = {name: applied.store(name) for name in ("doubt", "left", "working")}
    applied.record(ids["doubt"], "open", "sent", "doubtful", "pending")
    applied.record(ids["left"], "open", "sending", owned_until=5)
    applied.record(ids["working"], "open", "sending", owned_until=SOON)
    rows = json.loads(run("--json").stdout)
    assert {(row["mail"], row["recipient"], row["state"]) for row in rows} == {
        (ids["doubt"], "p2@x.example", "doubtful"),
        (ids["left"], "p1@x.example", "sending"),
    }
    doubt = next(row for row in rows if row["state"] == "doubtful")
    assert ledger_place(doubt["tags"]) == (ids["doubt"], 2, 1)
    assert doubt["since"].endswith("Z")
    assert f"doubtful settle '{rows[0]['mail']}' --env dev --sent" in run("--env", "dev").stdout


def test_nobody_in_doubt(run: Any) -> None:
    """Without a doubt the list says so, and is empty for programs."""
    assert run().stdout == "No recipient is in doubt.\n"
    assert json.loads(run("--json").stdout) == []


@pytest.mark.parametrize(("flag", "state"), [("--sent", "sent"), ("--not-sent", "pending")])
def test_settled(applied: Any, run: Any, flag: str, state: str) -> None:
    """Both ways the doubt is gone from the index, the mail is queued, its dead letter is out, others stay."""
    mail, other = applied.store("m1"), applied.store("m2")
    applied.record(mail, "open", "sent", "doubtful", "doubtful")
    applied.bury_mail(mail, other)
    done = json.loads(run("settle", "m1", flag, "--yes", "--json").stdout)
    assert states(applied, mail, 3) == ["sent", state, state]
    assert list(Ledger(applied.dynamodb, "ledger").unsettled()) == []
    assert applied.queued() == [mail]
    assert [other.partition("#")[0] in body for body in applied.dead()] == [True]
    assert (done["settled"], done["dead_letters_removed"]) == (["p2@x.example", "p3@x.example"], 1)


def test_one_recipient_of_several(applied: Any, run: Any) -> None:
    """--recipient settles that one alone, in whatever letters it is written."""
    mail = applied.store("m1")
    applied.record(mail, "open", "doubtful", "doubtful")
    assert run("settle", mail, "--recipient", "P2@x.EXAMPLE", "--sent").exit_code == 0
    assert states(applied, mail, 2) == ["doubtful", "sent"]


def test_left_in_sending(applied: Any, run: Any) -> None:
    """A recipient that a dead worker left in `sending` can be settled once nobody holds the mail."""
    mail = applied.store("m1")
    applied.record(mail, "open", "sending", owned_until=5)
    assert run("settle", mail, "--sent").exit_code == 0
    assert states(applied, mail, 1) == ["sent"]


@pytest.mark.parametrize(("seen", "meanwhile"), [("doubtful", "sent"), ("sending", "sending")])
def test_somebody_was_faster(applied: Any, seen: str, meanwhile: str) -> None:
    """A doubt that was settled, or a mail that was claimed, between looking and settling is left as it is."""
    mail = applied.store("m1")
    applied.record(mail, "open", seen, owned_until=5)
    doubts = Doubtful(applied)
    _, people = doubts.of_mail(mail, "")
    applied.record(mail, "open", meanwhile, owned_until=SOON)
    done = doubts.settle(mail, people, sent=False)
    assert (done.settled, done.meanwhile) == ([], ["p1@x.example"])
    assert states(applied, mail, 1) == [meanwhile]


def test_not_sent_asks(applied: Any, run: Any) -> None:
    """--not-sent says who may get the mail twice and waits for a yes; without one nothing changes."""
    mail = applied.store("m1")
    applied.record(mail, "open", "doubtful")
    for answer in ("", "n\n"):
        result = run("settle", "m1", "--not-sent", answer=answer)
        assert result.exit_code == 1
        assert "p1@x.example will get it TWICE" in result.stderr
    assert (states(applied, mail, 1), applied.queued()) == (["doubtful"], [])
    assert run("settle", "m1", "--not-sent", answer="y\n").exit_code == 0
    assert states(applied, mail, 1) == ["pending"]


def test_killed_between_settling_and_queueing(applied: Any, run: Any) -> None:
    """Said again after it was killed, settling only queues the mail that is still open."""
    mail = applied.store("m1")
    applied.record(mail, "open", "sent")
    assert "nothing was left to settle" in run("settle", "m1", "--sent").stdout
    assert applied.queued() == [mail]


def test_the_raw_mail_is_gone(applied: Any, run: Any) -> None:
    """A doubt whose raw mail is over its days can be settled by its full name; nothing is queued."""
    applied.record("incoming/old#v", "open", "doubtful")
    assert "no longer stored" in run("settle", "incoming/old#v", "--sent").stdout
    assert states(applied, "incoming/old#v", 1) == ["sent"]
    assert applied.queued() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["m1"], "--sent or --not-sent"),
        (["m1", "--sent", "--not-sent"], "--sent or --not-sent"),
        (["m1", "--sent", "--recipient", "p1@x.example"], "no recipient p1@x.example that is in doubt"),
        (["m2", "--sent"], "Nothing is in doubt in .*: it is done"),
        (["m3", "--sent"], "Nothing is in doubt in .*: it is unknown"),
        (["m4", "--sent"], "not stored any more"),
    ],
)
def test_refused(applied: Any, run: Any, arguments: list[str], words: str) -> None:
    """What cannot be settled is refused in words, and nothing is queued."""
    applied.record(applied.store("m1"), "open", "sent", "doubtful")
    applied.record(applied.store("m2"), "done", "sent")
    applied.store("m3")
    result = run("settle", *arguments)
    assert isinstance(result.exception, MailroomError)
    with pytest.raises(MailroomError, match=words):
        raise result.exception
    assert applied.queued() == []
