"""An answer that is given a second time."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from hypercorn.events import Closed

from mailroom.local.again import FITS, KEPT, LARGEST, Again
from mailroom.local.faults.fault import Fault
from mailroom.local.faults.gate import Gate
from mailroom.local.faults.table import Table

LARGE = b"x" * (FITS + 1)
GO = b"APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/5.100.0 aws-sdk-go-v2/1.36.3 ua/2.1 os/linux"


class Cloud:
    """Counts the calls that it does; answers each with a status and a body, followed by the call's number."""

    def __init__(self, status: int = 200, body: bytes = LARGE) -> None:
        self.status, self.body, self.done = status, body, 0

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        await receive()
        self.done += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body + b" of call %d" % self.done})


class Connection:
    """As much of hypercorn as an application sees, and who hangs up."""

    def __init__(self) -> None:
        self.answer, self.closed = b"", False

    async def app_send(self, message: Any) -> None:
        self.answer += message.get("body", b"")

    async def send(self, event: Any) -> None:
        assert isinstance(event, Closed)


def ask(again: Again, app: Any, call: str = "one", attempt: int = 1, agent: bytes = GO) -> Connection:
    """Where an attempt at a call was answered, or not."""
    asked = Connection()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    headers = [
        (b"User-Agent", agent),
        (b"Amz-Sdk-Invocation-Id", call.encode()),
        (b"Amz-Sdk-Request", b"attempt=%d; max=25" % attempt),
        (b"X-Amz-Target", b"DynamoDB_20120810.CreateTable"),
        (b"Authorization", b"AWS4-HMAC-SHA256 Credential=test/20261128/eu-west-1/dynamodb/aws4_request, S=h"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    asyncio.run(again(app, scope, receive, asked.app_send))
    return asked


def test_a_large_answer_that_was_lost_is_given_again() -> None:
    """However often the call is tried, it is done once."""
    cloud, again = Cloud(), Again()
    answers = {ask(again, cloud, attempt=attempt).answer for attempt in (1, 2, 3)}
    assert answers == {LARGE + b" of call 1"}
    assert cloud.done == 1


@pytest.mark.parametrize(
    ("cloud", "calls"),
    [
        (Cloud(body=b"sent"), [("one", 1), ("one", 2)]),
        (Cloud(body=b"x" * LARGEST), [("one", 1), ("one", 2)]),
        (Cloud(status=400), [("one", 1), ("one", 2)]),
        (Cloud(status=500), [("one", 1), ("one", 2)]),
        (Cloud(), [("one", 1), ("two", 2)]),
        (Cloud(), [("one", 1), ("one", 1)]),
        (Cloud(), [("", 1), ("", 2)]),
        (Cloud(), [("one", 2), ("two", 3)]),
    ],
    ids=["small", "huge", "refused", "failed", "another", "anew", "unnumbered", "unseen"],
)
def test_every_other_call_is_done_as_often_as_it_is_asked(cloud: Cloud, calls: list[tuple[str, int]]) -> None:
    """As AWS would: what is answered twice must have been answered and large."""
    again = Again()
    for call, attempt in calls:
        ask(again, cloud, call, attempt)
    assert cloud.done == len(calls)


def test_other_sdks_are_answered_as_aws_does() -> None:
    """boto3 loses no answer of ours: one that it asks for twice, because it gave up waiting, is made twice."""
    cloud, again = Cloud(), Again()
    for attempt in (1, 2):
        ask(
            again,
            cloud,
            attempt=attempt,
            agent=b"Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux lang/python#3.13",
        )
    assert cloud.done == 2


def test_an_answer_that_a_fault_takes_away_was_never_given() -> None:
    """The second try of a call whose answer is lost on purpose does it again, as AWS would."""
    cloud, again, table = Cloud(), Again(), Table()
    table.add(Fault("lost-answer", "dynamodb", "CreateTable"))
    struck = partial(Gate(table, lambda _: None, None, lambda *_: None), cloud)
    lost = ask(again, struck)
    assert (lost.closed, lost.answer, cloud.done) == (True, b"", 1)
    assert ask(again, struck, attempt=2).answer == LARGE + b" of call 2"


def test_only_the_last_answers_are_kept() -> None:
    """So many other calls later, a call is done again."""
    cloud, again = Cloud(), Again()
    for number in range(KEPT + 1):
        ask(again, cloud, f"call {number}")
    ask(again, cloud, "call 1", 2)
    ask(again, cloud, "call 0", 2)
    assert cloud.done == KEPT + 2
