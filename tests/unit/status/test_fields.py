"""Events of SES, Pinpoint and SMS: whom they name, and what is kept of them."""

from typing import Any

import pytest

from lambda_src.status.decode import decode
from lambda_src.status.event import Event
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.state import EMPTY, fold
from lambda_src.status.view import view
from tests.unit.status.made import ANN, ID, pinpoint, ses, sms

BOB = "bob@example.com"
BOTH = {"destination": [ANN, BOB]}


def events(value: Any, tag: str = "reference") -> tuple[Event, ...]:
    [decoded] = decode(value, tag)
    assert decoded.outcome == "applied", decoded.reason
    return decoded.events


RECIPIENTS: list[tuple[dict[str, Any], list[str], bool]] = [
    (ses("Send", mail=BOTH), [ANN, BOB], True),
    (ses("Send", mail={"destination": "Ann <ANN@example.com>"}), [ANN], True),
    (ses("Send", mail={"destination": None}), [NO_RECIPIENT], True),
    (ses("Delivery", mail=BOTH, recipients=["Bob@example.com"]), [BOB], True),
    (ses("Delivery", mail=BOTH, recipients=BOB), [BOB], True),
    (ses("Delivery", mail=BOTH, recipients=None), [ANN, BOB], False),
    (ses("Delivery", recipients=[]), [ANN], True),
    (ses("Bounce", mail=BOTH, bouncedRecipients=[{"emailAddress": "Bob <bob@example.com>"}]), [BOB], True),
    (ses("Bounce", bouncedRecipients=[{"emailAddress": ANN}, {"emailAddress": BOB}]), [ANN, BOB], True),
    (ses("Bounce", bouncedRecipients=[{"emailAddress": "other@forwarded.example"}]), ["other@forwarded.example"], True),
    (ses("Bounce", mail=BOTH, bouncedRecipients=[{"action": "failed"}, None, 7]), [ANN, BOB], False),
    (ses("Complaint", mail=BOTH, complainedRecipients=[{"emailAddress": BOB}]), [BOB], True),
    (ses("Open"), [ANN], True),
    (ses("Open", mail=BOTH), [ANN, BOB], False),
    (ses("Click", mail=BOTH), [ANN, BOB], False),
    (ses("Subscription", mail=BOTH), [ANN, BOB], False),
    (ses("Reject", mail=BOTH), [ANN, BOB], False),
    (ses("Open", mail={"destination": []}), [NO_RECIPIENT], False),
    (pinpoint("_email.delivered", event={"delivery": {"recipients": ["BOB@example.com"]}}), [BOB], True),
    (pinpoint("_email.hardbounce", event={"bounce": {"bounced_recipients": [{"email_address": BOB}]}}), [BOB], True),
    (pinpoint("_email.hardbounce", event={"bounce": {"bounce_sub_type": "General"}}), [ANN], True),
    (pinpoint("_SMS.SUCCESS", attributes={"destination_phone_number": "+1 425-555-0101"}), ["+14255550101"], True),
    (pinpoint("_SMS.SUCCESS", attributes={"destination_phone_number": None}), [NO_RECIPIENT], True),
    (sms(destinationPhoneNumber=None), [NO_RECIPIENT], True),
]  # fmt: skip


@pytest.mark.parametrize(("value", "recipients", "own"), RECIPIENTS, ids=lambda value: str(value)[:60])
def test_recipients(value: dict[str, Any], recipients: list[str], own: bool) -> None:
    """An event counts for those whom it names; where it cannot say which of several, for all, marked so."""
    found = events(value)
    assert [event.recipient for event in found] == recipients
    assert {event.own for event in found} == {own}


REASONS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    (ses("Bounce"), ("Permanent", "NoEmail", "smtp; 550 5.1.1 unknown", "")),
    (ses("Bounce", bouncedRecipients=[{"emailAddress": ANN, "status": "5.1.1"}]), ("Permanent", "NoEmail", "5.1.1", "")),
    (ses("Delivery", smtpResponse="250 ok", processingTimeMillis=546), ("", "", "250 ok", "546")),
    (ses("Delivery", smtpResponse="250 \r\n" + "x" * 999, processingTimeMillis="11893"), ("", "", "250 " + "x" * 495 + "…", "11893")),
    (ses("Delivery", processingTimeMillis=-1), ("", "", "", "")),
    (ses("Complaint", complaintFeedbackType="abuse", complaintSubType=None), ("abuse", "", "", "")),
    (ses("Complaint", complaintSubType="OnAccountSuppressionList"), ("", "OnAccountSuppressionList", "", "")),
    (ses("Reject"), ("", "", "Bad content", "")),
    ({**ses("Send"), "eventType": "Rendering Failure", "failure": {"errorMessage": "no name", "templateName": "t"}}, ("t", "", "no name", "")),
    ({**ses("Send"), "eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": ANN, "diagnosticCode": "421"}]}}, ("MailboxFull", "", "421", "")),
    (ses("Subscription", source="EmailUi", newTopicPreferences={"unsubscribeAll": True}), ("EmailUi", "", "unsubscribed from everything", "")),
    (ses("Subscription", newTopicPreferences={"topicSubscriptionStatus": [{"topicName": "a", "subscriptionStatus": "OptOut"}, {"topicName": "b", "subscriptionStatus": "OptIn"}]}), ("", "", "opted out of a", "")),
    (pinpoint("_email.hardbounce", event={"bounce": {"bounce_type": "Permanent", "bounce_sub_type": "General"}}), ("Permanent", "General", "", "")),
    (pinpoint("_email.delivered", event={"delivery": {"smtp_response": "250 ok", "processing_time_millis": 1310}}), ("", "", "250 ok", "1310")),
    (pinpoint("_SMS.SUCCESS"), ("DELIVERED", "", "", "645")),
    (pinpoint("_SMS.SUCCESS", metrics={"price_in_millicents_usd": "580.5"}), ("DELIVERED", "", "", "580.5")),
    (pinpoint("_SMS.BUFFERED", metrics=None), ("DELIVERED", "", "", "")),
    (sms(), ("DELIVERED", "", "Message has been accepted by phone", "581")),
    (sms(messageStatus=None, totalMessagePrice="0.0075"), ("DELIVERED", "", "Message has been accepted by phone", "750")),
    (sms(messageStatusDescription="DELIVERED", totalMessagePrice=None), ("DELIVERED", "", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("value", "because"), REASONS, ids=lambda value: str(value)[:40])
def test_reasons(value: dict[str, Any], because: tuple[str, ...]) -> None:
    """Codes, words and numbers are kept, bounded, and of the recipient that they are about."""
    assert events(value)[0].because[1:] == because


def test_each_recipient_has_its_own_reason() -> None:
    """Of a bounce of two, each item says why for its own."""
    told = [
        {"emailAddress": ANN, "diagnosticCode": "550 a"},
        {"emailAddress": BOB, "diagnosticCode": "552 b"},
    ]
    found = events(ses("Bounce", bouncedRecipients=told))
    assert [(one.recipient, one.because.text) for one in found] == [(ANN, "550 a"), (BOB, "552 b")]


def test_facts_of_a_mail() -> None:
    """Account, sender, campaign, journey and own reference: of SES from its tags."""
    tags = {"campaign_id": "c1", "journey_id": ["j1"], "order": ["7"], "reference": []}
    [found] = events(ses("Send", mail={"tags": tags}), "order")
    assert found.facts == {
        "event_type": "email", "aws_account_id": "111122223333", "from_address": "news@example.org",
        "campaign_id": "c1", "journey_id": "j1", "reference": "7",
    }  # fmt: skip


def test_facts_of_pinpoint() -> None:
    """The same from a stream, and the endpoint besides."""
    [found] = events(pinpoint("_email.open"))
    assert found.facts == {
        "event_type": "email", "aws_account_id": "111122223333", "from_address": "news@example.org",
        "campaign_id": "c1", "journey_id": "j1", "reference": "order-7", "client": "endpoint-1",
    }  # fmt: skip


def test_facts_of_an_sms() -> None:
    """Numbers, country, kind of message, carrier; campaign and reference from `context`."""
    context = {"campaign_id": "c2", "journey_id": "j2", "reference": "order-8"}
    [found] = events(sms(context=context, carrierName="T-Mobile"))
    assert found.facts == {
        "event_type": "sms", "origination_phone_number": "+12065550100", "iso_country_code": "US",
        "message_type": "TRANSACTIONAL", "carrier": "T-Mobile", **context,
    }  # fmt: skip


RECORD_STATUSES = (
    *(
        "SUCCESSFUL",
        "DELIVERED",
        "PENDING",
        "INVALID",
        "INVALID_MESSAGE",
        "UNREACHABLE",
        "CARRIER_UNREACHABLE",
    ),
    *("BLOCKED", "CARRIER_BLOCKED", "SPAM", "UNKNOWN", "TTL_EXPIRED", "MAX_PRICE_EXCEEDED", "OPTED_OUT"),
    "Failed to send because phoneNumber provided is empty or null.",
)


@pytest.mark.parametrize("status", RECORD_STATUSES)
def test_record_statuses(status: str) -> None:
    """Any record_status is kept as it is published."""
    [found] = events(pinpoint("_SMS.FAILURE", attributes={"record_status": status}))
    assert view("m", "+1", fold(EMPTY, [found]))["record_status"] == status


def test_marks() -> None:
    """The same open twice is one; another time, address, agent or link is another."""
    changes = [
        {},
        {},
        {"timestamp": "2026-11-24T11:00:01Z"},
        {"ipAddress": "192.0.2.9"},
        {"userAgent": "y"},
        {"link": "x"},
    ]
    marks = [events(ses("Click", **change))[0].mark for change in changes]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 5
    assert {len(mark) for mark in marks} == {8}
    assert events(ses("Send"))[0].mark == ""


def test_message_id_of_ses_not_of_the_header() -> None:
    """The id is SES's; the message's own header is another."""
    common = {"commonHeaders": {"messageId": "<x@y.example>"}}
    assert events(ses("Send", mail=common))[0].message_id == ID
