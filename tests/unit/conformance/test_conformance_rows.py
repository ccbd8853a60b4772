"""How an answer is compared with what was promised, and what the cases themselves keep to."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from mailroom.conformance import run as runs
from mailroom.conformance.case import BROKEN, DIFFERENT, SAME, WORDS, Answer, Case, compared, said
from mailroom.errors import MailroomError

NAMES = {"NAME": "conf-1", "REGION": "EU-WEST-1", "SENDER": "conf-1@example.com"}


@pytest.mark.parametrize(
    ("promised", "answered", "state"),
    [
        (Answer("ok"), Answer("ok"), SAME),
        (Answer("NotFound", "<{NAME}> is not there"), Answer("NotFound", "<conf-1> is not there"), SAME),
        (Answer("NotFound", "<{NAME}> is not there"), Answer("NotFound", "<conf-2> is not there"), WORDS),
        (
            Answer("NotFound", "{SENDER} in {REGION}"),
            Answer("NotFound", "conf-1@example.com in EU-WEST-1"),
            SAME,
        ),
        (Answer("554", "Access denied*"), Answer("554", "Access denied: you\nand you"), SAME),
        (Answer("554", "Access denied*"), Answer("554", "No. Access denied"), WORDS),
        (Answer("554", "a.c"), Answer("554", "abc"), WORDS),
        (Answer("554"), Answer("554", "whatever"), SAME),
        (Answer("NotFound", "x"), Answer("AlreadyExists", "x"), DIFFERENT),
        (Answer("ok"), Answer("Throttling", "Rate exceeded"), DIFFERENT),
    ],
)
def test_an_answer_is_compared(promised: Answer, answered: Answer, state: str) -> None:
    """The name decides; words are compared whole, a * is any text, names of the run stand for themselves."""
    case = Case("a case", lambda _: answered, promised, "a page")
    assert compared("API", case, answered, NAMES).state == state


def test_a_row_is_the_same_in_every_run() -> None:
    """The run's names are put back, the longest first, so that two reports can be laid side by side."""
    case = Case("a case", lambda _: Answer(""), Answer("Rejected", "x"), "a page")
    row = compared("API", case, Answer("Rejected", "conf-1@example.com is not verified in conf-1"), NAMES)
    assert row.said == "Rejected: {SENDER} is not verified in {NAME}"


def test_an_api_call_is_put_into_words() -> None:
    """`ok`, or the error's name and words; what is no answer of SES comes out."""

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "SendEmail")

    assert said(lambda **_: None, A=1) == Answer("ok")
    assert said(refuse, A=1) == Answer("Throttling", "Rate exceeded")


@pytest.mark.parametrize(
    "problem",
    [
        EndpointConnectionError(endpoint_url="https://email.eu-west-1.amazonaws.com"),
        ConnectionRefusedError("refused"),
        MailroomError("no credentials"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "CreateTopic"),
    ],
)
def test_a_case_that_cannot_be_asked_ends_no_other(problem: Exception) -> None:
    """It is a row of its own kind, with the reason."""

    def ask(_: Any) -> Answer:
        raise problem

    desk: Any = SimpleNamespace(names=NAMES)
    row = runs._asked("API", Case("a case", ask, Answer("ok"), "a page"), desk)
    assert row.state == BROKEN
    assert str(problem) in row.said


def test_the_cases_keep_to_their_budget() -> None:
    """Few mails; each case has a source, and a name of its own at its door."""
    assert runs.mails() <= 10
    for door, cases in runs.DOORS.items():
        names = [case.name for case in cases]
        assert len(set(names)) == len(names), door
        assert all(case.source and case.expected.name for case in cases)


@pytest.mark.parametrize(
    ("states", "good"),
    [([SAME], True), ([SAME, WORDS], True), ([SAME, DIFFERENT], False), ([BROKEN], False)],
)
def test_what_counts_as_a_difference(states: list[str], good: bool) -> None:
    """Other words are told but are no failure; another name, or a case that could not be asked, is one."""
    rows = [runs.Row("API", "a case", state, "", "") for state in states]
    assert runs.Report("dev", "eu-west-1", rows).ok is good
