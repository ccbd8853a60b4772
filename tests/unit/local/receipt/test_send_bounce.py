"""SendBounce: the sender of a mail that came in is told, as boto3 asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses.receipt.received import MAXIMUM_HEAD

from ..conftest import NOW

Client = Callable[..., Any]
GONE = {"Recipient": "user@example.com", "BounceType": "DoesNotExist"}


@pytest.fixture
def bounce(door: Any, client: Client) -> Callable[..., Any]:
    """Answers a mail that comes in, or the one that is named; a member that is None is left out."""
    ses = client("ses")

    def call(**more: Any) -> Any:
        asked = {
            "OriginalMessageId": more.pop("mail", "") or door.mail(),
            "BounceSender": "MAILER-DAEMON@example.com",
            "BouncedRecipientInfoList": [GONE],
            **more,
        }
        return ses.send_bounce(**asked)

    return call


def parts(door: Any) -> tuple[str, list[dict[str, str]]]:
    """What the one bounce says for a person, and its blocks of fields."""
    ((sender, recipients, mail),) = door.inbox()
    assert (sender, recipients, mail["To"]) == (
        "MAILER-DAEMON@example.com",
        ("jane@far.example",),
        "jane@far.example",
    )
    words, status, original = cast(list[Message], mail.get_payload())
    assert "Subject: s" in str(original.get_payload())
    blocks = [dict(block.items()) for block in cast(list[Message], status.get_payload())]
    return str(words.get_payload()).replace("\r\n", "\n"), blocks


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("DoesNotExist", "5.1.1", "smtp; 550 5.1.1 Mailbox does not exist"),
        ("MessageTooLarge", "5.3.4", "smtp; 552 5.3.4 Message too large"),
        ("ExceededQuota", "5.2.2", "smtp; 552 5.2.2 Mailbox full"),
        ("ContentRejected", "5.6.1", "smtp; 500 5.6.1 Message content rejected"),
        ("Undefined", "5.0.0", "smtp; 554 5.0.0 Unknown failure"),
        ("TemporaryFailure", "4.0.0", "smtp; 450 4.0.0 Temporary failure"),
    ],
)
def test_a_type_of_bounce_is_enough(
    bounce: Callable[..., Any], door: Any, kind: str, status: str, code: str
) -> None:
    """Codes and words are those of the console's templates."""
    bounce(BouncedRecipientInfoList=[{**GONE, "BounceType": kind}])
    words, (of_mail, of_recipient) = parts(door)
    assert "user@example.com" in words
    assert code.partition(status)[2].strip() in words
    assert of_mail["Reporting-MTA"] == "dns; inbound-smtp.eu-west-1.amazonaws.com"
    assert (of_recipient["Final-Recipient"], of_recipient["Action"]) == ("rfc822; user@example.com", "failed")
    assert (of_recipient["Status"], of_recipient["Diagnostic-Code"]) == (status, code)


def test_the_call_s_own_fields_and_words_come_first(bounce: Callable[..., Any], door: Any) -> None:
    """Explanation, MessageDsn and RecipientDsnFields are in the report, extensions too."""
    when = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    bounce(
        Explanation="The office has moved.",
        MessageDsn={
            "ReportingMta": "dns; mx.example.com",
            "ArrivalDate": when,
            "ExtensionFields": [{"Name": "X-Room", "Value": "7"}],
        },
        BouncedRecipientInfoList=[
            {
                "Recipient": "user@example.com",
                "RecipientDsnFields": {
                    "FinalRecipient": "moved@example.com",
                    "Action": "delayed",
                    "Status": "4.2.1",
                    "RemoteMta": "dns; far.example",
                    "DiagnosticCode": "smtp; 450 4.2.1 moved",
                    "LastAttemptDate": when,
                    "ExtensionFields": [{"Name": "X-Desk", "Value": "2"}],
                },
            },
            GONE,
        ],
    )
    words, (of_mail, first, second) = parts(door)
    date = "Mon, 23 Nov 2026 10:00:00 +0000"
    assert words.strip() == "The office has moved."
    assert of_mail == {"Reporting-MTA": "dns; mx.example.com", "Arrival-Date": date, "X-Room": "7"}
    assert first == {
        "Final-Recipient": "rfc822; moved@example.com",
        "Action": "delayed",
        "Remote-MTA": "dns; far.example",
        "Status": "4.2.1",
        "Diagnostic-Code": "smtp; 450 4.2.1 moved",
        "Last-Attempt-Date": date,
        "X-Desk": "2",
    }
    assert second["Status"] == "5.1.1"


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"mail": "x" * 40}, "MessageRejected", "No mail with the id x+ was received in the last 24 hours"),
        ({"BounceSender": "a@unknown.example"}, "MessageRejected", "not verified.*a@unknown.example"),
        ({"BounceSender": "nobody"}, "InvalidParameterValue", "Missing final '@domain'"),
        ({"BounceSenderArn": "arn:aws:ses:eu-west-1:000000000000:identity/x"}, "MessageRejected", "not verified"),
        ({"BouncedRecipientInfoList": []}, "InvalidParameterValue", "BouncedRecipientInfoList"),
        (
            {"BouncedRecipientInfoList": [{"Recipient": "user@example.com"}]},
            "InvalidParameterValue",
            "Either BounceType or RecipientDsnFields is required for user@example.com",
        ),
        (
            {"MessageDsn": {"ReportingMta": "dns; a\r\nX-Own: 1"}},
            "InvalidParameterValue",
            "linefeed|carriage return",
        ),
        (
            {"MessageDsn": {"ReportingMta": "dns; a", "ExtensionFields": [{"Name": "X\r\nB", "Value": "1"}]}},
            "InvalidParameterValue",
            "Illegal name of an extension field",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(
    bounce: Callable[..., Any], door: Any, more: dict[str, Any], code: str, words: str
) -> None:
    """By v1's names, and nothing is sent."""
    with pytest.raises(ClientError, match=words) as caught:
        bounce(**more)
    assert caught.value.response["Error"]["Code"] == code
    assert door.inbox() == []


def test_a_mail_is_answered_for_24_hours(
    bounce: Callable[..., Any], door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to then; what is older is forgotten when the next mail comes."""
    old = door.mail()
    for later, known in ((timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)):
        monkeypatch.setattr(door.region, "clock", lambda later=later: NOW + later)
        if known:
            bounce(mail=old)
        else:
            with pytest.raises(ClientError, match="in the last 24 hours"):
                bounce(mail=old)
    new = door.mail()
    assert door.region.received.find(old, NOW) is None
    assert door.region.received.find(new, NOW + timedelta(hours=24)) is not None


def test_what_is_remembered_of_a_mail_has_a_bound(door: Any) -> None:
    """Its headers, so many of them; never its body."""
    small = door.region.received.find(door.mail(b"Subject: s\r\n\r\nbody\r\n"), NOW)
    assert small.arrival.message == b"Subject: s\r\n\r\n"
    large = door.region.received.find(door.mail(b"X: y\r\n" * MAXIMUM_HEAD), NOW)
    assert len(large.arrival.message) <= MAXIMUM_HEAD + 4


def test_nobody_is_told_of_a_bounce(bounce: Callable[..., Any], door: Any) -> None:
    """A mail whose envelope names no sender has nobody to tell."""
    with pytest.raises(ClientError, match=r"MessageRejected.*a bounce itself"):
        bounce(mail=door.mail(sender=""))


def test_a_function_may_answer_the_mail_that_it_was_called_for(
    bounce: Callable[..., Any], door: Any, cloud: Any
) -> None:
    """The mail is known while the rules are still at work on it."""
    door.rule({"SNSAction": {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:told"}})
    seen: list[Any] = []
    door.region.cloud = cloud
    publish = cloud.publish

    def told(*arguments: Any, **more: Any) -> None:
        seen.append(bounce(mail=next(iter(door.region.received._mails))))
        publish(*arguments, **more)

    cloud.publish = told
    door.mail()
    assert [sender for sender, _, _ in door.inbox()] == ["MAILER-DAEMON@example.com"]
    assert len(seen) == 1


def test_iam_is_asked_for_the_sender_s_identity(bounce: Callable[..., Any], door: Any, backend: Any) -> None:
    """ses:SendBounce on the identity, with the address."""
    mail = door.mail()
    backend.asked.clear()
    bounce(mail=mail)
    assert backend.asked == [
        (
            "ses:SendBounce",
            "arn:aws:ses:eu-west-1:000000000000:identity/example.com",
            {"ses:FromAddress": "MAILER-DAEMON@example.com"},
        )
    ]
