"""Events of Amazon SES: event publishing (`eventType`) and identity notifications (`notificationType`).

Shapes: SES developer guide, "Contents of event data that Amazon SES publishes to Amazon SNS" and "Amazon SNS
notification contents". EventBridge has the same object as `detail`.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any, NamedTuple

from lambda_src.status.event import Around, Because, Event, Ignored, NoRecipient, Unreadable, kind_in_words
from lambda_src.status.keys import NO_RECIPIENT
from lambda_src.status.values import (
    LONGEST_TEXT,
    address,
    addresses,
    first,
    identity,
    is_named,
    mapping,
    moment,
    number,
    text,
)

SOURCE = "ses"
MOST_RECIPIENTS = 100  # SES takes 50 a message


class Kind(NamedTuple):
    """A kind of event: its attribute, its object's name, and where in that object recipients are named."""

    name: str
    part: str
    recipients: str = ""


# The names as published, without spaces and in lower case.
KINDS = {
    "send": Kind("send", "send"),
    "delivery": Kind("delivered", "delivery", "recipients"),
    "bounce": Kind("", "bounce", "bouncedRecipients"),
    "complaint": Kind("complaint", "complaint", "complainedRecipients"),
    "reject": Kind("rejected", "reject"),
    "open": Kind("open", "open"),
    "click": Kind("click", "click"),
    "renderingfailure": Kind("rendering_failure", "failure"),
    "deliverydelay": Kind("delayed", "deliveryDelay", "delayedRecipients"),
    "subscription": Kind("unsubscribe", "subscription"),
}
# What EventBridge calls them, where the event does not say it itself (EventBridge's reference, "Amazon Simple
# Email Service events").
BRIDGED = {
    "Email Sent": "Send",
    "Email Delivered": "Delivery",
    "Email Bounced": "Bounce",
    "Email Complaint Received": "Complaint",
    "Email Rejected": "Reject",
    "Email Opened": "Open",
    "Email Clicked": "Click",
    "Email Rendering Failed": "Rendering Failure",
    "Email Delivery Delayed": "DeliveryDelay",
    "Email Subscribed": "Subscription",
}
# Of these, SES does not say which of several destinations it was.
_FOR_ALL = ("open", "click", "unsubscribe", "rejected")
# These happen when the message is taken; their objects have no time of their own.
_AT_ONCE = ("send", "rejected", "rendering_failure")
# What SES says on the same roads about other things than a sent message.
_NOT_ABOUT_SENDING = {
    "amazonsnssubscriptionsucceeded": "SES tells that a topic is subscribed",
    "received": "a mail that was received, not sent",
}
_TRUE = ("likely", "true", "yes", "1", "bot", "automated")


def read(body: dict[str, Any], around: Around, reference_tag: str) -> list[Event]:
    """The events of one published object: one for each recipient.

    Raises Ignored for kinds that say nothing about a sent message, Unreadable for broken ones.
    """
    kind = _kind(body)
    mail = mapping(body.get("mail"))
    part = mapping(body.get(kind.part))
    if not (message_id := identity(mail.get("messageId"))):
        raise Unreadable("no message id (mail.messageId)")
    if not kind.name and not part:
        raise Unreadable("no bounce (bounce)")  # of which kind, and for whom?
    sent = mail.get("timestamp")
    times = (sent, around.time) if kind.name in _AT_ONCE else (part.get("timestamp"), around.time, sent)
    if not (at := next(filter(None, map(moment, times)), "")):
        raise Unreadable("no time that can be read")
    facts = _facts(mail, around, reference_tag)
    return of_part(kind, message_id, at, part, destination(mail, "commonHeaders"), facts, SOURCE)


def is_one(body: dict[str, Any]) -> bool:
    """Whether an event of a kind that we do not know is SES's all the same."""
    return any(name in body for name in ("mail", "receipt", "notificationType"))


def destination(mail: dict[str, Any], headers: str) -> Any:
    """Whom a message went to: its envelope, or its headers where the event leaves the envelope out."""
    if found := mail.get("destination"):
        return found
    named = mapping(mail.get(headers))
    return [one for part in ("to", "cc", "bcc") for one in addresses(named.get(part)) if "@" in one]


def of_part(
    kind: Kind,
    message_id: str,
    at: str,
    part: dict[str, Any],
    everybody: Any,
    facts: dict[str, str],
    source: str,
) -> list[Event]:
    """The events that one object of SES's form says, `part`, of a message that went to `everybody`.

    Pinpoint's are of the same form (see there).
    """
    name = kind.name or _bounce_name(part)
    people, own = _people(kind, part, everybody, name)
    if len(people) > MOST_RECIPIENTS:
        raise Unreadable(f"more than {MOST_RECIPIENTS} recipients")
    mark = _mark(name, at, part) if name in _MARKED else ""
    bot = name in ("open", "click") and _is_bot(part)
    found = []
    for recipient, told in people.items():
        because = Because(source, *_because(name, part, told))
        found.append(Event(message_id, recipient, "email", name, at, because, facts, True, own, bot, mark))
    return found


def _kind(body: dict[str, Any]) -> Kind:
    published = body.get("eventType") or body.get("notificationType")
    if published is None:  # some senders leave it out; the object beside `mail` says as much
        present = [kind for kind in KINDS.values() if kind.part in body]
        if "receipt" in body:
            raise Ignored(_NOT_ABOUT_SENDING["received"])
        if not present:
            raise Unreadable("no eventType or notificationType")
        return present[0]
    plain = str(published).replace(" ", "").replace("_", "").lower()
    if (kind := KINDS.get(plain)) is None:
        raise Ignored(_NOT_ABOUT_SENDING.get(plain) or f"no kind that we know: {kind_in_words(published)}")
    return kind


def _facts(mail: dict[str, Any], around: Around, reference_tag: str) -> dict[str, str]:
    tags = mapping(mail.get("tags"))
    known = {
        "event_type": "email",
        "aws_account_id": text(mail.get("sendingAccountId")) or around.account,
        "from_address": address(mail.get("source")),
        "campaign_id": text(first(tags.get("campaign_id"))),
        "journey_id": text(first(tags.get("journey_id"))),
        "reference": text(first(tags.get(reference_tag))),
    }
    return {name: value for name, value in known.items() if value}


def _bounce_name(part: dict[str, Any]) -> str:
    """Permanent is hard; Transient and Undetermined are soft."""
    return "hardbounce" if text(part.get("bounceType")).lower() == "permanent" else "softbounce"


def _people(
    kind: Kind, part: dict[str, Any], everybody: Any, name: str
) -> tuple[dict[str, dict[str, Any]], bool]:
    """Each recipient with what is told of it alone, and whether the event is about each of them."""
    named = part.get(kind.recipients) if kind.recipients else None
    people: dict[str, dict[str, Any]] = {}
    for entry in named if isinstance(named, list) else [named]:
        for one in addresses(entry):
            people.setdefault(one, mapping(entry))
    if people:
        return people, True
    found = addresses(everybody)
    if is_named(named) or (not found and is_named(everybody)):
        raise NoRecipient
    unsaid = kind.recipients or name in _FOR_ALL
    return {one: {} for one in found or (NO_RECIPIENT,)}, not (unsaid and len(found) != 1)


def _because(name: str, part: dict[str, Any], told: dict[str, Any]) -> tuple[str, ...]:
    """Codes, words and number (see Because); `told` is what the event says of one recipient."""
    get = part.get
    if name == "delivered":
        answer = text(get("smtpResponse"), LONGEST_TEXT)
        return "", "", answer, number(get("processingTimeMillis"))
    if name in ("softbounce", "hardbounce"):
        return text(get("bounceType")), text(get("bounceSubType")), _diagnosis(told)
    if name == "delayed":
        return text(get("delayType")), "", _diagnosis(told)
    if name == "complaint":
        return text(get("complaintFeedbackType")), text(get("complaintSubType"))
    if name == "rejected":
        return "", "", text(get("reason"), LONGEST_TEXT)
    if name == "rendering_failure":
        return text(get("templateName")), "", text(get("errorMessage"), LONGEST_TEXT)
    if name == "unsubscribe":
        return text(get("source")), "", _preferences(part)
    return ()


def _diagnosis(told: dict[str, Any]) -> str:
    code = told.get("diagnosticCode") or told.get("status")
    return text(code, LONGEST_TEXT)


def _preferences(part: dict[str, Any]) -> str:
    """What a recipient chose: everything, or the topics opted out of."""
    chosen = mapping(part.get("newTopicPreferences"))
    if chosen.get("unsubscribeAll") is True:
        return "unsubscribed from everything"
    topics = chosen.get("topicSubscriptionStatus") or chosen.get("topicSubscription")
    entries = [mapping(topic) for topic in topics] if isinstance(topics, list) else []
    left = [text(topic.get("topicName")) for topic in entries if topic.get("subscriptionStatus") == "OptOut"]
    return text(f"opted out of {', '.join(left)}", LONGEST_TEXT) if any(left) else ""


# Events that are counted, and what tells one from another besides its time.
_MARKED = {
    "open": ("ipAddress", "userAgent"),
    "click": ("ipAddress", "userAgent", "link"),
    "delayed": ("delayType",),
}


def _mark(name: str, at: str, part: dict[str, Any]) -> str:
    seen = "\0".join([at, *(str(part.get(field, "")) for field in _MARKED[name])])
    return urlsafe_b64encode(blake2b(seen.encode(errors="replace"), digest_size=6).digest()).decode()


def _is_bot(part: dict[str, Any]) -> bool:
    """Whether SES says that a machine opened or clicked: `"isBotEvent": "Likely"`, since August 2026.

    "Unlikely" and no flag at all is a person. Another flag whose name speaks of bots counts too.
    """
    for name, value in part.items():
        lower = name.lower()
        if "bot" in lower or "automat" in lower:
            if isinstance(value, dict):
                return _is_bot(value)
            if value is True or text(value).lower() in _TRUE:
                return True
    return False
