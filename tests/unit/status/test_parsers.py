"""Events of SES, Pinpoint and SMS, field by field: what each says, and what is refused."""

from typing import Any

import pytest

from lambda_src.status.decode import Decoded, decode
from lambda_src.status.event import Event
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.state import EMPTY, fold
from lambda_src.status.view import RANKS, view
from tests.unit.status.made import ANN, ID, pinpoint, ses, sms

BOB = "bob@example.com"
BOTH = {"destination": [ANN, BOB]}


def one(value: Any, tag: str = "reference") -> Decoded:
    [decoded] = decode(value, tag)
    return decoded


def events(value: Any, tag: str = "reference") -> tuple[Event, ...]:
    decoded = one(value, tag)
    assert decoded.outcome == "applied", decoded.reason
    return decoded.events


KINDS = [
    (ses("Send"), "send"),
    (ses("Delivery"), "delivered"),
    (ses("Bounce"), "hardbounce"),
    (ses("Bounce", bounceType="permanent"), "hardbounce"),
    (ses("Bounce", bounceType="Transient"), "softbounce"),
    (ses("Bounce", bounceType="Undetermined"), "softbounce"),
    (ses("Bounce", bounceType=None), "softbounce"),
    (ses("Complaint"), "complaint"),
    (ses("Reject"), "rejected"),
    (ses("Open"), "open"),
    (ses("Click"), "click"),
    ({**ses("Send"), "eventType": "Rendering Failure", "failure": {}}, "rendering_failure"),
    ({**ses("Send"), "eventType": "RENDERING_FAILURE", "failure": {}}, "rendering_failure"),
    ({**ses("Send"), "eventType": "RenderingFailure"}, "rendering_failure"),
    ({**ses("Send"), "eventType": "DeliveryDelay", "deliveryDelay": {}}, "delayed"),
    ({**ses("Send"), "eventType": "DELIVERY"}, "delivered"),
    (ses("Subscription"), "unsubscribe"),
    ({**ses("Bounce"), "eventType": None, "notificationType": "Bounce"}, "hardbounce"),
    ({name: part for name, part in ses("Bounce").items() if name != "eventType"}, "hardbounce"),
    (pinpoint("_email.send"), "send"),
    (pinpoint("_email.delivered"), "delivered"),
    (pinpoint("_email.rejected"), "rejected"),
    (pinpoint("_email.hardbounce"), "hardbounce"),
    (pinpoint("_email.softbounce"), "softbounce"),
    (pinpoint("_email.complaint"), "complaint"),
    (pinpoint("_email.open"), "open"),
    (pinpoint("_email.click"), "click"),
    (pinpoint("_email.unsubscribe"), "unsubscribe"),
    (pinpoint("_email.rendering_failure"), "rendering_failure"),
    (pinpoint("_SMS.BUFFERED"), "buffered"),
    (pinpoint("_SMS.SUCCESS"), "success"),
    (pinpoint("_SMS.FAILURE"), "failure"),
    (pinpoint("_SMS.OPTOUT"), "optout"),
    (pinpoint("_SMS.SEND"), "buffered"),
    (pinpoint("_sms.success"), "success"),
    (pinpoint("_sms.fail"), "failure"),
    (sms("TEXT_QUEUED"), "buffered"),
    (sms("TEXT_PENDING"), "buffered"),
    (sms("TEXT_SENT"), "buffered"),
    (sms("TEXT_SUCCESSFUL"), "success"),
    (sms("TEXT_DELIVERED"), "success"),
    (sms("text_delivered"), "success"),
    *[
        (sms(f"TEXT_{kind}"), "failure")
        for kind in (
            *("INVALID", "INVALID_MESSAGE", "UNREACHABLE", "CARRIER_UNREACHABLE", "BLOCKED"),
            *("CARRIER_BLOCKED", "SPAM", "UNKNOWN", "TTL_EXPIRED", "PROTECT_BLOCKED", "OF_TOMORROW"),
        )
    ],
]


@pytest.mark.parametrize(("value", "name"), KINDS)
def test_kinds(value: dict[str, Any], name: str) -> None:
    """Every published kind has the attribute that the plan's table gives it, and a rank."""
    [found] = events(value)
    assert found.name == name
    assert name in RANKS


IGNORED = [
    ({"eventType": "Open Sesame", "mail": {}}, "no kind that we know: Open Sesame"),
    ({"eventType": "AwsApiCall"}, "no kind that we know: AwsApiCall"),
    ({"eventType": "<a@b.example>\n{}"}, "no kind that we know: ab.example"),
    ({"eventType": "x" * 99}, f"no kind that we know: {'x' * 60}"),
    ({"notificationType": "Received", "mail": {}, "receipt": {}}, "a mail that was received, not sent"),
    ({"mail": {}, "receipt": {}}, "a mail that was received, not sent"),
    (
        {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "x"},
        "SES tells that a topic is subscribed",
    ),
    (pinpoint("_campaign.send"), "no kind that we know: _campaign.send"),
    (pinpoint("_email.received"), "no kind that we know: _email.received"),
    (pinpoint("_SMS.RECEIVED"), "no kind that we know: _SMS.RECEIVED"),
    (pinpoint("cart.abandoned"), "no kind that we know: cart.abandoned"),
    ({"event_type": None}, "no kind that we know: (no name)"),
    (sms("MEDIA_DELIVERED"), "no kind that we know: MEDIA_DELIVERED"),
    (sms("VOICE_COMPLETED"), "no kind that we know: VOICE_COMPLETED"),
    (sms("RCS_READ"), "no kind that we know: RCS_READ"),
]


@pytest.mark.parametrize(("value", "reason"), IGNORED, ids=lambda value: str(value)[:50])
def test_ignored(value: dict[str, Any], reason: str) -> None:
    """Kinds that say nothing about a sent message are told by name, and are no fault."""
    assert one(value)[:2] == ("ignored", reason)


NO_ID = "no message id (mail.messageId)"
REJECTED = [
    ({"eventType": ""}, "no eventType or notificationType"),
    (ses("Open", mail={"messageId": None}), NO_ID),
    (ses("Open", mail={"messageId": ""}), NO_ID),
    (ses("Open", mail={"messageId": ["x"]}), NO_ID),
    (ses("Open", mail={"messageId": "x" * 257}), NO_ID),
    ({"eventType": "Open"}, NO_ID),
    ({"eventType": "Open", "mail": [], "open": []}, NO_ID),
    (ses("Open", mail={"timestamp": None}, timestamp=None), "no time that can be read"),
    (ses("Send", mail={"timestamp": "soon"}), "no time that can be read"),
    (ses("Send", mail={"destination": [f"{n}@x.example" for n in range(101)]}), "more than 100 recipients"),
    (pinpoint("_email.send", facets=None), "no message id (facets.email_channel.mail_event.mail.message_id)"),
    (pinpoint("_email.send", event_timestamp=None, arrival_timestamp="x"), "no time that can be read"),
    (pinpoint("_SMS.SUCCESS", attributes={"message_id": None}), "no message id (attributes.message_id)"),
    (pinpoint("_SMS.SUCCESS", event_timestamp=0, arrival_timestamp=None), "no time that can be read"),
    (sms(messageId=None), "no message id (messageId)"),
    (sms(eventTimestamp=None), "no time that can be read"),
]


@pytest.mark.parametrize(("value", "reason"), REJECTED, ids=lambda value: str(value)[:50])
def test_rejected(value: dict[str, Any], reason: str) -> None:
    """A broken event is refused with the reason, and with nothing of its own in it."""
    assert one(value)[:2] == ("rejected", reason)


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


TIMES = [
    (ses("Send"), "2026-11-24T10:00:00.000Z"),
    (ses("Reject", timestamp="2026-11-24T13:00:00Z"), "2026-11-24T10:00:00.000Z"),
    (ses("Bounce"), "2026-11-24T10:00:03.000Z"),
    (ses("Open", timestamp="2026-11-24T14:05:00+04:00"), "2026-11-24T10:05:00.000Z"),
    (ses("Open", timestamp=None), "2026-11-24T10:00:00.000Z"),
    (pinpoint("_email.send"), "2026-11-24T10:00:00.000Z"),
    (pinpoint("_email.open"), "2026-11-24T10:00:05.000Z"),
    (pinpoint("_email.open", arrival_timestamp=None), "2026-11-24T10:00:00.000Z"),
    (pinpoint("_email.send", event_timestamp=None), "2026-11-24T10:00:05.000Z"),
    (pinpoint("_SMS.SUCCESS"), "2026-11-24T10:00:00.000Z"),
    (pinpoint("_SMS.SUCCESS", event_timestamp="2026-11-24T11:00:00Z"), "2026-11-24T11:00:00.000Z"),
    (pinpoint("_SMS.SUCCESS", event_timestamp=None), "2026-11-24T10:00:05.000Z"),
    (sms(), "2026-11-24T10:00:00.000Z"),
    (sms(eventTimestamp="1795514400000"), "2026-11-24T10:00:00.000Z"),
]


@pytest.mark.parametrize(("value", "at"), TIMES, ids=lambda value: str(value)[:40])
def test_times(value: dict[str, Any], at: str) -> None:
    """An event's time is its own object's; a message's, where it happens as the message is taken. Of
    Pinpoint's e-mail events all have the time of sending, and only arrival tells them apart."""
    assert events(value)[0].at == at


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


@pytest.mark.parametrize(
    ("value", "final"),
    [
        (sms("TEXT_DELIVERED", isFinal=True), True), (sms("TEXT_SUCCESSFUL", isFinal=False), False),
        (sms("TEXT_UNREACHABLE", isFinal="false"), False), (sms("TEXT_SENT", isFinal="TRUE"), True),
        (sms("TEXT_SENT", isFinal=None), False), (sms("TEXT_DELIVERED", isFinal=None), True),
        (sms("TEXT_BLOCKED", isFinal=None), True), (pinpoint("_SMS.BUFFERED"), False), (pinpoint("_SMS.FAILURE"), True),
        (pinpoint("_SMS.OPTOUT"), True),
    ],
)  # fmt: skip
def test_finality(value: dict[str, Any], final: bool) -> None:
    """An SMS event is interim until isFinal says otherwise; where nothing says it, the kind does."""
    assert events(value)[0].final is final


BOTS = [
    ({"isBot": True}, True), ({"bot": "true"}, True), ({"automated": True}, True), ({"isAutomated": "TRUE"}, True),
    ({"botDetection": {"isBot": True}}, True), ({"isBot": False}, False), ({"isBot": "false"}, False), ({}, False),
    ({"userAgent": "Googlebot"}, False), ({"isBot": None}, False), ({"linkTags": {"robot": ["true"]}}, False),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "bot"), BOTS, ids=str)
def test_bots(flags: dict[str, Any], bot: bool) -> None:
    """What SES flags as automated is so; a user agent is not judged by us."""
    for kind in ("Open", "Click"):
        assert events(ses(kind, **flags))[0].bot is bot
    assert events(ses("Delivery", **flags))[0].bot is False


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
