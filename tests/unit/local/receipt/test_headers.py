"""What SES writes above a mail, and how a test sets SES's verdicts."""

from __future__ import annotations

import re
from typing import Any

import dkim
import pytest

from lambda_src.inbound import verdicts as ours
from lambda_src.inbound.mime.headers import Headers
from mailroom.local.engine.scan import EICAR, GTUBE
from mailroom.local.engine.ses.dkim import public_record
from mailroom.local.engine.ses.receiving import Rejected
from mailroom.local.engine.ses.signers import amazon_signer

S3 = {"S3Action": {"BucketName": "raw"}}
MAIL = b"From: Jane <jane@far.example>\r\nTo: user@example.com\r\nSubject:  two  words\r\n\r\nhello\r\n\r\n"


def stored(door: Any, message: bytes = MAIL, *, scan: bool = True, **more: Any) -> bytes:
    door.rule(S3, scan=scan)
    door.mail(message, **more)
    (body,) = door.cloud.objects.values()
    return body


def test_the_names_come_in_ses_s_order(door: Any) -> None:
    """As in the published event of a Lambda action."""
    names = re.findall(rb"^([!-9;-~]+):", stored(door).partition(b"\r\n\r\n")[0], re.MULTILINE)
    assert [name.decode() for name in names] == [
        "Return-Path",
        "Received",
        "X-SES-Spam-Verdict",
        "X-SES-Virus-Verdict",
        "Received-SPF",
        "Authentication-Results",
        "X-SES-RECEIPT",
        "X-SES-DKIM-SIGNATURE",
        "From",
        "To",
        "Subject",
    ]


def test_the_first_lines_are_those_of_a_stored_mail(door: Any) -> None:
    """To the letter, but for the id: the form of objects that people have published."""
    body = stored(door).decode()
    message_id = next(key for _, key in door.cloud.objects)
    assert body.startswith(
        "Return-Path: <jane@far.example>\r\n"
        "Received: from mx.far.example (mx.far.example [203.0.113.9])\r\n"
        f" by inbound-smtp.eu-west-1.amazonaws.com with SMTP id {message_id}\r\n"
        " for user@example.com;\r\n"
        " Tue, 24 Nov 2026 12:00:00 +0000 (UTC)\r\n"
        "X-SES-Spam-Verdict: PASS\r\n"
        "X-SES-Virus-Verdict: PASS\r\n"
        "Received-SPF: none (spfCheck: 203.0.113.9 is neither permitted nor denied by domain of far.example)"
        " client-ip=203.0.113.9; envelope-from=jane@far.example; helo=mx.far.example;\r\n"
        "Authentication-Results: amazonses.com;\r\n"
        " spf=none (spfCheck: 203.0.113.9 is neither permitted nor denied by domain of far.example)"
        " client-ip=203.0.113.9; envelope-from=jane@far.example; helo=mx.far.example;\r\n"
        " dmarc=none header.from=far.example;\r\n"
        "X-SES-RECEIPT: AEFBQUFBQUFBQUF"
    )
    assert body.endswith(MAIL.decode())


def test_a_bounce_has_no_return_path_and_its_host_s_postmaster(door: Any) -> None:
    """As in a published bounce that came in to SES."""
    body = stored(door, sender="").decode()
    assert body.startswith("Return-Path: <>\r\n")
    assert "domain of mx.far.example) client-ip=203.0.113.9; envelope-from=postmaster@mx.far.example;" in body


def test_a_rule_that_does_not_scan_says_nothing_of_it(door: Any) -> None:
    """Stored mail of such rules has neither header, whatever is in the mail; notifications say DISABLED."""
    door.rule(S3, {"SNSAction": {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:t"}}, scan=False)
    door.mail(b"X-Mailroom-Verdicts: virus=FAIL\r\n\r\n" + EICAR + GTUBE)
    assert door.stored()["X-SES-Spam-Verdict"] is door.stored()["X-SES-Virus-Verdict"] is None
    (told,) = door.told()
    assert told["receipt"]["spamVerdict"] == told["receipt"]["virusVerdict"] == {"status": "DISABLED"}


@pytest.mark.parametrize(
    ("body", "spam", "virus"), [(GTUBE, "FAIL", "PASS"), (EICAR, "PASS", "FAIL"), (b"hello", "PASS", "PASS")]
)
def test_the_scan_knows_the_two_test_strings(door: Any, body: bytes, spam: str, virus: str) -> None:
    """GTUBE is spam and EICAR a virus, so that both can be tried without a setting."""
    stored(door, b"Subject: s\r\n\r\n" + body)
    assert (door.stored()["X-SES-Spam-Verdict"], door.stored()["X-SES-Virus-Verdict"]) == (spam, virus)


@pytest.mark.parametrize(
    ("setting", "line", "failed"),
    [
        ("spam=FAIL", "X-SES-Spam-Verdict: FAIL", ["spam"]),
        ("spam=GRAY", "X-SES-Spam-Verdict: GRAY", ["unscanned"]),
        ("virus=FAIL", "X-SES-Virus-Verdict: FAIL", ["virus"]),
        ("virus=PROCESSING_FAILED", "X-SES-Virus-Verdict: PROCESSING_FAILED", ["unscanned"]),
        ("virus=DISABLED", "X-SES-Spam-Verdict: PASS\nReceived-SPF: none", ["unscanned"]),
        ("spf=PASS", "spf=pass (spfCheck: domain of far.example designates 203.0.113.9 as permitted sender)", []),
        ("spf=FAIL", "spf=fail (spfCheck: domain of far.example does not designate 203.0.113.9 as permitted sender)", ["spf"]),
        ("spf=PROCESSING_FAILED", "spf=temperror (spfCheck: Error in retrieving data from DNS)", []),
        ("dkim=PASS", "dkim=pass header.i=@far.example;", []),
        ("dkim=FAIL", "dkim=fail header.i=@far.example;", ["dkim"]),
        ("dkim=PROCESSING_FAILED", "dkim=temperror header.i=@far.example;", []),
        ("dmarc=PASS", "dmarc=pass header.from=far.example;", []),
        ("dmarc=FAIL", "dmarc=fail header.from=far.example;", ["dmarc"]),
        ("dmarc=GRAY", "dmarc=none header.from=far.example;", []),
        (" SPF=FAIL ,dkim=FAIL,\r\n\tdmarc=FAIL, dmarc-policy=reject", "dmarc=fail header.from=far.example;", ["dmarc", "spf", "dkim"]),
    ],
)  # fmt: skip
def test_a_header_of_the_mail_sets_any_verdict(door: Any, setting: str, line: str, failed: list[str]) -> None:
    """SES's headers say it as SES would, our own processor reads it, and the header that asked is gone."""
    body = stored(door, b"X-Mailroom-Verdicts: " + setting.encode() + b"\r\n" + MAIL)
    assert line in body.decode().replace("\r\n", "\n")
    assert body.endswith(MAIL)
    assert b"X-Mailroom" not in body
    fields = re.findall(
        rb"^([!-9;-~]+):((?:.*\n)(?:[ \t].*\n)*)", body.partition(b"\r\n\r\n")[0] + b"\r\n", re.MULTILINE
    )
    assert ours.failed(Headers([(name.decode().lower(), value.strip()) for name, value in fields])) == failed


@pytest.mark.parametrize(
    "setting", ["spam=MAYBE", "spf=DISABLED", "colour=PASS", "spam", "spam=pass", "dmarc-policy=REJECT"]
)
def test_a_verdict_that_ses_does_not_know_is_refused(door: Any, setting: str) -> None:
    """With words that say which there are; nothing is stored."""
    with pytest.raises(
        Rejected, match=f"X-Mailroom-Verdicts: '{setting}' is none of spam, virus, spf, dkim, dmarc"
    ):
        stored(door, b"X-Mailroom-Verdicts: " + setting.encode() + b"\r\n\r\n")
    assert door.cloud.objects == {}


def test_only_a_header_sets_verdicts(door: Any) -> None:
    """The same line in the body, or in a header's continuation, is what the sender wrote."""
    mail = b"Subject: s\r\n X-Mailroom-Verdicts: spam=FAIL\r\n\r\nX-Mailroom-Verdicts: spam=FAIL\r\n"
    assert stored(door, mail).endswith(mail)
    assert door.stored()["X-SES-Spam-Verdict"] == "PASS"


@pytest.mark.parametrize(
    "message",
    [
        MAIL,
        b"Subject: =?utf-8?q?=C3=A9?=\r\n folded\r\nFrom: a@b.example\r\n\r\n",
        b"From: a@b.example\r\nSubject: \xe9\r\n\r\n\r\n\r\nx",
    ],
)
def test_the_signature_holds_under_its_proper_name(door: Any, message: bytes) -> None:
    """dkimpy takes it once X-SES-DKIM-SIGNATURE is called DKIM-Signature; a changed body or receipt is seen."""
    body = stored(door, message).replace(b"X-SES-DKIM-SIGNATURE", b"DKIM-Signature")
    signer = amazon_signer(door.region.name)

    def dns(asked: bytes, timeout: int = 5) -> bytes:
        assert asked.decode() == f"{signer.selector}._domainkey.amazonses.com."
        return public_record(signer.key).encode()

    assert dkim.verify(body, dnsfunc=dns)
    assert not dkim.verify(body + b"more", dnsfunc=dns)
    assert not dkim.verify(body.replace(b"X-SES-RECEIPT: A", b"X-SES-RECEIPT: B"), dnsfunc=dns)
