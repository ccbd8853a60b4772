"""A topic with a queue, made for one run: who may write to it, what is fetched, and that it goes again."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from mailroom.leavings import Leavings
from mailroom.listening import Listening


class Gone(Exception):
    """There is no such queue."""


class FakeAccount:
    """SQS and SNS with as many calls as are made; remembers them, and can refuse one."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, str]] = {}
        self.topics: set[str] = set()
        self.waiting: list[str] = []
        self.subscribed: list[tuple[str, str]] = []
        self.refuses_topics = False
        self.exceptions = SimpleNamespace(QueueDoesNotExist=Gone)

    def create_queue(self, QueueName: str, Attributes: dict[str, str]) -> dict[str, str]:
        self.queues[f"https://{QueueName}"] = Attributes
        return {"QueueUrl": f"https://{QueueName}"}

    def get_queue_url(self, QueueName: str) -> dict[str, str]:
        if f"https://{QueueName}" not in self.queues:
            raise Gone
        return {"QueueUrl": f"https://{QueueName}"}

    def delete_queue(self, QueueUrl: str) -> None:
        del self.queues[QueueUrl]

    def receive_message(self, QueueUrl: str, **_: int) -> dict[str, Any]:
        assert QueueUrl in self.queues
        return (
            {"Messages": [{"Body": one, "ReceiptHandle": one} for one in self.waiting]}
            if self.waiting
            else {}
        )

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:
        self.waiting.remove(ReceiptHandle)

    def create_topic(self, Name: str) -> None:
        if self.refuses_topics:
            raise PermissionError(Name)
        self.topics.add(Name)

    def subscribe(self, TopicArn: str, Protocol: str, Endpoint: str) -> None:
        self.subscribed.append((TopicArn, Endpoint))

    def delete_topic(self, TopicArn: str) -> None:
        self.topics.discard(TopicArn.rpartition(":")[2])


ARN = "arn:aws:{}:eu-west-1:123456789012:{}"


@pytest.fixture
def account() -> FakeAccount:
    return FakeAccount()


def listening(account: FakeAccount, **more: str) -> Listening:
    outputs = {"region": "eu-west-1", "account_id": "123456789012"}
    environment: Any = SimpleNamespace(
        output=outputs.__getitem__,
        client=lambda service: account,
        session=SimpleNamespace(get_partition_for_region=lambda region: "aws"),
    )
    return Listening(environment, "run-1", **more)


@pytest.mark.parametrize(
    ("more", "sources"),
    [
        ({}, [ARN.format("sns", "run-1")]),
        ({"event_rule": "rule-1"}, [ARN.format("sns", "run-1"), ARN.format("events", "rule/rule-1")]),
    ],
)
def test_only_the_runs_own_topic_and_rule_may_write(
    account: FakeAccount, more: dict[str, str], sources: list[str]
) -> None:
    """Each sender's service is allowed for that one source; the topic is subscribed."""
    one = listening(account, **more)
    one.make(Leavings())
    policy = json.loads(account.queues["https://run-1"]["Policy"])
    assert [s["Condition"]["ArnEquals"]["aws:SourceArn"] for s in policy["Statement"]] == sources
    assert {s["Resource"] for s in policy["Statement"]} == {one.queue}
    assert account.subscribed == [(one.topic, one.queue)]


def test_what_came_is_fetched_once(account: FakeAccount) -> None:
    """Bodies come as JSON, in their order, and are gone from the queue; nothing is an empty list."""
    one = listening(account)
    one.make(Leavings())
    account.waiting = ['{"a": 1}', '{"a": 2}']
    assert one.fetch(0) == [{"a": 1}, {"a": 2}]
    assert one.fetch(0) == []


@pytest.mark.parametrize("refused", [False, True])
def test_both_go_again_and_what_was_never_made_is_no_trouble(account: FakeAccount, refused: bool) -> None:
    """However far the making came, nothing is left."""
    leavings = Leavings()
    account.refuses_topics = refused
    one = listening(account)
    if refused:
        with pytest.raises(PermissionError):
            one.make(leavings)
    else:
        one.make(leavings)
    assert leavings.remove_all() == (["topic run-1", "queue run-1"], [])
    assert (account.queues, account.topics) == ({}, set())
    one._remove_queue()
