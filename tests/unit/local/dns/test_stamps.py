"""What SES changes in a message's headers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.sending import Outgoing, accept
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.engine.ses.store import Sent
from tests.unit.local.dns.asking import signatures

HEAD = b"From: m@mail.example\r\nTo: a@far.example\r\n"


def send(region: Region, head: bytes = HEAD, sender: str = "m@mail.example", **more: Any) -> tuple[Sent, str]:
    """A message's entry, and its headers below the signatures."""
    found = accept(region, Outgoing(sender, ["a@far.example"], head + b"\r\nhello\r\n", "api-v2", **more))
    message = (region.mail.raw(found.id) or b"").decode()
    return found, message[message.index("\r\nFrom:") + 2 : message.index("\r\n\r\n") + 2]


def test_ses_adds_its_own_fields_at_the_end(domain: Region) -> None:
    """In the order and form of mail that SES sent: see docs/local.md."""
    found, headers = send(domain)
    account = headers.partition(":1.eu-west-1.")[2].partition(":Amazon")[0]
    assert headers == (
        "From: m@mail.example\r\n"
        "To: a@far.example\r\n"
        f"Message-ID: <{found.id}@eu-west-1.amazonses.com>\r\n"
        "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
        f"Feedback-ID: ::1.eu-west-1.{account}:AmazonSES\r\n"
        "X-SES-Outgoing: 2026.11.24-127.0.0.1\r\n"
    )
    assert len(base64.b64decode(account)) == 32


def test_the_day_of_a_date_has_no_zero_before_it(ses: Ses) -> None:
    """As SES writes it, in UTC."""
    ses.clock = lambda: datetime(2026, 12, 2, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    region = ses.region("eu-west-1")
    identities.new_identity(region, "mail.example")
    assert "Date: Tue, 1 Dec 2026 23:30:00 +0000\r\n" in send(region)[1]


def test_message_id_and_date_are_ses_s_where_the_sender_had_them(domain: Region) -> None:
    """Overridden in place, under the name as it was written."""
    found, headers = send(
        domain, HEAD + b"Message-Id: <mine@x>\r\nX-A: 1\r\ndate: yesterday\r\n at noon\r\nX-B: 2\r\n"
    )
    assert headers.split("\r\n")[2:6] == [
        f"Message-Id: <{found.id}@eu-west-1.amazonses.com>",
        "X-A: 1",
        "date: Tue, 24 Nov 2026 12:00:00 +0000",
        "X-B: 2",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Bcc", "Return-Path", "Feedback-ID", "X-SES-Outgoing", "X-SES-CONFIGURATION-SET", "X-SES-MESSAGE-TAGS",
        "X-SES-SOURCE-ARN", "X-SES-FROM-ARN", "X-SES-RETURN-PATH-ARN", "X-SES-LIST-MANAGEMENT-OPTIONS",
    ],
)  # fmt: skip
def test_what_is_for_ses_alone_is_taken_out(domain: Region, name: str) -> None:
    """No recipient sees it, folded or not, in whatever case."""
    _, headers = send(
        domain, HEAD + f"{name.lower()}: secret\r\n and more secret\r\n{name}-not: kept\r\n".encode()
    )
    assert "secret" not in headers
    assert f"{name}-not: kept" in headers


def test_a_signature_of_the_sender_s_own_stays(domain: Region) -> None:
    """Mail signed by hand is signed by SES as well, and keeps its own signature below."""
    found, headers = send(domain, HEAD + b"DKIM-Signature: v=1; d=hand.example; s=a\r\n")
    assert "DKIM-Signature: v=1; d=hand.example; s=a\r\n" in headers
    listed = [one["d"] for one in signatures(domain.mail.raw(found.id) or b"")]
    assert listed == ["mail.example", "amazonses.com", "hand.example"]


def test_feedback_id_has_two_words_of_the_sender(domain: Region) -> None:
    """By the message tags that SES names for it."""
    _, headers = send(
        domain, tags=[("ses:feedback-id-a", "spring"), ("ses:feedback-id-b", "news"), ("c", "d")]
    )
    assert "Feedback-ID: spring:news:1.eu-west-1." in headers


@pytest.mark.parametrize(
    ("name", "message_id", "envelope"),
    [
        ("eu-west-1", "eu-west-1.amazonses.com", "eu-west-1.amazonses.com"),
        ("us-east-1", "email.amazonses.com", "amazonses.com"),
    ],
)
def test_the_first_region_has_names_of_its_own(ses: Ses, name: str, message_id: str, envelope: str) -> None:
    """us-east-1 is older than Regions: neither Message-ID nor envelope names it."""
    region = ses.region(name)
    identities.new_identity(region, "mail.example")
    found, headers = send(region)
    assert f"<{found.id}@{message_id}>" in headers
    assert found.return_path == f"{found.id}@{envelope}"


def test_the_envelope_is_below_a_custom_mail_from(domain: Region, client: Callable[..., Any]) -> None:
    """Where the identity has a MAIL FROM domain receivers see it, for every sender below that identity."""
    client("sesv2").put_email_identity_mail_from_attributes(
        EmailIdentity="mail.example", MailFromDomain="bounce.mail.example"
    )
    found, headers = send(domain, b"From: x@below.mail.example\r\n", "x@below.mail.example")
    assert found.return_path == f"{found.id}@bounce.mail.example"
    assert f"{found.id}@eu-west-1.amazonses.com" in headers  # the Message-ID stays SES's
