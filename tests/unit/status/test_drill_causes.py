"""What a drill that did not come says of its way: each thing that is wrong, and the next command."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.status.drill import Outcome
from mailroom.status.drill_causes import causes
from mailroom.status.drill_sources import Sent

GOOD = {
    "get_configuration_set_event_destinations": {
        "EventDestinations": [
            {"Enabled": True, "EventBridgeDestination": {"EventBusArn": "b"}, "MatchingEventTypes": ["SEND"]}
        ]
    },
    "describe_rule": {"State": "ENABLED"},
    "describe_delivery_stream": {"DeliveryStreamDescription": {"DeliveryStreamStatus": "ACTIVE"}},
    "queue": (0, 0),
    "dead": (0, 0),
}


class Missing(Exception):
    """What EventBridge raises for a rule that is not there."""


class Applied:
    """An environment whose services answer as the test lays down; an exception is raised."""

    name = "dev"
    exceptions = type("Exceptions", (), {"ResourceNotFoundException": Missing})

    def __init__(self, **answers: Any) -> None:
        self._answers = {**GOOD, **answers}

    def output(self, name: str) -> str:
        return {
            "status_queue_url": "queue",
            "status_dead_letter_queue_url": "dead",
            "region": "eu-west-1",
        }.get(name, name.removesuffix("_function_name"))

    def client(self, service: str) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        return lambda **asked: self._answer(asked["QueueUrl"] if name == "get_queue_attributes" else name)

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
            return {"Attributes": dict(zip(names, map(str, answer), strict=True))}
        return answer


def told(source: str, item: dict[str, Any] | None = None, **answers: Any) -> list[tuple[str, str]]:
    environment: Any = Applied(**answers)
    sent = Sent(source, "m-1", "a@x.example", "way", "delivered", "words")
    return [(cause.seen, cause.next) for cause in causes(environment, Outcome(sent, item=item))]


DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeRule")


@pytest.mark.parametrize(
    ("source", "answers", "seen", "command"),
    [
        ("ses", {"get_configuration_set_event_destinations": {"EventDestinations": []}}, "The configuration set way publishes nothing to EventBridge", "status.ses.configuration_sets"),
        ("ses", {"get_configuration_set_event_destinations": {"EventDestinations": [{"Enabled": False, "EventBridgeDestination": {"EventBusArn": "b"}}]}}, "publishes nothing to EventBridge", "make apply ENV=dev"),
        ("ses", {"describe_rule": {"State": "DISABLED"}}, "The event rule name_prefix-status-ses is switched off", "aws events enable-rule --region eu-west-1 --name name_prefix-status-ses"),
        ("sms", {"describe_rule": Missing()}, "There is no event rule name_prefix-status-sms", "make plan ENV=dev"),
        ("sms", {"describe_rule": DENIED}, "DescribeRule answers AccessDeniedException, so that part was not seen", "aws sts get-caller-identity"),
        ("pinpoint", {"describe_delivery_stream": {"DeliveryStreamDescription": {"DeliveryStreamStatus": "DELETING"}}}, "The stream way is DELETING", "make plan ENV=dev"),
        ("pinpoint", {}, "Firehose gathers for a while", "--wait 300 --env dev"),
        ("ses", {"queue": (7, 0)}, "7 events wait in the queue", "aws logs tail /aws/lambda/status --region eu-west-1"),
        ("ses", {"queue": (0, 3)}, "3 events are being worked in the queue", "aws logs tail /aws/lambda/status"),
        ("sms", {"dead": (2, 0)}, "2 events lie in the dead-letter queue", "--queue-url dead --max-number-of-messages 10 --visibility-timeout 0 --message-attribute-names reason | mailroom status explain -"),
        ("ses", {}, "Nothing is wrong that can be seen from here", "mailroom status show m-1 --env dev"),
    ],
)  # fmt: skip
def test_one_thing_is_wrong(source: str, answers: dict[str, Any], seen: str, command: str) -> None:
    """What is wrong is said, and nothing else, with the command that looks further or puts it right."""
    ((said, following),) = told(source, **answers)
    assert seen in said
    assert command in following


def test_all_that_is_wrong_is_said() -> None:
    """From the source to the table, in this order."""
    found = told("ses", describe_rule={"State": "DISABLED"}, queue=(1, 0), dead=(1, 0))
    assert [said.split()[0] for said, _ in found] == ["The", "1", "1"]


def test_one_that_is_half_way_is_not_lost() -> None:
    """Where some of it has come, that is said last."""
    found = told("ses", {"status": "send", "recipient": "a@x.example", "timeline": []})
    assert found == [
        (
            "It is send: what follows has not come yet, and may come later.",
            "mailroom status show m-1 --env dev",
        )
    ]
