"""Faults in a running cloud: what a killed Lambda worker leaves behind, and what the rest of the cloud makes of it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.local import faults
from mailroom.local.cloud import LocalCloud
from mailroom.local.fault_commands import app
from mailroom.local.faults import Fault

ACCOUNT = "000000000000"
VISIBILITY = 15

pytestmark = pytest.mark.integration

# Notes each attempt: which message, when, when SQS first gave it out, and by which process. The first call is the
# one that faults strike. Visibility runs from SQS's own clock: a cold start lies between that and the worker's.
WORK = """
import os, time, uuid
import boto3
table = boto3.client("dynamodb")
def handle(event, context):
    for record in event["Records"]:
        table.put_item(TableName="attempts", Item={
            "id": {"S": uuid.uuid4().hex}, "message": {"S": record["body"]},
            "received": {"N": record["attributes"]["ApproximateFirstReceiveTimestamp"]},
            "at": {"N": str(time.time())}, "pid": {"N": str(os.getpid())}})
    return {"batchItemFailures": []}
"""


@pytest.fixture(scope="module")
def worked(hands: Any) -> str:
    """The queue of a function that notes its attempts in a table; the queue's address."""
    hands.client("dynamodb").create_table(
        TableName="attempts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    url, arn = hands.queue("work", VisibilityTimeout=str(VISIBILITY))
    put = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}
    take = {"Effect": "Allow", "Action": "sqs:*", "Resource": arn}
    hands.function("worker", WORK, put, take)
    hands.client("lambda").create_event_source_mapping(
        FunctionName="worker",
        EventSourceArn=arn,
        BatchSize=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    return str(url)


@pytest.fixture(autouse=True)
def _no_fault_left(own: LocalCloud) -> Iterator[None]:
    yield
    faults.clear(own)


def attempts(hands: Any, prefix: str) -> dict[str, list[tuple[float, float, str]]]:
    """The attempts at each message whose body begins so: when, when first received (s), and by which process."""
    found = defaultdict(list)
    for item in hands.client("dynamodb").scan(TableName="attempts", ConsistentRead=True)["Items"]:
        if item["message"]["S"].startswith(prefix):
            received = float(item["received"]["N"]) / 1000
            found[item["message"]["S"]].append((float(item["at"]["N"]), received, item["pid"]["N"]))
    return {message: sorted(tries) for message, tries in found.items()}


def waiting(hands: Any, url: str) -> int:
    """Messages in a queue, seen or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counted = hands.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counted[name]) for name in names)


@pytest.mark.parametrize(("kind", "noted"), [("kill-before", 1), ("kill-after", 2), ("kill-answer", 2)])
def test_a_message_outlives_the_worker_that_had_it(
    kind: str, noted: int, own: LocalCloud, hands: Any, worked: str
) -> None:
    """A killed worker's message comes back after its visibility time-out, to another process, and the rest goes on."""
    named = {} if kind == "kill-answer" else {"service": "dynamodb", "operation": "PutItem"}
    faults.add(own, Fault(kind, function="worker", skip=2, **named))
    bodies = [f"{kind}-{number}" for number in range(6)]
    for body in bodies:
        hands.client("sqs").send_message(QueueUrl=worked, MessageBody=body)
    hands.until(lambda: waiting(hands, worked) == 0, 90)
    (listed,) = faults.listing(own)
    assert listed["struck"] == 1
    tries = attempts(hands, kind)
    assert sorted(tries) == bodies
    assert sorted(len(found) for found in tries.values()) == sorted([1] * 5 + [noted])
    for found in tries.values():
        if len(found) == 2:
            (_, received, killed), (second, _, other) = found
            assert second - received >= VISIBILITY
            assert killed != other


def test_the_worker_that_asks_is_killed_its_neighbours_work_on(
    own: LocalCloud, hands: Any, worked: str
) -> None:
    """With several workers of a function at work, only the one whose call it was dies."""
    faults.add(own, Fault("delay", "dynamodb", "PutItem", function="worker", times=0, seconds=0.5))
    faults.add(own, Fault("kill-after", "dynamodb", "PutItem", function="worker", skip=3))
    for number in range(8):
        hands.client("sqs").send_message(QueueUrl=worked, MessageBody=f"many-{number}")
    hands.until(lambda: waiting(hands, worked) == 0, 90)
    tries = attempts(hands, "many")
    assert len(tries) == 8
    assert sum(len(found) for found in tries.values()) == 9
    assert [one["struck"] for one in faults.listing(own) if one["kind"] == "kill-after"] == [1]


def test_a_throttled_function_fails_and_its_message_comes_back(
    own: LocalCloud, hands: Any, worked: str
) -> None:
    """Faults name the function that calls: somebody else's calls of the same operation are not met."""
    faults.add(own, Fault("throttle", "dynamodb", "PutItem", function="worker", times=30))
    hands.client("dynamodb").put_item(
        TableName="attempts",
        Item={"id": {"S": "mine"}, "message": {"S": "-"}, "at": {"N": "0"}, "pid": {"N": "0"}},
    )
    hands.client("sqs").send_message(QueueUrl=worked, MessageBody="throttled")
    begun = time.monotonic()
    hands.until(lambda: faults.listing(own)[0]["struck"] >= 5, 20)
    faults.clear(own)
    hands.until(lambda: waiting(hands, worked) == 0, 90)
    assert time.monotonic() - begun >= 1
    assert len(attempts(hands, "throttled")["throttled"]) == 1


def test_the_command_arms_shows_and_clears(own: LocalCloud) -> None:
    """`mailroom local fault add|list|clear` speak of the same faults as Python does."""
    run = CliRunner()
    asked = ["add", "throttle", "--service", "s3", "--times", "0", "--name", own.name]
    assert "throttling error" in run.invoke(app, asked).output
    assert "s3 *, always" in run.invoke(app, ["list", "--name", own.name]).output
    (listed,) = json.loads(run.invoke(app, ["list", "--json", "--name", own.name]).output)
    assert (listed["kind"], listed["service"], listed["times"], listed["struck"]) == ("throttle", "s3", 0, 0)
    assert run.invoke(app, ["clear", "--name", own.name]).exit_code == 0
    assert faults.listing(own) == []
