"""What comes back to the sender: by mail, by the identity's topics, and by our own inbound door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities, sending
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Region
from tests.unit.local.feedback import AWS, IDENTITY, RAW, TOPIC, Client, came_back, receive, send


@pytest.fixture
def region(region: Region) -> Region:
    identities.new_identity(region, "mail.example")
    return region


@pytest.mark.parametrize("name", ["bounce", "suppressionlist"])
def test_a_bounce_comes_back_as_a_delivery_report(name: str, region: Region) -> None:
    """RFC 3464: who, what, why; a program and a person can read it, and nobody answers it."""
    sent = send(region, f"{name}@{AWS}")
    ((recipients, report),) = came_back(region)
    assert recipients == ("m@mail.example",)
    assert (report.get_content_type(), report.get_param("report-type")) == (
        "multipart/report",
        "delivery-status",
    )
    assert str(report["From"]) == "MAILER-DAEMON@eu-west-1.amazonses.com"
    assert str(report["Auto-Submitted"]) == "auto-replied"
    words, status, original = report.iter_parts()
    assert f"{name}@{AWS}" in words.get_content()
    _, about = status.get_payload()
    assert about["Final-Recipient"] == f"rfc822; {name}@{AWS}"
    assert (about["Action"], about["Status"]) == ("failed", "5.1.1")
    assert about["Diagnostic-Code"].startswith(
        "smtp; 550" if name == "bounce" else "Amazon SES has suppressed"
    )
    assert original.get_content_type() == "text/rfc822-headers"
    assert f"Message-ID: <{sent}@eu-west-1.amazonses.com>" in original.get_content()


def test_a_complaint_comes_back_as_a_feedback_report(region: Region) -> None:
    """RFC 5965, with the kind of complaint."""
    send(region, f"complaint@{AWS}")
    ((_, report),) = came_back(region)
    assert report.get_param("report-type") == "feedback-report"
    _, feedback, original = report.iter_parts()
    text = feedback.as_bytes()
    assert b"Feedback-Type: abuse" in text
    assert b"User-Agent: Amazon SES Mailbox Simulator" in text
    assert f"Original-Rcpt-To: <complaint@{AWS}>".encode() in text
    assert "Subject" in original.get_content()


def test_an_absence_comes_back_as_an_answer(region: Region) -> None:
    """RFC 3834: marked as automatic, and an answer to that very mail."""
    sent = send(region, f"ooto+1@{AWS}")
    ((recipients, answer),) = came_back(region)
    assert recipients == ("m@mail.example",)
    assert str(answer["From"]) == f"ooto+1@{AWS}"
    assert str(answer["Auto-Submitted"]) == "auto-replied"
    assert str(answer["In-Reply-To"]) == f"<{sent}@eu-west-1.amazonses.com>"
    assert str(answer["Subject"]) == "Auto: Täst"


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?=", b"Subject: =?utf-8?b?!!!?=", b"Subject: \xff\xfe",
        b"Subject: =?klingon?q?x?=", b"Subject: a\x00b", b"Subject: " + b"x" * 20000, b"To: <<<>>>",
        b"Message-ID: =?utf-8?q?<a=0Ab>?=", b"Message-ID: " + b"y " * 600, b"X: =?utf-16?b?2AA=?=", b"X\x80: y",
        b"Subject: =?utf-8?b?a?=", b"To: =?utf-8?b?a?= <a@far.example>",
    ],
)  # fmt: skip
def test_no_header_breaks_what_comes_back(header: bytes, region: Region) -> None:
    """Whatever stands in a mail, every event of it is told, and every answer is a mail of its own."""
    raw = b"From: m@mail.example\r\n" + header + b"\r\n\r\nbody\r\n"
    recipients = [f"{name}@{AWS}" for name in ("ooto", "bounce", "complaint")]
    sent = sending.accept(region, Outgoing("m@mail.example", recipients, raw, "smtp"))
    events = region.mail.events(sent.id)
    assert len(json.loads(json.dumps(events))) == 6
    answers = [message for _, message in came_back(region)]
    assert len(answers) == 3
    assert all(message["Bcc"] is None and str(message["To"]) == "m@mail.example" for message in answers)


def test_what_was_delivered_comes_back_in_no_way(region: Region) -> None:
    """Success, and mail to anybody else, is not answered."""
    send(region, f"success@{AWS}", "a@far.example", "delayed@simulator.mailroom.example")
    assert came_back(region) == []


def test_it_comes_in_by_our_own_door_where_a_rule_covers_the_sender(region: Region, cloud: Any) -> None:
    """With an empty return path, so that it is answered by nobody; once."""
    receive(region, "m@mail.example")
    send(region, f"ooto@{AWS}")
    ((_, body),) = cloud.objects.items()
    assert body.startswith(b"Return-Path: <>\r\n")
    assert b"Auto-Submitted: auto-replied" in body


@pytest.mark.parametrize(
    ("call", "to"),
    [
        ({"service": "ses", "Source": "m@mail.example"}, "m@mail.example"),
        ({"service": "ses", "Source": "m@mail.example", "ReturnPath": "back@mail.example"}, "back@mail.example"),
        ({"service": "sesv2", "FromEmailAddress": "M <m@mail.example>"}, "m@mail.example"),
        ({"service": "sesv2", "FromEmailAddress": "m@mail.example", "FeedbackForwardingEmailAddress": "back@mail.example"}, "back@mail.example"),
        ({"service": "raw", "Source": "m@mail.example"}, "m@mail.example"),
        ({"service": "raw"}, "path@mail.example"),
    ],
)  # fmt: skip
def test_feedback_goes_where_the_call_says(
    call: dict[str, str], to: str, region: Region, client: Client
) -> None:
    """ReturnPath, else the source, else the Return-Path header ("Email feedback forwarding destination")."""
    service = call.pop("service")
    destination = {"ToAddresses": [f"bounce@{AWS}"]}
    message = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
    if service == "ses":
        client("ses").send_email(Destination=destination, Message=message, **call)
    elif service == "sesv2":
        client("sesv2").send_email(Destination=destination, Content={"Simple": message}, **call)
    else:
        raw = b"Return-Path: <path@mail.example>\r\n" + RAW
        client("ses").send_raw_email(Destinations=[f"bounce@{AWS}"], RawMessage={"Data": raw}, **call)
    assert [recipients for recipients, _ in came_back(region)] == [(to,)]


def destination(
    region: Region, target: str, *, enabled: bool = True, kinds: tuple[str, ...] = ("BOUNCE",)
) -> None:
    region.configuration_sets["told"] = {"SendingOptions": {"SendingEnabled": True}}
    region.event_destinations["told"] = {
        "d": {"Enabled": enabled, "MatchingEventTypes": list(kinds), target: {"TopicArn": TOPIC, "DimensionConfigurations": []}}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("forwarding", "topic", "target", "by_mail"),
    [
        (True, "", None, True),
        (True, TOPIC, None, True),
        (False, TOPIC, None, False),
        (False, "", {"target": "SnsDestination"}, False),
        (False, "", {"target": "SnsDestination", "enabled": False}, True),
        (False, "", {"target": "SnsDestination", "kinds": ("COMPLAINT",)}, True),
        (False, "", {"target": "CloudWatchDestination"}, True),
        (False, "", None, True),
    ],
)
def test_feedback_is_forwarded_where_it_is_wanted_or_nobody_else_hears_of_it(
    forwarding: bool, topic: str, target: dict[str, Any] | None, by_mail: bool, region: Region
) -> None:
    """On by default; off works only where a topic, or a destination that names recipients, takes bounces."""
    region.identities["mail.example"]["FeedbackForwardingStatus"] = forwarding
    region.notifications["mail.example"] = {"Bounce": topic}
    if target:
        destination(region, **target)
    send(region, f"bounce@{AWS}", configuration_set="told" if target else "")
    assert bool(came_back(region)) == by_mail


def told(cloud: Any) -> list[dict[str, Any]]:
    return [json.loads(text) for _, _, text in cloud.published]


def test_an_identity_s_topics_are_told_of_three_kinds(region: Region, cloud: Any, client: Client) -> None:
    """Each kind to its topic, on behalf of the identity, with headers only where they are wanted."""
    ses = client("ses")
    for kind in ("Bounce", "Complaint", "Delivery"):
        ses.set_identity_notification_topic(
            Identity="mail.example", NotificationType=kind, SnsTopic=f"{TOPIC}-{kind}"
        )
    ses.set_identity_headers_in_notifications_enabled(
        Identity="mail.example", NotificationType="Delivery", Enabled=True
    )
    assert [message["notificationType"] for message in told(cloud)] == ["AmazonSnsSubscriptionSucceeded"] * 3
    assert f"'{TOPIC}-Bounce' to receive 'Bounce' notifications" in told(cloud)[0]["message"]
    cloud.published.clear()
    cloud.sources.clear()
    message_id = send(region, f"bounce@{AWS}", f"complaint@{AWS}", "delayed@simulator.mailroom.example")
    assert [arn.rpartition("-")[2] for arn, _, _ in cloud.published] == [
        "Bounce",
        "Delivery",
        "Complaint",
        "Delivery",
    ]
    assert {subject for _, subject, _ in cloud.published} == {""}
    assert set(cloud.sources) == {IDENTITY}
    bounce, delivery, complaint, _ = told(cloud)
    for message in (bounce, delivery, complaint):
        assert message["mail"]["messageId"] == message_id
        assert (message["mail"]["sourceIp"], message["mail"]["callerIdentity"]) == ("127.0.0.1", "root")
        assert "tags" not in message["mail"]
    assert "headers" not in bounce["mail"]
    assert delivery["mail"]["commonHeaders"]["messageId"] == "<own@mail.example>"
    assert bounce["bounce"] == region.mail.events(message_id)[1]["bounce"]


def test_an_address_that_is_an_identity_does_not_use_its_domain_s_topics(region: Region, cloud: Any) -> None:
    """Topics of a domain are for its addresses that are no identities themselves."""
    identities.new_identity(region, "own@mail.example")
    region.notifications["mail.example"] = {"Bounce": TOPIC}
    send(region, f"bounce@{AWS}", sender="own@mail.example")
    assert cloud.published == []
    send(region, f"bounce@{AWS}", sender="other@mail.example")
    assert len(cloud.published) == 1


def test_a_topic_that_cannot_be_told_is_forgotten(region: Region, cloud: Any) -> None:
    """SES takes the setting off, forwards by mail again, and writes to the sender what it did."""
    region.identities["mail.example"]["FeedbackForwardingStatus"] = False
    region.notifications["mail.example"] = {"Bounce": TOPIC}
    cloud.closed.add(TOPIC)
    send(region, f"bounce@{AWS}")
    notice, report = (message for _, message in came_back(region))
    assert TOPIC in notice.get_content()
    assert report.get_content_type() == "multipart/report"
    assert region.notifications["mail.example"]["Bounce"] == ""
    assert region.identities["mail.example"]["FeedbackForwardingStatus"] is True


def test_a_topic_that_ses_may_not_publish_to_is_not_taken(region: Region, cloud: Any, client: Client) -> None:
    """InvalidParameterValue, and the setting stays as it was."""
    cloud.closed.add(TOPIC)
    ses = client("ses")
    with pytest.raises(ClientError, match="Could not publish to SNS topic") as caught:
        ses.set_identity_notification_topic(
            Identity="mail.example", NotificationType="Bounce", SnsTopic=TOPIC
        )
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
    found = ses.get_identity_notification_attributes(Identities=["mail.example"])
    assert found["NotificationAttributes"]["mail.example"]["BounceTopic"] == ""


def test_forwarding_is_switched_off_only_where_topics_take_both(region: Region, client: Client) -> None:
    """As v1's reference has it; on is always allowed."""
    ses = client("ses")
    for kind in ("Bounce", "Complaint"):
        with pytest.raises(ClientError, match="both bounces and complaints"):
            ses.set_identity_feedback_forwarding_enabled(Identity="mail.example", ForwardingEnabled=False)
        ses.set_identity_notification_topic(Identity="mail.example", NotificationType=kind, SnsTopic=TOPIC)
    ses.set_identity_feedback_forwarding_enabled(Identity="mail.example", ForwardingEnabled=False)
    assert region.identities["mail.example"]["FeedbackForwardingStatus"] is False
    ses.set_identity_feedback_forwarding_enabled(Identity="mail.example", ForwardingEnabled=True)
    assert region.identities["mail.example"]["FeedbackForwardingStatus"] is True


def test_an_identity_that_is_made_again_has_no_topics_of_before(region: Region, client: Client) -> None:
    """Deleted is deleted, its notification settings too."""
    region.notifications["mail.example"] = {"Bounce": TOPIC}
    client("sesv2").delete_email_identity(EmailIdentity="mail.example")
    identities.new_identity(region, "mail.example")
    found = client("ses").get_identity_notification_attributes(Identities=["mail.example"])
    assert found["NotificationAttributes"]["mail.example"]["BounceTopic"] == ""
