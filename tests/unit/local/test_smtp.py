"""The inbound door, knocked at by smtplib, and the way from the submission door to it."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.conftest import Doors

BODY = "From: me@mail.example\r\nTo: a@far.example\r\nSubject: s\r\n{more}\r\nhello\r\n"


@pytest.fixture
def receiving(client: Callable[..., Any], region: Region) -> None:
    """in@mail.example is received into the bucket raw, over TLS only."""
    identities.new_identity(region, "mail.example")
    ses = client("ses")
    ses.create_receipt_rule_set(RuleSetName="main")
    ses.set_active_receipt_rule_set(RuleSetName="main")
    action = {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in/"}}
    rule = {
        "Name": "r",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Actions": [action],
        "Recipients": ["in@mail.example"],
    }
    ses.create_receipt_rule(RuleSetName="main", Rule=rule)


def stored(cloud: Any) -> list[bytes]:
    return [body for (_, key), body in cloud.objects.items() if not key.endswith("NOTIFICATION")]


def test_inbound_stores_what_it_takes(doors: Doors, receiving: None, cloud: Any) -> None:
    """A message over TLS to a covered address is stored with what SES knows of the session."""
    with doors.knock(doors.inbound) as client:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    (message,) = stored(cloud)
    assert b"Received: from sensor.example (sensor.example [127.0.0.1])" in message
    assert b"by inbound-smtp.eu-west-1.amazonaws.com with SMTP id " in message
    assert message.endswith(b"\r\n\r\nhello\r\n")


@pytest.mark.parametrize(
    ("recipient", "tls", "words"),
    [
        ("in@mail.example", False, b"5.7.1 TLS required by recipient"),
        ("no@mail.example", True, b"5.1.1 Requested action not taken: mailbox unavailable"),
    ],
)
def test_inbound_refuses_at_the_recipient(
    doors: Doors, receiving: None, cloud: Any, recipient: str, tls: bool, words: bytes
) -> None:
    """Without TLS where it is required, or without a rule, the recipient is refused and nothing is stored."""
    with doors.knock(doors.inbound, tls=tls) as client:
        client.ehlo()
        client.mail("sensor@far.example")
        assert client.rcpt(recipient) == (550, words)
    assert stored(cloud) == []


def test_inbound_sets_the_verdicts_that_a_test_asks_for(doors: Doors, receiving: None, cloud: Any) -> None:
    """The header that asks is gone from what is stored; one that SES would never say is refused, and told."""
    good, bad = (BODY.format(more=f"X-Mailroom-Verdicts: spf={word}\r\n") for word in ("FAIL", "MAYBE"))
    with doors.knock(doors.inbound) as client:
        client.sendmail("sensor@far.example", ["in@mail.example"], good)
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("sensor@far.example", ["in@mail.example"], bad)
    (message,) = stored(cloud)
    assert b"Received-SPF: fail (spfCheck: domain of far.example does not designate 127.0.0.1" in message
    assert b"X-Mailroom" not in message
    assert caught.value.smtp_code == 554
    assert b"'spf=MAYBE' is none of" in bytes(caught.value.smtp_error)


def test_inbound_says_try_again_when_the_bucket_is_closed(doors: Doors, receiving: None, cloud: Any) -> None:
    """A 4xx keeps the message at the sender, with the reason in the reply."""
    cloud.closed.add("raw")
    with doors.knock(doors.inbound) as client, pytest.raises(smtplib.SMTPDataError) as caught:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    assert caught.value.smtp_code == 451
    assert b"bucket raw" in bytes(caught.value.smtp_error)


def test_inbound_asks_nobody_who_they_are(doors: Doors) -> None:
    """The inbound door offers STARTTLS and no AUTH, like an MX."""
    with doors.knock(doors.inbound, tls=False) as client:
        client.ehlo()
        assert client.has_extn("starttls")
    with doors.knock(doors.inbound) as client:
        client.ehlo()
        assert not client.has_extn("auth")


def test_submission_to_ourselves_comes_in(doors: Doors, receiving: None, cloud: Any, ses: Ses) -> None:
    """What is submitted for an address that we receive for is sent, and received."""
    with doors.knock(doors.submission, login=("mailroom", "word")) as client:
        client.sendmail("me@mail.example", ["in@mail.example"], BODY.format(more=""))
    assert len(ses.mail.listing()) == 1
    assert len(stored(cloud)) == 1


def test_the_inbound_door_says_how_much_it_takes(doors: Doors) -> None:
    """SIZE is 40 MB, and a message that says it is larger is refused before it is sent."""
    with doors.knock(doors.inbound) as client:
        client.ehlo()
        assert int(client.esmtp_features["size"]) == 40 * 1024 * 1024
        assert client.mail("me@mail.example", ["size=50000000"])[0] == 552


def test_rules_run_in_threads_of_the_door(
    doors: Doors, receiving: None, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop's own run the functions that rules wait for."""
    seen: list[str] = []
    monkeypatch.setattr(cloud, "write_object", lambda *_, **__: seen.append(threading.current_thread().name))
    with doors.knock(doors.inbound) as client:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    assert [name.rpartition("_")[0] for name in seen] == ["mailroom-inbound"]


def test_what_goes_wrong_inside_is_not_the_sender_s_fault(
    doors: Doors, receiving: None, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 4xx, so that the mail is tried again, and no word of Python."""

    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(cloud, "write_object", broken)
    with doors.knock(doors.inbound) as client, pytest.raises(smtplib.SMTPDataError) as caught:
        client.sendmail("sensor@far.example", ["in@mail.example"], BODY.format(more=""))
    assert caught.value.smtp_code == 451
    assert b"Error" not in bytes(caught.value.smtp_error)
