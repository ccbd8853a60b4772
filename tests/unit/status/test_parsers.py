"""Events of SES, Pinpoint and SMS: what kind each is, when it was, and what is refused."""

from typing import Any

import pytest

from lambda_src.status.decode import Decoded, decode
from lambda_src.status.event import Event
from lambda_src.status.view import RANKS
from tests.unit.status.made import pinpoint, ses, sms


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
    ({**ses("Send"), "eventType": "Bounce"}, "no bounce (bounce)"),
    ({**ses("Send"), "notificationType": "Bounce", "eventType": None, "bounce": []}, "no bounce (bounce)"),
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
    # What SES writes, as several projects read it (smoketurner/aws-messaging-webhook, twinly's campaign report).
    ({"isBotEvent": "Likely"}, True), ({"isBotEvent": "likely"}, True), ({"isBotEvent": "Unlikely"}, False), ({"isBotEvent": None}, False),
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
