"""Mail to addresses of our own: delivered by our inbound door, or bounced, and told of."""

from __future__ import annotations

from typing import Any

import pytest

from mailroom.local.engine.scan import EICAR
from mailroom.local.engine.ses import identities, sending
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Region
from tests.unit.local.feedback import RAW, TOPIC, came_back, receive, send


@pytest.fixture
def region(region: Region) -> Region:
    identities.new_identity(region, "mail.example")
    return region


def kinds(region: Region, message_id: str) -> list[str]:
    return [event["eventType"] for event in region.mail.events(message_id)]


def test_mail_to_ourselves_is_delivered_with_the_door_s_reply(region: Region, cloud: Any) -> None:
    """Brought in for those whom a rule covers; whoever else is in our domain has a mailbox elsewhere."""
    receive(region, "in@mail.example")
    message_id = send(region, "in@mail.example", "other@mail.example")
    assert len(cloud.objects) == 1
    assert kinds(region, message_id) == ["Send", "Delivery", "Delivery"]
    elsewhere, ours = (event["delivery"] for event in region.mail.events(message_id)[1:])
    assert (elsewhere["recipients"], ours["recipients"]) == (["other@mail.example"], ["in@mail.example"])
    ((_, key),) = cloud.objects
    assert ours["smtpResponse"] == f"250 2.0.0 OK {key}"


def test_mail_to_ourselves_that_a_filter_blocks_bounces_and_does_not_suppress(region: Region) -> None:
    """A policy's refusal is no reason never to write again."""
    receive(region, "in@mail.example")
    region.filters["f"] = {"Name": "f", "IpFilter": {"Policy": "Block", "Cidr": "127.0.0.0/8"}}
    message_id = send(region, "in@mail.example")
    bounce = region.mail.events(message_id)[1]["bounce"]
    assert (bounce["bounceType"], bounce["bouncedRecipients"][0]["status"]) == ("Transient", "5.7.1")
    assert region.suppressed == {}


def test_mail_to_ourselves_that_cannot_be_stored_now_is_delayed(region: Region, cloud: Any) -> None:
    """A bucket that SES may not write to is the recipient's server's trouble, and may be mended."""
    receive(region, "in@mail.example")
    cloud.closed.add("raw")
    message_id = send(region, "in@mail.example")
    assert kinds(region, message_id) == ["Send", "DeliveryDelay"]
    delay = region.mail.events(message_id)[1]["deliveryDelay"]
    assert delay["delayType"] == "RecipientServerError"
    assert delay["delayedRecipients"][0]["diagnosticCode"].startswith("smtp; 451 4.3.0")


def bounced(region: Region, message_id: str) -> tuple[str, str, str]:
    """How a mail came back after its delivery."""
    assert kinds(region, message_id) == ["Send", "Delivery", "Bounce"]
    bounce = region.mail.events(message_id)[2]["bounce"]
    assert "remoteMtaIp" not in bounce
    assert bounce["reportingMTA"] == "dns; inbound-smtp.eu-west-1.amazonaws.com"
    (about,) = bounce["bouncedRecipients"]
    assert (about["emailAddress"], about["action"]) == ("in@mail.example", "failed")
    return bounce["bounceType"], bounce["bounceSubType"], about["diagnosticCode"]


@pytest.mark.parametrize(
    ("code", "status", "kind", "suppresses"),
    [
        ("550", "5.1.1", ("Permanent", "General"), True),
        ("552", "5.2.2", ("Transient", "MailboxFull"), False),
        ("552", "5.3.4", ("Transient", "MessageTooLarge"), False),
        ("500", "5.6.1", ("Transient", "ContentRejected"), False),
        ("554", "5.0.0", ("Undetermined", "Undetermined"), False),
        ("450", "4.0.0", ("Transient", "General"), False),
        ("550", "5.7.1", ("Transient", "General"), False),
    ],
)
def test_mail_to_ourselves_that_a_rule_bounces_is_a_bounce_after_its_delivery(
    region: Region, code: str, status: str, kind: tuple[str, str], suppresses: bool
) -> None:
    """The bounce goes to SES's return path, so SES tells of it; and it comes back to the sender by mail."""
    receive(region, "in@mail.example")
    bounce = {"SmtpReplyCode": code, "StatusCode": status, "Message": "no", "Sender": "door@mail.example"}
    region.rule_sets["main"]["Rules"][0]["Actions"] = [{"BounceAction": bounce}]
    message_id = send(region, "in@mail.example")
    assert bounced(region, message_id) == (*kind, f"smtp; {code} {status} no")
    assert list(region.suppressed) == ["in@mail.example"] * suppresses
    ((recipients, report),) = came_back(region)
    assert recipients == ("m@mail.example",)
    assert report.get_param("report-type") == "delivery-status"
    headers = {one["name"]: one["value"] for one in region.mail.events(message_id)[2]["mail"]["headers"]}
    assert headers.keys() == {"From", "To", "Subject", "Message-ID", "Date"}
    (sent,) = (one for one in region.mail.listing() if one.via == "receipt rule")
    assert kinds(region, sent.id) == ["Send", "Delivery"]


def test_mail_to_ourselves_that_a_topic_cannot_carry_is_a_bounce_after_its_delivery(
    region: Region, cloud: Any
) -> None:
    """SES's own word for it reaches the sender too."""
    receive(region, "in@mail.example")
    region.rule_sets["main"]["Rules"][0]["Actions"] = [{"SNSAction": {"TopicArn": TOPIC}}]
    large = RAW + b"x" * 76 * 2048
    message_id = sending.accept(
        region, Outgoing("m@mail.example", ["in@mail.example"], large, "smtp", maximum_bytes=1 << 20)
    ).id
    assert bounced(region, message_id)[:2] == ("Transient", "MessageTooLarge")
    assert cloud.published == []


REPORT = (
    b"From: door@mail.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; far.example\r\n\r\n%b\r\n--b--\r\n"
)
FAILED = b"Final-Recipient: rfc822; A@far.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"


@pytest.mark.parametrize(
    ("report", "bounces"),
    [
        (REPORT % FAILED, 1),
        (REPORT % (FAILED + b"\r\n" + FAILED), 1),
        (REPORT % FAILED.replace(b"A@far", b"somebody@else"), 0),
        (REPORT % FAILED.replace(b"failed", b"delayed"), 0),
        (REPORT % FAILED.replace(b"5.1.1", b"2.1.1"), 0),
        (REPORT % FAILED.replace(b"5.1.1", b"\xff\xff"), 0),
        (REPORT % b"", 0),
        (REPORT.replace(b"message/", b"text/") % FAILED, 0),
        (REPORT.replace(b"boundary=b", b"boundary=c") % FAILED, 0),
        (REPORT % FAILED + EICAR, 0),
        (RAW, 0),
    ],
)
def test_whoever_writes_to_a_return_path_speaks_of_that_mail_alone(
    region: Region, report: bytes, bounces: int
) -> None:
    """Its recipients, failed for good or for now; each once, and nothing breaks by what a report may hold."""
    message_id = send(region, "a@far.example")
    back = region.mail.find(message_id)
    assert back is not None
    sending.accept(region, Outgoing("door@mail.example", [back.return_path.upper()], report, "smtp"))
    assert kinds(region, message_id) == ["Send", "Delivery"] + ["Bounce"] * bounces
    assert list(region.suppressed) == ["a@far.example"] * bounces


def test_an_address_that_only_looks_like_a_return_path_is_none(region: Region) -> None:
    """The domain must be the one that the mail had; so must the id."""
    message_id = send(region, "a@far.example")
    for address in (f"{message_id}@far.example", "0102@eu-west-1.amazonses.com"):
        sending.accept(region, Outgoing("door@mail.example", [address], REPORT % FAILED, "smtp"))
    assert kinds(region, message_id) == ["Send", "Delivery"]


def test_mail_to_ourselves_that_the_door_rejects_bounces(region: Region) -> None:
    """It asks for verdicts that there are not."""
    receive(region, "in@mail.example")
    message = b"X-Mailroom-Verdicts: taste=FAIL\r\n" + RAW
    sent = sending.accept(region, Outgoing("m@mail.example", ["in@mail.example"], message, "smtp"))
    bounce = region.mail.events(sent.id)[1]["bounce"]
    assert bounce["bouncedRecipients"][0]["diagnosticCode"].startswith("smtp; 554 5.6.0")
