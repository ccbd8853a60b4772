"""What each action of a receipt rule does with a mail."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.engine.ses import identities, receiving
from mailroom.local.engine.ses.receipt.actions import MAXIMUM_CONTENT_BYTES

TOPIC = "arn:aws:sns:eu-west-1:000000000000:told"
MAIL_TOPIC = "arn:aws:sns:eu-west-1:000000000000:mail"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f"
ROLE = "arn:aws:iam::000000000000:role/ses"
S3 = {"S3Action": {"BucketName": "raw"}}
BOUNCE = {
    "Sender": "postmaster@example.com",
    "SmtpReplyCode": "550",
    "StatusCode": "5.1.1",
    "Message": "No such mailbox",
}


def function(kind: str = "RequestResponse", **more: str) -> dict[str, Any]:
    return {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": kind, **more}}


@pytest.mark.parametrize(
    ("prefix", "folder"),
    [
        (None, ""),
        ("", ""),
        ("incoming/", "incoming/"),
        ("Email", "Email/"),
        ("a/b", "a/b/"),
        ("a/b/", "a/b/"),
    ],
)
def test_an_object_lies_in_the_folder_of_its_prefix(
    door: Any, cloud: Any, prefix: str | None, folder: str
) -> None:
    """It is named as the mail's id; a prefix names a folder, with or without a slash at its end."""
    door.rule({"S3Action": {"BucketName": "raw", **({} if prefix is None else {"ObjectKeyPrefix": prefix})}})
    message_id = door.mail()
    assert list(cloud.objects) == [("raw", f"{folder}{message_id}")]
    assert re.fullmatch(r"[0-9a-v]{38}[08go]1", message_id)


def test_an_object_is_written_for_its_rule(door: Any, cloud: Any) -> None:
    """Bucket policies see the rule's ARN; no metadata without encryption."""
    door.rule(S3, name="store")
    message_id = door.mail()
    assert cloud.sources == ["arn:aws:ses:eu-west-1:000000000000:receipt-rule-set/main:receipt-rule/store"]
    assert cloud.metadata["raw", message_id] == {}


def test_a_role_is_used_for_all_that_an_s3_action_does(door: Any, cloud: Any) -> None:
    """Bucket, key and topic are reached by the role, and only by it."""
    key = "arn:aws:kms:eu-west-1:000000000000:key/k"
    action = {"BucketName": "raw", "KmsKeyArn": key, "TopicArn": TOPIC, "IamRoleArn": ROLE}
    door.rule({"S3Action": action})
    door.mail()
    assert cloud.roles == [ROLE, ROLE, ROLE]
    assert (len(cloud.data_keys), len(cloud.objects), len(cloud.published)) == (1, 1, 1)


@pytest.mark.parametrize(("encoding", "named"), [("UTF-8", "UTF8"), ("Base64", "BASE64")])
def test_a_topic_gets_the_whole_mail(door: Any, cloud: Any, encoding: str, named: str) -> None:
    """The content is what an S3 action would store; only Base64 keeps every byte."""
    mail = b"From: a@far.example\r\nSubject: s\r\n\r\ncaf\xe9 \xc3\xa9\r\n"
    door.rule({"SNSAction": {"TopicArn": MAIL_TOPIC, "Encoding": encoding}}, S3)
    door.mail(mail)
    (told,) = door.told()
    (stored,) = cloud.objects.values()
    if encoding == "Base64":
        assert base64.b64decode(told["content"]) == stored
    else:
        assert told["content"] == stored.decode("utf-8", "replace")
        assert told["content"].endswith(
            "caf\N{REPLACEMENT CHARACTER} \N{LATIN SMALL LETTER E WITH ACUTE}\r\n"
        )
    assert told["receipt"]["action"] == {"type": "SNS", "topicArn": MAIL_TOPIC, "encoding": named}


def test_a_mail_too_large_for_a_topic_bounces(door: Any, cloud: Any) -> None:
    """Up to 150 KB, SES's headers included; a larger one is returned by SES, and the other actions go on."""
    door.rule({"SNSAction": {"TopicArn": MAIL_TOPIC}}, S3)
    head = b"Subject: s\r\n\r\n"
    door.mail(head)
    above = len(next(iter(cloud.objects.values()))) - len(head)
    for over, bounced in ((0, 0), (1, 1)):
        cloud.published.clear()
        door.mail(head + b"x" * (MAXIMUM_CONTENT_BYTES - above - len(head) + over))
        assert len(door.told()) == 1 - bounced
        assert len(door.inbox()) == bounced
    ((sender, recipients, report),) = door.inbox()
    assert (sender, recipients) == ("MAILER-DAEMON@eu-west-1.amazonses.com", ("jane@far.example",))
    assert report.get_payload(1).get_payload(1)["Diagnostic-Code"].startswith("smtp; 552 5.3.4 ")
    assert len(cloud.objects) == 3


@pytest.mark.parametrize(("kind", "waits"), [("Event", False), ("RequestResponse", True), (None, False)])
def test_a_function_is_called_as_the_rule_says(door: Any, cloud: Any, kind: str | None, waits: bool) -> None:
    """Without waiting unless it is asked for; Event is the default."""
    settings = {"FunctionArn": FUNCTION, **({"InvocationType": kind} if kind else {})}
    door.rule({"LambdaAction": settings})
    door.mail()
    ((called, event, waited),) = cloud.invoked
    assert (called, waited) == (FUNCTION, waits)
    (record,) = event["Records"]
    assert {name: value for name, value in record.items() if name != "ses"} == {
        "eventSource": "aws:ses",
        "eventVersion": "1.0",
    }
    assert record["ses"]["receipt"]["action"] == {
        "type": "Lambda",
        "functionArn": FUNCTION,
        "invocationType": kind or "Event",
    }


def test_an_action_that_cannot_be_done_means_try_again(door: Any, cloud: Any) -> None:
    """Whichever it is; what came before it in the rule is done, what comes after it is not."""
    topic = {"SNSAction": {"TopicArn": MAIL_TOPIC}}
    door.rule(S3, topic, function(), {"S3Action": {"BucketName": "last"}})
    for closed in ("last", FUNCTION, MAIL_TOPIC, "raw"):
        cloud.closed = {closed}
        with pytest.raises(receiving.NotNow, match=re.escape(closed)):
            door.mail()
    assert [bucket for bucket, _ in cloud.objects] == ["raw", "raw", "raw"]
    assert (len(cloud.published), len(cloud.invoked)) == (2, 1)


def test_headers_are_added_for_the_actions_after(door: Any, cloud: Any) -> None:
    """In their order below SES's own, above the mail's; for the rest of the rule, not for the next one."""

    def header(name: str) -> dict[str, Any]:
        return {"AddHeaderAction": {"HeaderName": name, "HeaderValue": f"v {name}"}}

    door.rule(
        {"S3Action": {"BucketName": "one"}}, header("X-A"), header("X-B"), {"S3Action": {"BucketName": "two"}}
    )
    door.rule({"S3Action": {"BucketName": "three"}}, name="next")
    door.mail(b"X-A: of the mail\r\n\r\nb\r\n")
    by_bucket = {bucket: body for (bucket, _), body in cloud.objects.items()}
    assert b"X-B" not in by_bucket["one"] + by_bucket["three"]
    assert by_bucket["two"].endswith(b"X-A: v X-A\r\nX-B: v X-B\r\nX-A: of the mail\r\n\r\nb\r\n")
    assert by_bucket["two"].index(b"X-SES-DKIM-SIGNATURE") < by_bucket["two"].index(b"X-A: v")


def test_a_bounce_is_a_mail_from_its_sender(door: Any) -> None:
    """It is in the inbox, and tells machines (RFC 3464) and people what the rule says."""
    door.rule({"BounceAction": BOUNCE})
    door.mail(
        b"Message-ID: <1@far.example>\r\nSubject: lunch\r\n\r\nhello\r\n", "a@example.com", "b@example.com"
    )
    ((sender, recipients, mail),) = door.inbox()
    assert (sender, recipients) == ("postmaster@example.com", ("jane@far.example",))
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "delivery-status"
    assert (mail["From"], mail["To"]) == ("postmaster@example.com", "jane@far.example")
    assert (mail["In-Reply-To"], mail["Auto-Submitted"]) == ("<1@far.example>", "auto-replied")
    words, status, original = mail.get_payload()
    assert "No such mailbox" in words.get_payload()
    per_mail, *per_recipient = status.get_payload()
    assert per_mail["Reporting-MTA"] == "dns; inbound-smtp.eu-west-1.amazonaws.com"
    assert [one["Final-Recipient"] for one in per_recipient] == [
        "rfc822; a@example.com",
        "rfc822; b@example.com",
    ]
    assert {(one["Action"], one["Status"], one["Diagnostic-Code"]) for one in per_recipient} == {
        ("failed", "5.1.1", "smtp; 550 5.1.1 No such mailbox")
    }
    assert original.get_content_type() == "text/rfc822-headers"
    assert "Subject: lunch" in original.get_payload()


@pytest.mark.parametrize(("code", "status"), [("550", "5.0.0"), ("450", "4.0.0")])
def test_a_bounce_without_a_status_has_the_reply_s_class(door: Any, code: str, status: str) -> None:
    """5.0.0 or 4.0.0, as in the templates for an unknown and a temporary failure."""
    door.rule(
        {"BounceAction": {**{k: v for k, v in BOUNCE.items() if k != "StatusCode"}, "SmtpReplyCode": code}}
    )
    door.mail()
    ((_, _, mail),) = door.inbox()
    assert mail.get_payload(1).get_payload(1)["Status"] == status


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("", b""),
        ("jane@far.example", b"Auto-Submitted: auto-replied\r\n"),
        ("jane@far.example", b"auto-submitted: Auto-Generated\r\n"),
    ],
)
def test_nobody_bounces_a_bounce(door: Any, sender: str, header: bytes) -> None:
    """Neither a mail without a sender nor an automatic one is answered, so that two machines never go on for ever."""
    door.rule({"BounceAction": BOUNCE})
    door.mail(header + b"Subject: s\r\n\r\nb\r\n", sender=sender)
    assert door.inbox() == []


def test_a_bounce_to_ourselves_ends(door: Any, cloud: Any) -> None:
    """A bounce for a sender whom we receive for comes in, and is not bounced again."""
    door.rule({"BounceAction": BOUNCE}, S3)
    door.mail(sender="someone@example.com")
    assert len(door.inbox()) == 1
    assert len(cloud.objects) == 2


def test_a_bounce_that_may_not_be_sent_stops_nothing(
    door: Any, cloud: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The identity may be gone since the rule was made: the log says so, the mail goes on."""
    door.rule({"BounceAction": BOUNCE}, S3)
    identities.new_identity(door.region, "other.example")
    door.region.account.sending_enabled = False
    door.mail()
    assert door.inbox() == []
    assert len(cloud.objects) == 1
    assert "the bounce of rule rule was not sent: Sending paused for this account" in caplog.text


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ({"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in", "TopicArn": TOPIC}}, {"type": "S3", "topicArn": TOPIC, "bucketName": "raw", "objectKeyPrefix": "in", "objectKey": "in/{id}"}),
        ({"S3Action": {"BucketName": "raw", "TopicArn": TOPIC}}, {"type": "S3", "topicArn": TOPIC, "bucketName": "raw", "objectKey": "{id}"}),
        ({"StopAction": {"Scope": "RuleSet", "TopicArn": TOPIC}}, {"type": "Stop", "topicArn": TOPIC}),
        (function("Event", TopicArn=TOPIC), {"type": "Lambda", "topicArn": TOPIC, "functionArn": FUNCTION, "invocationType": "Event"}),
        ({"BounceAction": {**BOUNCE, "TopicArn": TOPIC}}, {"type": "Bounce", "topicArn": TOPIC, "smtpReplyCode": "550", "statusCode": "5.1.1", "message": "No such mailbox", "sender": "postmaster@example.com"}),
    ],
)  # fmt: skip
def test_an_action_with_a_topic_tells_what_it_did(
    door: Any, action: dict[str, Any], told: dict[str, str]
) -> None:
    """The action object names the kind, the topic and what the kind has of its own; the mail itself is not in it."""
    door.rule(action)
    message_id = door.mail()
    (notice,) = door.told()
    assert notice["receipt"]["action"] == {name: value.format(id=message_id) for name, value in told.items()}
    assert "content" not in notice


def test_notifications_wait_for_the_answer(door: Any, cloud: Any) -> None:
    """They go out later, the mail is stored at once; a topic that says no by then is only logged."""
    left: list[Callable[[], None]] = []
    door.rule({"S3Action": {"BucketName": "raw", "TopicArn": TOPIC}})
    door.region.later = left.append
    door.mail()
    assert (len(cloud.objects), len(cloud.published), len(left)) == (1, 0, 1)
    left[0]()
    assert len(cloud.published) == 1
    cloud.closed.add(TOPIC)
    left[0]()
    assert len(cloud.published) == 1
