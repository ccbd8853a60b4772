"""What events come in: every envelope, each in any other, and what is broken in them."""

import base64
import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from lambda_src.status.decode import decode
from tests.unit.status.made import pinpoint, ses, sms

OPEN = ses("Open")
AT = "2026-11-24T10:05:00.000Z"


def coded(value: Any) -> str:
    content = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(content.encode()).decode()


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# What is in it -> the envelope.
ENVELOPES: dict[str, Callable[[Any], Any]] = {
    "json text": text,
    "list": lambda inside: [inside],
    "SNS": lambda inside: {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn",
        "Message": text(inside),
    },
    "SNS, read": lambda inside: {"Type": "Notification", "Message": inside},
    "SNS, in base64": lambda inside: {"Message": coded(inside)},
    "SNS for Lambda": lambda inside: {
        "Records": [{"EventSource": "aws:sns", "Sns": {"Message": text(inside)}}]
    },
    "EventBridge": lambda inside: {"detail-type": "Email Opened", "source": "aws.ses", "detail": inside},
    "PutEvents": lambda inside: {"DetailType": "Email Opened", "Source": "aws.ses", "Detail": text(inside)},
    "SQS record": lambda inside: {"messageId": "1", "receiptHandle": "r", "body": text(inside)},
    "SQS for Lambda": lambda inside: {"Records": [{"eventSource": "aws:sqs", "body": text(inside)}]},
    "SQS answer": lambda inside: {"Messages": [{"MessageId": "1", "Body": text(inside)}]},
    "HTTP request": lambda inside: {"body": coded(inside), "isBase64Encoded": True},
    "Kinesis": lambda inside: {
        "Records": [{"kinesis": {"data": coded(inside)}, "eventSource": "aws:kinesis"}]
    },
    "Firehose": lambda inside: {"invocationId": "i", "records": [{"recordId": "1", "data": coded(inside)}]},
    "Firehose record": lambda inside: {"recordId": "1", "data": coded(inside)},
    "Firehose error": lambda inside: {"attemptsMade": 4, "errorCode": "Lambda.X", "rawData": coded(inside)},
}


@pytest.mark.parametrize(("outer", "inner"), list(product(ENVELOPES, ENVELOPES)))
def test_each_in_each(outer: str, inner: str) -> None:
    """An event is found in any envelope in any other, and is the same event as without."""
    [bare] = decode(OPEN)
    [found] = decode(ENVELOPES[outer](ENVELOPES[inner](OPEN)))
    assert found == bare


@pytest.mark.parametrize("kind", [pinpoint("_email.open"), pinpoint("_SMS.SUCCESS"), sms(), ses("Bounce")])
@pytest.mark.parametrize("name", ENVELOPES)
def test_each_source(name: str, kind: dict[str, Any]) -> None:
    """Every source's events come in every envelope."""
    assert list(decode(ENVELOPES[name](kind))) == list(decode(kind))


def test_several() -> None:
    """Each record of a batch is its own event, and a broken one fails alone."""
    batch = {
        "records": [
            {"recordId": "1", "data": coded(OPEN)},
            {"recordId": "2", "data": "{"},
            {"recordId": "3", "data": coded(sms())},
        ]
    }
    assert [one.outcome for one in decode(batch)] == ["applied", "rejected", "applied"]
    assert [one.source for one in decode(f"{json.dumps(OPEN)}{json.dumps(sms())}")] == ["ses", "sms"]


def test_what_envelopes_say() -> None:
    """The account and a time are the envelope's where the event has none, and only there."""
    bare = sms(eventTimestamp=None)
    [found] = decode({"detail-type": "x", "account": "999", "time": "2026-11-24T10:00:09Z", "detail": bare})
    [event] = found.events
    assert (event.facts["aws_account_id"], event.at) == ("999", "2026-11-24T10:00:09.000Z")
    [found] = decode({"detail-type": "x", "account": "999", "time": "2026-11-24T10:00:09Z", "detail": OPEN})
    assert (found.events[0].facts["aws_account_id"], found.events[0].at) == ("111122223333", AT)
    [found] = decode(
        {"Type": "Notification", "Timestamp": "2026-11-24T10:00:08Z", "Message": json.dumps(bare)}
    )
    assert found.events[0].at == "2026-11-24T10:00:08.000Z"


REFUSED: list[tuple[Any, str, str]] = [
    ({}, "rejected", "no event of SES, Pinpoint or SMS, and no envelope of one"),
    ({"event": "delivered"}, "rejected", "no event of SES, Pinpoint or SMS, and no envelope of one"),
    ([], "rejected", "nothing in it"),
    ({"Records": []}, "rejected", "nothing in it"),
    ({"records": [{"recordId": "1", "data": coded("[]")}]}, "rejected", "nothing in it"),
    ({"Records": [7]}, "rejected", "no object"),
    (None, "rejected", "no object"),
    (7, "rejected", "no object"),
    ("", "rejected", "nothing in it"),
    ("Hello from SNS!", "rejected", "no JSON: expecting value"),
    ('{"eventType": "Open"', "rejected", "no JSON: expecting ',' delimiter"),
    ("123", "rejected", "no object"),
    ('{"a": ' + "9" * 5000, "rejected", "no JSON: a number without end"),
    ({"Message": "Hello"}, "rejected", "no JSON: expecting value"),
    ({"body": None}, "rejected", "no object"),
    ({"recordId": "1", "data": "!"}, "rejected", "data that is not base64"),
    ({"recordId": "1", "data": None}, "rejected", "data that is not base64"),
    ({"recordId": "1", "data": ""}, "rejected", "nothing in it"),
    ({"rawData": "eyJ"}, "rejected", "data that is not base64"),
    ({"kinesis": {}}, "rejected", "data that is not base64"),
    ({"Records": [{"ses": {"mail": {}, "receipt": {}}}]}, "ignored", "a mail that was received, not sent"),
    ({"Type": "SubscriptionConfirmation", "Message": "x"}, "ignored", "SNS tells of a subscription: SubscriptionConfirmation"),
    ({"Type": "UnsubscribeConfirmation"}, "ignored", "SNS tells of a subscription: UnsubscribeConfirmation"),
    ({"Type": "Notification", "Message": "Successfully validated SNS topic for Amazon SES event publishing."}, "ignored", "SES tells that it can write to a topic"),
    ({"detail-type": "Registration Status Change", "detail": {"x": 1}}, "ignored", "no kind that we know: Registration Status Change"),
    ({"detail-type": "EC2 Instance State-change", "detail": {}}, "ignored", "no kind that we know: EC2 Instance State-change"),
    ({"detail-type": "x", "detail": None}, "ignored", "no kind that we know: x"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "outcome", "reason"), REFUSED, ids=lambda value: str(value)[:50])
def test_refused(value: Any, outcome: str, reason: str) -> None:
    """What holds no event is told, and why."""
    assert [one[:2] for one in decode(value)] == [(outcome, reason)]


def deep(depth: int, opening: str, closing: str) -> str:
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    "value",
    [
        deep(100_000, "[", "]"), deep(100_000, '{"a":', "}"), deep(3000, "[", "]"), deep(3000, '{"detail-type":"x","detail":', "}"),
        deep(600, "[", "]"), deep(300, '{"Message":', "}"), json.dumps(ses("Send", mail={"destination": None})).replace("null", deep(900, "[", "]")),
        json.dumps(pinpoint("_email.open", event={"open": 0})).replace('"open": 0', '"open": ' + deep(900, '{"a":', "0}").replace("}0", "}")),
    ],
    ids=range(8),
)  # fmt: skip
def test_deep(value: str) -> None:
    """However deep a value is nested, the answer is an outcome."""
    assert all(one.outcome in ("rejected", "ignored", "applied") for one in decode(value))


def test_depth_is_bounded() -> None:
    """Envelopes in envelopes end somewhere."""
    value: Any = OPEN
    for _ in range(9):
        value = {"Message": json.dumps(value)}
    assert [one[:2] for one in decode(value)] == [("rejected", "too many envelopes, one in another")]
