"""Events of AWS End User Messaging SMS (`TEXT_*`).

Shape: its user guide, "Example event data". On EventBridge's default bus, where every account has them
without any destination, the published examples ("Monitoring with EventBridge") have no
`destinationPhoneNumber`: such events name no recipient.
"""

from typing import Any

from lambda_src.status.event import Around, Because, Event, Ignored, NoRecipient, Unreadable, kind_in_words
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.values import LONGEST_TEXT, MILLICENTS, identity, mapping, moment, number, phone, text

SOURCE = "sms"
PREFIXES = ("TEXT_", "MEDIA_", "VOICE_", "RCS_")  # the last three are other channels: ignored
_STILL_GOING = ("TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT")
_ARRIVED = ("TEXT_SUCCESSFUL", "TEXT_DELIVERED")


def read(body: dict[str, Any], around: Around, reference_tag: str) -> list[Event]:
    """The one event of a published object. Raises Ignored or Unreadable.

    The attribute `price_in_millicents_usd` is Pinpoint's "amount that we charged you to send the message".
    `totalMessagePrice` has the same words in its own guide, in US dollars: so it is that one, converted
    exactly. `totalCarrierFee` is charged besides, and Pinpoint's price has no such part: it is left out.
    """
    kind = text(body.get("eventType")).upper()
    if not kind.startswith("TEXT_"):
        raise Ignored(f"no kind that we know: {kind_in_words(kind)}")
    if not (message_id := identity(body.get("messageId"))):
        raise Unreadable("no message id (messageId)")
    if not (at := moment(body.get("eventTimestamp")) or moment(around.time)):
        raise Unreadable("no time that can be read")
    because = Because(
        SOURCE,
        text(body.get("messageStatus")) or kind.removeprefix("TEXT_"),
        text="" if _says_nothing(body) else text(body.get("messageStatusDescription"), LONGEST_TEXT),
        number=number(body.get("totalMessagePrice"), times=MILLICENTS),
    )
    recipient = recipient_of(body.get("destinationPhoneNumber"))
    facts = _facts(body, around, reference_tag)
    return [Event(message_id, recipient, "sms", _name(kind), at, because, facts, _is_final(body, kind))]


def recipient_of(value: Any) -> str:
    """The number that a text went to, or NO_RECIPIENT; raises NoRecipient where it cannot be read."""
    found = phone(value)
    if not found and text(value):
        raise NoRecipient
    return found or NO_RECIPIENT


def is_one(body: dict[str, Any]) -> bool:
    """Whether an event of a kind that we do not know is this service's all the same: its prefix says so."""
    return str(body.get("eventType")).upper().startswith(PREFIXES)


def _name(kind: str) -> str:
    if kind in _STILL_GOING:
        return "buffered"
    return "success" if kind in _ARRIVED else "failure"


def _is_final(body: dict[str, Any], kind: str) -> bool:
    """`isFinal` says it; where it is missing, all but the three that are still going are final."""
    told = body.get("isFinal")
    if isinstance(told, bool):
        return told
    if text(told).lower() in ("true", "false"):
        return text(told).lower() == "true"
    return kind not in _STILL_GOING


def _says_nothing(body: dict[str, Any]) -> bool:
    return body.get("messageStatusDescription") == body.get("messageStatus")


def _facts(body: dict[str, Any], around: Around, reference_tag: str) -> dict[str, str]:
    context = mapping(body.get("context"))
    known = {
        "event_type": "sms",
        "aws_account_id": around.account,
        "origination_phone_number": phone(body.get("originationPhoneNumber")),
        "iso_country_code": text(body.get("isoCountryCode")),
        "message_type": text(body.get("messageType")),
        "carrier": text(body.get("carrierName")),
        "campaign_id": text(context.get("campaign_id")),
        "journey_id": text(context.get("journey_id")),
        "reference": text(context.get(reference_tag)),
    }
    return {name: value for name, value in known.items() if value}
