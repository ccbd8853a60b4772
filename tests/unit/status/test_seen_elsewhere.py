"""Shapes that other projects' tests and AWS's pages have, with values of our own; where each was seen is beside it."""

import base64
import gzip
import json
from typing import Any

import pytest

from lambda_src.status.decode import Decoded, decode
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.reading import values
from tests.unit.status.made import ANN, ID, pinpoint, ses, sms, text

BOB = "bob@example.com"
NUMBER = "+14255550101"
AT = 1_795_514_400_000  # 2026-11-24T10:00:00Z


def coded(value: Any) -> str:
    content = value if isinstance(value, bytes) else text(value).encode()
    return base64.b64encode(content).decode()


def bridged(kind: str, detail: Any, source: str = "aws.ses") -> dict[str, Any]:
    return {
        "version": "0",
        "id": "e-1",
        "detail-type": kind,
        "source": source,
        "account": "111122223333",
        "time": "2026-11-24T10:00:09Z",
        "detail": detail,
    }


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name not in names}


def nameless(kind: str, **mail: Any) -> dict[str, Any]:
    """An event of SES whose mail leaves the envelope's recipients out."""
    return ses(kind, mail={"destination": None, **mail})


def one(value: Any) -> Decoded:
    [found] = decode(value)
    return found


def told(value: Any) -> list[tuple[str, str, str, str]]:
    """Each event's source, name, recipient and time."""
    found = [event for decoded in decode(value) for event in decoded.events]
    return [(event.because.source, event.name, event.recipient, event.at) for event in found]


READ: list[tuple[str, Any, list[tuple[str, str, str, str]]]] = [
    (
        # cds-snc/notification-api app/aws/mocks.py: SNS with nulls, names in lower camel case, seconds for ms
        "receipt in SNS",
        {
            "Type": "Notification",
            "Subject": None,
            "SigningCertUrl": "x",
            "MessageAttributes": {},
            "Message": text(sms("TEXT_CARRIER_UNREACHABLE", eventTimestamp=AT // 1000)),
            "Timestamp": "2026-11-24T12:00:00.000Z",
        },
        [("sms", "failure", NUMBER, "2026-11-24T10:00:00.000Z")],
    ),
    (
        # department-of-veterans-affairs/notification-api tests/app/delivery_status: Firehose's HTTP requests
        "HTTP request of Firehose",
        {"requestId": "r-1", "timestamp": AT, "records": [{"data": coded(sms(eventTimestamp=None))}]},
        [("sms", "success", NUMBER, "2026-11-24T10:00:00.000Z")],
    ),
    (
        # the same file: its records before they are coded
        "records already read",
        {"records": [{"data": sms()}, {"data": pinpoint("_SMS.FAILURE")}]},
        [
            ("sms", "success", NUMBER, "2026-11-24T10:00:00.000Z"),
            ("pinpoint", "failure", NUMBER, "2026-11-24T10:00:00.000Z"),
        ],
    ),
    (
        # the same folder: records that are events themselves, times as texts
        "records without an envelope",
        {"Records": [pinpoint("_SMS.SUCCESS", event_timestamp="2026-11-24T12:00:00.000Z")]},
        [("pinpoint", "success", NUMBER, "2026-11-24T12:00:00.000Z")],
    ),
    (
        # Kinesis API reference, GetRecords, as the AWS CLI prints it
        "answer of Kinesis",
        {
            "Records": [
                {
                    "SequenceNumber": "1",
                    "ApproximateArrivalTimestamp": "2026-11-24T13:00:00+00:00",
                    "Data": coded(sms(eventTimestamp=None)),
                    "PartitionKey": "p",
                }
            ],
            "NextShardIterator": "x",
        },
        [("sms", "success", NUMBER, "2026-11-24T13:00:00.000Z")],
    ),
    (
        # Firehose developer guide: sources may compress what they put
        "compressed record",
        {"recordId": "1", "data": coded(gzip.compress(text(ses("Open")).encode(), mtime=0))},
        [("ses", "open", ANN, "2026-11-24T10:05:00.000Z")],
    ),
    (
        # a public handler's test: the event says its kind nowhere but in the envelope
        "kind in EventBridge's name",
        bridged("Email Sent", without(ses("Send"), "eventType", "send")),
        [("ses", "send", ANN, "2026-11-24T10:00:00.000Z")],
    ),
    (
        "kind and object",
        bridged("Email Delivered", without(ses("Delivery"), "eventType")),
        [("ses", "delivered", ANN, "2026-11-24T10:00:02.000Z")],
    ),
    (
        "a failed rendering",
        bridged("Email Rendering Failed", without(ses("Send"), "eventType")),
        [("ses", "rendering_failure", ANN, "2026-11-24T10:00:00.000Z")],
    ),
    (
        # wraps.dev api tests: an event with no object of its own has the envelope's time
        "no object",
        bridged("Email Delivery", {"eventType": "Delivery", "mail": {"messageId": ID}}),
        [("ses", "delivered", NO_RECIPIENT, "2026-11-24T10:00:09.000Z")],
    ),
    (
        # anymail/django-anymail tests/test_amazon_ses_webhooks.py: neither a time nor all objects
        "time of SNS",
        {
            "Type": "Notification",
            "Timestamp": "2026-11-24T10:00:08.000Z",
            "Message": text(ses("Bounce", mail={"timestamp": None}, timestamp=None)) + "\n",
        },
        [("ses", "hardbounce", ANN, "2026-11-24T10:00:08.000Z")],
    ),
    (
        # hilotter/ses-bounce-recorder test/lambda_bounce_event.json: Lambda's sample of SNS has the time zero
        "time of a sample",
        {
            "Type": "Notification",
            "Timestamp": "1970-01-01T00:00:00.000Z",
            "Message": text(ses("Bounce", timestamp=None)),
        },
        [("ses", "hardbounce", ANN, "2026-11-24T10:00:00.000Z")],
    ),
    (
        # ofa/django-bouncy tests/examples: offsets of an hour, one recipient with no diagnosis
        "offset",
        ses(
            "Bounce",
            timestamp="2026-11-24T02:00:03.605-08:00",
            bouncedRecipients=[
                {"status": "5.0.0", "action": "failed", "emailAddress": "Ann@Example.com"},
                {"status": "4.0.0", "action": "delayed", "emailAddress": BOB},
            ],
        ),
        [
            ("ses", "hardbounce", ANN, "2026-11-24T10:00:03.605Z"),
            ("ses", "hardbounce", BOB, "2026-11-24T10:00:03.605Z"),
        ],
    ),
    (
        # Yandex Postbox's documentation, and tests that shorten `mail`: recipients in the headers alone
        "recipients in headers",
        nameless("Open", commonHeaders={"to": ["Ann <Ann@example.com>, Bob <bob@example.com>"], "cc": [BOB]}),
        [
            ("ses", "open", ANN, "2026-11-24T10:05:00.000Z"),
            ("ses", "open", BOB, "2026-11-24T10:05:00.000Z"),
        ],
    ),
    (
        "a header that names nobody",
        nameless("Open", commonHeaders={"to": ["undisclosed-recipients:;"]}),
        [("ses", "open", NO_RECIPIENT, "2026-11-24T10:05:00.000Z")],
    ),
    (
        "the envelope before the headers",
        ses("Open", mail={"commonHeaders": {"to": [BOB]}}),
        [("ses", "open", ANN, "2026-11-24T10:05:00.000Z")],
    ),
]


@pytest.mark.parametrize(("value", "expected"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_read(value: Any, expected: list[tuple[str, str, str, str]]) -> None:
    """What others' events look like is read as ours are."""
    assert told(value) == expected
    assert told(text(value)) == expected


def test_recipients_in_pinpoint_headers() -> None:
    """Pinpoint's headers are a last resort as SES's are."""
    event = pinpoint("_email.open")
    mail = event["facets"]["email_channel"]["mail_event"]["mail"]
    del mail["destination"]
    mail["common_headers"] = {"to": ["Ann <Ann@example.com>"]}
    assert [found[2] for found in told(event)] == [ANN]


S3 = {
    "eventVersion": "2.1",
    "eventSource": "aws:s3",
    "eventName": "ObjectCreated:Put",
    "s3": {"object": {"key": "k"}},
}
ROW = {"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {"Keys": {}}}
HELLO = "Successfully validated SNS topic for Amazon SES event publishing."
LINES = {
    "messageType": "DATA_MESSAGE",
    "logGroup": "g",
    "logEvents": [{"id": "1", "timestamp": 1, "message": "x"}],
}
NOT_OURS: list[tuple[Any, str, str, str]] = [
    # aws-lambda-go events/testdata, powertools-lambda-python tests/events: other services' records
    ({"Records": [S3]}, "ignored", "no kind that we know: aws:s3 ObjectCreated:Put", ""),
    ({"Records": [ROW]}, "ignored", "no kind that we know: aws:dynamodb INSERT", ""),
    # cds-snc/notification-api app/aws/mocks.py
    ({"Type": "Notification", "Message": text({"Records": [{"s3": {"object": {"key": "k"}}}]})}, "ignored", "no kind that we know: aws:s3", ""),
    # S3 user guide, "Notification content structure"
    ({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}, "ignored", "no kind that we know: s3:TestEvent", ""),
    # PyPI aws-lambda-sample-events: a message of SNS as an object
    ({"Sns": {"Message": {"Service": "AWS Auto Scaling", "Event": "autoscaling: TEST_NOTIFICATION"}}}, "ignored", "no kind that we know: autoscaling: TEST_NOTIFICATION", ""),
    # aws-lambda-go events/testdata/cloudwatch-alarm-sns-payload-*, powertools cloudWatchAlarmEvent*
    ({"Message": text({"AlarmName": "a", "NewStateValue": "ALARM", "Trigger": {}})}, "ignored", "an alarm of CloudWatch", ""),
    ({"source": "aws.cloudwatch", "alarmArn": "arn", "alarmData": {}}, "ignored", "an alarm of CloudWatch", ""),
    # department-of-veterans-affairs/notification-api tests/lambda_functions/two_way_sms
    ({"originationNumber": "+1", "destinationNumber": "+2", "messageBody": "STOP", "inboundMessageId": "i"}, "ignored", "a text that was received, not sent", ""),
    # cds-snc/notification-api app/aws/mocks.py
    ({"notification": {"messageId": "m"}, "delivery": {"destination": "+1"}, "status": "SUCCESS"}, "ignored", "SNS's own log of a text: no source of ours", ""),
    # End User Messaging SMS user guide, "Monitoring with EventBridge"
    (bridged("Voice Message Delivery Status Updated", {"eventType": "VOICE_INITIATED", "messageId": "m"}, "aws.sms-voice"), "ignored", "no kind that we know: VOICE_INITIATED", "sms"),
    (bridged("Registration Status Change", {"registrationDetails": {}}, "aws.sms-voice"), "ignored", "no kind that we know: Registration Status Change", ""),
    # EventBridge's reference, "Amazon Simple Email Service events"
    (bridged("Sending Status Disabled", {"version": "1.0.0", "data": {"origin": "x"}}), "ignored", "no kind that we know: Sending Status Disabled", ""),
    # django-anymail: the sentence by SNS; delivered raw it stands alone
    ({"Type": "Notification", "Message": HELLO}, "ignored", "SES tells that it can write to a topic", ""),
    ({"Records": [{"eventSource": "aws:sqs", "body": HELLO}]}, "ignored", "SES tells that it can write to a topic", ""),
    ({"recordId": "1", "data": coded(HELLO.encode())}, "ignored", "SES tells that it can write to a topic", ""),
    # mozilla/fx-private-relay emails/tests/fixtures/received_notification_*
    ({"notificationType": "Received", "mail": {"messageId": "m"}, "receipt": {}}, "ignored", "a mail that was received, not sent", "ses"),
    # aws-lambda-sample-events cognito, and streams of others with names like Pinpoint's
    ({"eventType": "SyncTrigger", "identityId": "i"}, "ignored", "no kind that we know: SyncTrigger", ""),
    ({"event_type": "dashboard_events", "event_version": 1}, "ignored", "no kind that we know: dashboard_events", ""),
    ({"event_type": "_session.start"}, "ignored", "no kind that we know: _session.start", "pinpoint"),
    (pinpoint("cart.abandoned"), "ignored", "no kind that we know: cart.abandoned", "pinpoint"),
    # CloudWatch Logs user guide, "Real-time processing of log data with subscriptions": by Lambda, by a stream
    ({"awslogs": {"data": coded(gzip.compress(text(LINES).encode(), mtime=0))}}, "rejected", "lines of CloudWatch Logs: events come by EventBridge, SNS or Firehose", ""),
    ({"Records": [{"kinesis": {"data": coded(gzip.compress(text(LINES).encode(), mtime=0))}}]}, "rejected", "lines of CloudWatch Logs: events come by EventBridge, SNS or Firehose", ""),
    # department-of-veterans-affairs/notification-api tests/app/delivery_status: broken records
    ({"records": [{"other_field": "value"}]}, "rejected", "no event of SES, Pinpoint or SMS, and no envelope of one", ""),
    ({"records": [{"data": "invalid-base64"}]}, "rejected", "data that is not base64", ""),
    ({"records": [{"data": coded(b"invalid json")}]}, "rejected", "no JSON: expecting value", ""),
    ({"Records": [{"eventSource": "aws:sqs", "messageId": "m"}]}, "rejected", "no event of SES, Pinpoint or SMS, and no envelope of one", ""),
    # wraps.dev and others: an envelope of ours with nothing of ours in it
    (bridged("Email Delivered", {}), "rejected", "no event in it (detail)", ""),
    (bridged("Email Delivered", {"eventType": "Delivery", "mail": None}), "rejected", "no message id (mail.messageId)", "ses"),
    (bridged("Text Message Delivery Status Updated", {"destinationPhoneNumber": NUMBER}, "aws.sms-voice"), "rejected", "no event in it (detail)", ""),
    # cds-snc/notification-api: a complaint whose message id has another name
    (ses("Complaint", mail={"messageId": None, "badMessageId": ID}), "rejected", "no message id (mail.messageId)", "ses"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "outcome", "reason", "source"), NOT_OURS, ids=lambda value: str(value)[:50] if isinstance(value, dict) else None
)  # fmt: skip
def test_not_ours(value: Any, outcome: str, reason: str, source: str) -> None:
    """What tells of no sent message is passed over by its name; what is broken is refused with the reason."""
    assert one(value)[:3] == (outcome, reason, source)


UNREAD: list[Any] = [
    ses("Send", mail={"destination": ["a\0b@example.com"]}),
    ses("Open", mail={"destination": ["a" * 250 + "@example.com"]}),
    ses("Bounce", bouncedRecipients=[{"emailAddress": "\ud83d@example.com"}]),
    ses("Delivery", recipients=["<>"]),
    nameless("Open", destination="J\ufffdrgen@example.com"),
    sms(destinationPhoneNumber="1" * 300),
    pinpoint("_SMS.SUCCESS", attributes={"destination_phone_number": "1" * 300}),
]


@pytest.mark.parametrize("value", UNREAD, ids=lambda value: str(value)[:30])
def test_recipients_that_cannot_be_read(value: Any) -> None:
    """An event about somebody whose name is broken is refused: it must not count for all of its message."""
    assert one(value)[:2] == ("rejected", "no recipient that can be read")


@pytest.mark.parametrize("key", [float("nan"), float("inf"), True, 1.5])
def test_keys(key: Any) -> None:
    """What Python's reader takes and JSON has not is no message's id; a whole number is."""
    assert one(ses("Send", mail={"messageId": key}))[:2] == ("rejected", "no message id (mail.messageId)")
    assert one(ses("Send", mail={"messageId": 12})).events[0].message_id == "12"


def test_a_bomb_in_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record is unzipped up to a bound that a function's memory takes."""
    monkeypatch.setattr("lambda_src.status.envelopes.MOST_BYTES", 1024 * 1024)
    bomb = coded(gzip.compress(b" " * 2_000_000))
    assert one({"recordId": "1", "data": bomb})[:2] == ("rejected", "more than 1 MB")


def test_more_than_a_record_holds() -> None:
    """A record's events have a bound; what is beyond is told of once."""
    found = list(decode({"Records": [sms()] * 10_001}))
    assert len(found) == 10_001
    assert {one.outcome for one in found[:-1]} == {"applied"}
    assert found[-1][:2] == ("rejected", "more than 10000 events in one record")


def test_many_broken_lines() -> None:
    """In a long text too, each broken line costs itself alone."""
    lines = [f'{{"n": {number}, "broken": {"tru" if number % 2 else "true"}}}' for number in range(9_000)]
    found = list(values("\n".join(lines).encode()))
    assert len(found) == 9_000
    assert [value["n"] for value in found[::2]] == list(range(0, 9_000, 2))
    assert {value.reason for value in found[1::2]} == {"no JSON: expecting value"}
    assert all(value.raw.startswith('{"n": ') for value in found[1::2])


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
    """Files of editors and shells that write other encodings, with a mark and without."""
    content = json.dumps({"name": "Žofie"}, ensure_ascii=False)
    assert list(values(content.encode(encoding))) == [{"name": "Žofie"}]


def test_marks_within() -> None:
    """Files with a byte order mark each, put one behind the other."""
    assert list(values(b'\xef\xbb\xbf{"a": 1}\r\n\xef\xbb\xbf{"a": 2}\r\n')) == [{"a": 1}, {"a": 2}]
    assert told("\ufeff" + text(ses("Send")))[0][1] == "send"


EMPTY: list[Any] = [
    [],
    {},
    "",
    "[]",
    "{}",
    None,
    {"Records": []},
    {"records": []},
    {"Message": ""},
    {"Message": "[]"},
]


@pytest.mark.parametrize("empty", EMPTY, ids=str)
def test_every_record_is_told_of(empty: Any) -> None:
    """A record with nothing in it is refused in its place, and none behind it has its number."""
    expected = ["applied", "rejected", "applied"]
    batches: list[Any] = [
        [ses("Send"), empty, sms()],
        {"Records": [{"body": text(part)} for part in (ses("Send"), empty, sms())]},
        {"records": [{"recordId": "1", "data": coded(part)} for part in (ses("Send"), empty, sms())]},
        "\n".join(map(text, (ses("Send"), empty, sms()))),
    ]
    for batch in batches:
        assert [found.outcome for found in decode(batch)] == expected
