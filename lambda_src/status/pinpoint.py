"""Events as an Amazon Pinpoint event stream has them: `_email.*` and `_SMS.*`.

Shapes: Pinpoint developer guide, "Email event data stream from Amazon Pinpoint" and "SMS event data stream
from Amazon Pinpoint"; before version 3 `account_id`, `timestamp`, and the SMS names in lower case.
"""

from functools import lru_cache
from typing import Any

from lambda_src.status import ses
from lambda_src.status.event import Around, Because, Event, Ignored, Unreadable, kind_in_words
from lambda_src.status.sms import recipient_of
from lambda_src.status.values import address, identity, mapping, moment, number, phone, text

SOURCE = "pinpoint"
EMAIL = {
    "send": ses.KINDS["send"],
    "delivered": ses.KINDS["delivery"],
    "rejected": ses.KINDS["reject"],
    "hardbounce": ses.KINDS["bounce"]._replace(name="hardbounce"),
    "softbounce": ses.KINDS["bounce"]._replace(name="softbounce"),
    "complaint": ses.KINDS["complaint"],
    "open": ses.KINDS["open"],
    "click": ses.KINDS["click"],
    "unsubscribe": ses.KINDS["subscription"],
    "rendering_failure": ses.KINDS["renderingfailure"],
}
SMS = {
    "buffered": "buffered",
    "send": "buffered",
    "success": "success",
    "failure": "failure",
    "fail": "failure",
    "optout": "optout",
}


def read(body: dict[str, Any], around: Around, reference_tag: str) -> list[Event]:
    """The events of one record of the stream: one for each recipient.

    Raises Ignored for campaigns, journeys, sessions and an app's own events, Unreadable for broken ones.
    """
    published = text(body.get("event_type"))
    family, _, name = published.partition(".")
    if family == "_email" and (kind := EMAIL.get(name.lower())):
        return _email(kind, body, around, reference_tag)
    if family.lower() == "_sms" and (attribute := SMS.get(name.lower())):
        return [_sms(attribute, body, around, reference_tag)]
    raise Ignored(f"no kind that we know: {kind_in_words(published)}")


def is_one(body: dict[str, Any]) -> bool:
    """Whether an event of a kind that we do not know is Pinpoint's all the same: an app's own, for one."""
    family = text(body.get("event_type"))[:1]
    return family == "_" or any(name in body for name in ("application", "awsAccountId", "client", "facets"))


def _email(kind: ses.Kind, body: dict[str, Any], around: Around, reference_tag: str) -> list[Event]:
    """Pinpoint's mail_event is SES's, its names written with underscores."""
    event = mapping(mapping(mapping(body.get("facets")).get("email_channel")).get("mail_event"))
    mail = mapping(event.get("mail"))
    attributes = mapping(body.get("attributes"))
    if not (message_id := identity(mail.get("message_id") or attributes.get("message_id"))):
        raise Unreadable("no message id (facets.email_channel.mail_event.mail.message_id)")
    at = _email_time(kind.name, body, around)
    facts = _facts("email", body, around, attributes, reference_tag)
    if sender := address(mail.get("from_address")):
        facts["from_address"] = sender
    part = mapping(_camel(event.get(kind.part)))
    everybody = ses.destination(mail, "common_headers")
    return ses.of_part(kind, message_id, at, part, everybody, facts, SOURCE)


def _email_time(name: str, body: dict[str, Any], around: Around) -> str:
    """When an e-mail event happened.

    For e-mail, `event_timestamp` is "the time when the message was sent ... typically the same for all the
    events that are generated for a message" (Pinpoint's page); what came later has `arrival_timestamp`.
    """
    sent, arrived = body.get("event_timestamp") or body.get("timestamp"), body.get("arrival_timestamp")
    return _time((sent, arrived) if name == "send" else (arrived, sent), around)


def _sms(name: str, body: dict[str, Any], around: Around, reference_tag: str) -> Event:
    """For SMS, `event_timestamp` is "the time when the event was reported"; arrival may lie before it."""
    attributes = mapping(body.get("attributes"))
    if not (message_id := identity(attributes.get("message_id"))):
        raise Unreadable("no message id (attributes.message_id)")
    created = body.get("event_timestamp") or body.get("timestamp_created") or body.get("timestamp")
    at = _time((created, body.get("arrival_timestamp")), around)
    facts = _facts("sms", body, around, attributes, reference_tag)
    origin = phone(attributes.get("origination_phone_number"))
    more = {name: text(attributes.get(name)) for name in ("iso_country_code", "message_type")}
    more |= {"origination_phone_number": origin, "carrier": text(attributes.get("carrier_name"))}
    facts |= {name: value for name, value in more.items() if value}
    price = number(mapping(body.get("metrics")).get("price_in_millicents_usd"))
    because = Because(SOURCE, text(attributes.get("record_status")), number=price)
    recipient = recipient_of(attributes.get("destination_phone_number"))
    return Event(message_id, recipient, "sms", name, at, because, facts, final=name != "buffered")


def _time(values: tuple[Any, ...], around: Around) -> str:
    if not (at := next(filter(None, map(moment, (*values, around.time))), "")):
        raise Unreadable("no time that can be read")
    return at


def _facts(
    channel: str, body: dict[str, Any], around: Around, attributes: dict[str, Any], reference_tag: str
) -> dict[str, str]:
    known = {
        "event_type": channel,
        "aws_account_id": text(body.get("awsAccountId") or body.get("account_id")) or around.account,
        "client": text(mapping(body.get("client")).get("client_id")),
        "campaign_id": text(attributes.get("campaign_id")),
        "journey_id": text(attributes.get("journey_id")),
        "reference": text(attributes.get(reference_tag)),
    }
    return {name: value for name, value in known.items() if value}


def _camel(value: Any) -> Any:
    """Names with underscores as SES writes them, in objects and in lists of objects."""
    if isinstance(value, list):
        return [_camel(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {_camel_name(name): _camel(part) for name, part in value.items()}


@lru_cache(maxsize=512)  # of a stream's events the same few names
def _camel_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
