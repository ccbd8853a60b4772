"""What SES tells of a mail, held against the examples that AWS has published."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:IncomingEmail"
EVENT = {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": "Event"}}

# The mail of "Sample incoming email event", with the verdicts that AWS shows for it.
SAMPLE = (
    b"X-Mailroom-Verdicts: spf=PASS, dkim=PASS, dmarc=GRAY\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; i=@example.com; q=dns/txt;\r\n"
    b"\ts=example12345; t=1567719001\r\n"
    b"Received: from mail.example.com (mail.example.com [203.0.113.0]) by email-inbound-relay-1d.example.com\r\n"
    b'From: "Doe, John" <sender@example.com>\r\n'
    b'To: "recipient@example.com" <recipient@example.com>\r\n'
    b"Subject: This is a test\r\n"
    b"Date: Mon, 5 Aug 2019 21:29:57 +0000\r\n"
    b"Message-ID: <F8098FDD-49A3-442D-9935-F6112B195BDA@example.com>\r\n"
    b'Content-Type: multipart/alternative; \r\n\tboundary="_000_F8098FDD49A344F6112B195BDAexamplecom_"\r\n'
    b"X-MS-Has-Attach:\r\n"
    b"MIME-Version: 1.0\r\n"
    b"\r\n"
    b"--_000_F8098FDD49A344F6112B195BDAexamplecom_--\r\n"
)


@pytest.fixture
def sample(door: Any, cloud: Any) -> tuple[str, dict[str, Any]]:
    """The sample's mail, and what the function is called with for it: id and event."""
    door.rule(EVENT)
    message_id = door.mail(SAMPLE, "recipient@example.com", sender="prvs=144d0cba7=sender@example.com")
    return message_id, cloud.invoked[0][1]


def test_a_function_gets_the_published_event(sample: Any) -> None:
    """Field by field that of "Sample incoming email event", headers aside."""
    message_id, event = sample
    (record,) = event["Records"]
    assert set(record) == {"eventSource", "eventVersion", "ses"}
    assert set(record["ses"]) == {"mail", "receipt"}
    mail = record["ses"]["mail"]
    headers = mail.pop("headers")
    assert mail == {
        "timestamp": "2026-11-24T12:00:00.000Z",
        "source": "prvs=144d0cba7=sender@example.com",
        "messageId": message_id,
        "destination": ["recipient@example.com"],
        "headersTruncated": False,
        "commonHeaders": {
            "returnPath": "prvs=144d0cba7=sender@example.com",
            "from": ['"Doe, John" <sender@example.com>'],
            "date": "Mon, 5 Aug 2019 21:29:57 +0000",
            "to": ['"recipient@example.com" <recipient@example.com>'],
            "messageId": "<F8098FDD-49A3-442D-9935-F6112B195BDA@example.com>",
            "subject": "This is a test",
        },
    }
    assert record["ses"]["receipt"] == {
        "timestamp": "2026-11-24T12:00:00.000Z",
        "processingTimeMillis": 0,
        "recipients": ["recipient@example.com"],
        "spamVerdict": {"status": "PASS"},
        "virusVerdict": {"status": "PASS"},
        "spfVerdict": {"status": "PASS"},
        "dkimVerdict": {"status": "PASS"},
        "dmarcVerdict": {"status": "GRAY"},
        "action": {"type": "Lambda", "functionArn": FUNCTION, "invocationType": "Event"},
    }
    assert [header["name"] for header in headers][:9] == [
        "Return-Path", "Received", "X-SES-Spam-Verdict", "X-SES-Virus-Verdict", "Received-SPF",
        "Authentication-Results", "X-SES-RECEIPT", "X-SES-DKIM-SIGNATURE", "DKIM-Signature",
    ]  # fmt: skip


def test_header_values_are_on_one_line(sample: Any) -> None:
    """Folds are gone as in the sample, where a blank before a fold stays; an empty header is empty."""
    _, event = sample
    headers = {one["name"]: one["value"] for one in event["Records"][0]["ses"]["mail"]["headers"]}
    assert headers["Return-Path"] == "<prvs=144d0cba7=sender@example.com>"
    assert headers["Content-Type"] == (
        'multipart/alternative;  boundary="_000_F8098FDD49A344F6112B195BDAexamplecom_"'
    )
    assert headers["Authentication-Results"] == (
        "amazonses.com; spf=pass (spfCheck: domain of example.com designates 203.0.113.9 as permitted sender)"
        " client-ip=203.0.113.9; envelope-from=prvs=144d0cba7=sender@example.com; helo=mx.far.example;"
        " dkim=pass header.i=@example.com; dmarc=none header.from=example.com;"
    )
    assert headers["X-MS-Has-Attach"] == ""
    assert "\r" not in json.dumps(event)
    assert "X-Mailroom-Verdicts" not in headers


def test_the_common_headers_are_as_people_read_them(door: Any, cloud: Any) -> None:
    """Names and subject are decoded, every list has all its addresses, what is not there is left out."""
    door.rule(EVENT)
    door.mail(
        b"From: =?utf-8?q?J=C3=B6rg?= <j@far.example>, b@far.example\r\n"
        b"Sender: s@far.example\r\nReply-To: r@far.example\r\n"
        b'To: a@example.com,\r\n "Bee, B." <b@example.com>\r\nCc: Cee <c@example.com>\r\nBcc: d@example.com\r\n'
        b"Subject: =?utf-8?b?4pyT?= =?utf-8?q?_done?=\r\n\r\nx\r\n",
        "b@example.com",
    )
    mail = cloud.invoked[0][1]["Records"][0]["ses"]["mail"]
    assert mail["commonHeaders"] == {
        "returnPath": "jane@far.example",
        "from": ["J\N{LATIN SMALL LETTER O WITH DIAERESIS}rg <j@far.example>", "b@far.example"],
        "to": ["a@example.com", '"Bee, B." <b@example.com>'],
        "cc": ["Cee <c@example.com>"],
        "bcc": ["d@example.com"],
        "replyTo": ["r@far.example"],
        "sender": "s@far.example",
        "subject": "\N{CHECK MARK} done",
    }
    assert mail["destination"] == ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]
    assert cloud.invoked[0][1]["Records"][0]["ses"]["receipt"]["recipients"] == ["b@example.com"]


def test_a_subject_that_cannot_be_decoded_stays(door: Any, cloud: Any) -> None:
    """An unknown character set or broken base64 breaks nothing."""
    door.rule(EVENT)
    for subject in ("=?no-such-set?q?x?=", "=?utf-8?b?A?=", "=?utf-8?q?=FF?="):
        door.mail(f"Subject: {subject}\r\n\r\n".encode())
    subjects = [
        event["Records"][0]["ses"]["mail"]["commonHeaders"]["subject"] for _, event, _ in cloud.invoked
    ]
    assert subjects[:2] == ["=?no-such-set?q?x?=", "=?utf-8?b?A?="]


@pytest.mark.parametrize(("extra", "truncated"), [(0, False), (11_000, True)])
def test_more_than_10_kb_of_headers_are_cut(door: Any, cloud: Any, extra: int, truncated: bool) -> None:
    """What does not fit is left out, and the notification says so."""
    door.rule(EVENT)
    door.mail(b"X-Long: " + b"x" * extra + b"\r\nX-Last: 1\r\n\r\n")
    mail = cloud.invoked[0][1]["Records"][0]["ses"]["mail"]
    assert mail["headersTruncated"] is truncated
    assert ("X-Last" in [one["name"] for one in mail["headers"]]) is not truncated


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject"])
def test_the_dmarc_policy_is_told_of_a_failure_only(door: Any, cloud: Any, policy: str) -> None:
    """As a word of its own, beside the verdict."""
    door.rule(EVENT)
    for status in ("FAIL", "PASS"):
        door.mail(f"X-Mailroom-Verdicts: dmarc={status}, dmarc-policy={policy}\r\n\r\n".encode())
    failed, passed = (event["Records"][0]["ses"]["receipt"] for _, event, _ in cloud.invoked)
    assert failed["dmarcPolicy"] == policy
    assert "dmarcPolicy" not in passed


def test_the_time_of_processing_is_counted_from_the_mail_s_coming(door: Any, cloud: Any) -> None:
    """In whole milliseconds; the mail's time is that of its coming, the receipt's that of the action."""
    start = door.region.clock()
    ticks = iter([start, start + timedelta(milliseconds=406)])
    door.rule(EVENT)
    door.region.clock = lambda: next(ticks)
    door.mail()
    told = cloud.invoked[0][1]["Records"][0]["ses"]
    assert told["mail"]["timestamp"] == "2026-11-24T12:00:00.000Z"
    assert told["receipt"]["timestamp"] == "2026-11-24T12:00:00.406Z"
    assert told["receipt"]["processingTimeMillis"] == 406


def test_a_notification_has_the_published_members(door: Any) -> None:
    """Those of "Notification of an SNS action" and of "Alert notification"."""
    topic = "arn:aws:sns:eu-west-1:000000000000:example-topic"
    door.rule(
        {"SNSAction": {"TopicArn": topic}}, {"S3Action": {"BucketName": "my-s3-bucket", "TopicArn": topic}}
    )
    door.mail()
    content, alert = door.told()
    assert set(content) == {"notificationType", "receipt", "mail", "content"}
    assert set(alert) == {"notificationType", "receipt", "mail"}
    assert content["notificationType"] == alert["notificationType"] == "Received"
    assert content["mail"] == alert["mail"]
    assert content["content"].startswith("Return-Path: <jane@far.example>\r\nReceived: from ")
