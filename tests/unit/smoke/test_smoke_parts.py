"""Parts of the smoke test that need no cloud: what it takes away, whom it writes to, what it hears, how a step fails."""

import base64
import json
import os
import signal
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.inbound.attachments import Keep
from lambda_src.inbound.decide import Rules
from mailroom.errors import MailroomError
from mailroom.leavings import SIGNALS, Leavings, interruptible
from mailroom.smoke import run as runs
from mailroom.smoke.ear import SIMULATOR, Ear, Heard
from mailroom.smoke.letter import LEAST_BYTES, Letter, people
from mailroom.smoke.steps import Smoke

OURS = "smoke-1@in.example.com"


def broken() -> None:
    raise ValueError("no")


def test_the_last_goes_first_and_one_that_stays_keeps_no_other() -> None:
    """Everything is tried, in the opposite order; what is left is named with its command."""
    gone: list[str] = []
    leavings = Leavings()
    leavings.add("a", "rm a", lambda: gone.append("a"))
    leavings.add("b", "rm b", broken)
    leavings.add("c", "rm c", lambda: gone.append("c"))
    told, left = leavings.remove_all()
    assert told == gone == ["c", "a"]
    assert [(one.what, one.why, one.by_hand) for one in left] == [("b", "no", "rm b")]
    assert leavings.remove_all() == ([], [])


def test_one_that_is_taken_away_early_is_forgotten_only_when_it_went() -> None:
    """A removal that fails is tried again at the end."""
    tries: list[int] = []

    def second_time() -> None:
        tries.append(1)
        if len(tries) == 1:
            broken()

    leavings = Leavings()
    leavings.add("a", "rm a", second_time)
    with pytest.raises(ValueError, match="no"):
        leavings.remove("a")
    assert leavings.remove_all() == (["a"], [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_the_block_but_not_the_cleaning_up(number: signal.Signals) -> None:
    """A signal comes as an exception; what begins with `ignore` is not interrupted; the handlers come back."""
    before = [signal.getsignal(one) for one in SIGNALS]
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a background job may ignore it
    cleaned: list[bool] = []

    def interrupted() -> None:
        with interruptible() as not_now:
            try:
                os.kill(os.getpid(), number)
            finally:
                not_now()
                os.kill(os.getpid(), number)
                cleaned.append(True)

    try:
        with pytest.raises(SystemExit) as ended:
            interrupted()
        assert (cleaned, ended.value.code) == ([True], 128 + number)
    finally:
        signal.signal(signal.SIGHUP, before[2])
    assert [signal.getsignal(one) for one in SIGNALS] == before


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ((), [SIMULATOR, OURS]),
        (("simulator.amazonses.com",), [SIMULATOR]),
        ((".example.com",), [OURS]),
        (("simulator.amazonses.com", "in.example.com"), [SIMULATOR, OURS]),
    ],
)
def test_only_who_may_have_mail_is_written_to(allowed: tuple[str, ...], expected: list[str]) -> None:
    """The environment's allowed_recipient_domains hold for the smoke test too."""
    assert people(OURS, SIMULATOR, Rules(allowed_domains=allowed)) == expected


def test_nobody_who_may_have_mail() -> None:
    """Where neither may, the setting is named."""
    with pytest.raises(MailroomError, match="allowed_recipient_domains lets neither") as problem:
        people(OURS, SIMULATOR, Rules(allowed_domains=("elsewhere.example",)))
    assert "in.example.com" in problem.value.hint


def test_the_attachment_is_too_large_to_stay_in_the_mail() -> None:
    """Whatever `keep` says, it goes behind a link; the list stands between the environment's own markers."""
    assert len(Letter("t", "a@b.example", "c@d.example", [OURS], Rules()).content) == LEAST_BYTES
    rules = Rules(marker="::LIST::", keep=Keep(files_below=2_000_000))
    letter = Letter("t", "a@b.example", "c@d.example", [SIMULATOR, OURS], rules)
    assert len(letter.content) == 2_000_001
    body = letter.message().get_body()
    assert body is not None
    assert f"::LIST::{SIMULATOR}, {OURS}::LIST::" in body.get_content()


def test_what_does_not_come_is_named() -> None:
    """Waiting ends, with what was waited for; what comes is answered at once."""
    waiting: Any = SimpleNamespace(environment=SimpleNamespace(name="local"), patience_seconds=0.0)
    assert Smoke._until(waiting, "the mail", lambda: "here") == "here"
    with pytest.raises(MailroomError, match=r"Waited 0 seconds for the mail\."):
        Smoke._until(waiting, "the mail", lambda: None)


def test_what_is_heard() -> None:
    """Mails and SES's events are told apart; SES's own try of the topic, and mail without content, are passed over."""
    ear: Any = SimpleNamespace(heard=Heard())
    ear._take_mail = lambda message: Ear._take_mail(ear, message)
    told = json.dumps({"content": base64.b64encode(b"Subject: x\r\n\r\n").decode()})
    event = {"source": "aws.ses", "detail-type": "Email Sent"}
    for body in (
        {"Type": "Notification", "Message": "You received this message because you attempted to set up …"},
        {"Type": "Notification", "Message": json.dumps({"notificationType": "Received"})},
        {"Type": "Notification", "Message": told},
        event,
    ):
        Ear._take(ear, body)
    assert ear.heard == Heard([b"Subject: x\r\n\r\n"], [event])


@pytest.mark.parametrize(
    ("problem", "saw", "next_command"),
    [
        (MailroomError("It stopped.", "do this"), "It stopped.", "do this"),
        (MailroomError("It stopped."), "It stopped.", "mailroom inbound doctor r@in.example.com --env dev"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "CreateTopic"),
            "AWS refused CreateTopic: AccessDenied: not you",
            "aws sts get-caller-identity",
        ),
    ],
)
def test_a_failed_step_names_the_next_command(problem: Exception, saw: str, next_command: str) -> None:
    """The error's own hint counts, else the step's."""
    outputs = {"receipt_address": "r@in.example.com", "sender_address": "s@example.com"}
    smoke: Any = SimpleNamespace(environment=SimpleNamespace(name="dev", outputs=outputs))

    def fail() -> str:
        raise problem

    row = runs._step("receive", "mailroom inbound doctor {receipt} --env {env}", fail, smoke)
    assert (row.ok, row.saw, row.next) == (False, saw, next_command)
