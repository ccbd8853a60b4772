"""Events, made shortly: what most tests of `status` begin with."""

import json
from typing import Any

from lambda_src.status.event import Because, Event
from lambda_src.status.state import EMPTY, State, fold

ID = "0100019a-1"
ANN = "ann@example.com"
MAIL: dict[str, Any] = {
    "timestamp": "2026-11-24T10:00:00.000Z",
    "messageId": ID,
    "source": "News <News@example.org>",
    "sendingAccountId": "111122223333",
    "destination": ["Ann@example.com"],
    "tags": {"campaign_id": ["c1"], "reference": ["order-7"], "ses:from-domain": ["example.org"]},
}
PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "Send": ("send", {}),
    "Delivery": ("delivery", {"timestamp": "2026-11-24T10:00:02.000Z", "recipients": [ANN]}),
    "Open": ("open", {"timestamp": "2026-11-24T10:05:00.000Z", "ipAddress": "192.0.2.1", "userAgent": "x"}),
    "Reject": ("reject", {"reason": "Bad content"}),
    "Bounce": (
        "bounce",
        {
            "timestamp": "2026-11-24T10:00:03.000Z",
            "bounceType": "Permanent",
            "bounceSubType": "NoEmail",
            "bouncedRecipients": [{"emailAddress": ANN, "diagnosticCode": "smtp; 550 5.1.1 unknown"}],
        },
    ),
}


def ses(kind: str, *, mail: dict[str, Any] | None = None, **part: Any) -> dict[str, Any]:
    """An event of SES as published; `part` and `mail` change fields of its objects, None takes one out."""
    name, usual = PARTS.get(kind, (kind.lower(), {"timestamp": "2026-11-24T11:00:00.000Z"}))
    return {
        "eventType": kind,
        "mail": _without_none(MAIL | (mail or {})),
        name: _without_none(usual | part),
    }


def sms(kind: str = "TEXT_DELIVERED", **fields: Any) -> dict[str, Any]:
    """An event of End User Messaging SMS as published; None takes a field out."""
    usual = {
        "eventType": kind,
        "eventTimestamp": 1_795_514_400_000,
        "isFinal": kind in ("TEXT_DELIVERED", "TEXT_UNREACHABLE"),
        "originationPhoneNumber": "+12065550100",
        "destinationPhoneNumber": "+14255550101",
        "isoCountryCode": "US",
        "messageId": "m-2",
        "messageType": "TRANSACTIONAL",
        "messageStatus": kind.removeprefix("TEXT_"),
        "messageStatusDescription": "Message has been accepted by phone",
        "context": {"campaign_id": "c2"},
        "totalMessagePrice": 0.00581,
    }
    return _without_none(usual | fields)


def pinpoint(kind: str, **fields: Any) -> dict[str, Any]:
    """A record of a Pinpoint stream; None takes a field out."""
    usual: dict[str, Any] = {
        "event_type": kind,
        "event_timestamp": 1_795_514_400_000,
        "arrival_timestamp": 1_795_514_405_000,
        "client": {"client_id": "endpoint-1"},
        "awsAccountId": "111122223333",
    }
    if kind.startswith("_email."):
        mail = {"message_id": ID, "from_address": "news@example.org", "destination": ["Ann@example.com"]}
        usual["attributes"] = {"campaign_id": "c1", "journey_id": "j1", "reference": "order-7"}
        usual["facets"] = {"email_channel": {"mail_event": {"mail": mail, **fields.pop("event", {})}}}
    else:
        usual["attributes"] = {
            "message_id": "m-1",
            "record_status": "DELIVERED",
            "origination_phone_number": "+12065550100",
            "destination_phone_number": "+14255550101",
            "iso_country_code": "US",
            "message_type": "Transactional",
            "campaign_id": "c2",
        } | fields.pop("attributes", {})
        usual["metrics"] = {"price_in_millicents_usd": 645.0}
    return _without_none(usual | fields)


def text(value: Any) -> str:
    """As it is sent."""
    return json.dumps(value)


def at(second: int) -> str:
    """A time, `second` seconds after noon."""
    return f"2026-11-24T12:{second // 60:02}:{second % 60:02}.000Z"


def event(name: str, second: int = 0, channel: str = "email", source: str = "ses", **more: Any) -> Event:
    """An event as the parsers make it; what is not given is plain."""
    because = Because(source, *(more.pop(part, "") for part in ("kind", "sub", "text", "number")))
    facts = {"event_type": channel, **more.pop("facts", {})}
    return Event(
        more.pop("message_id", ID),
        more.pop("recipient", ANN),
        channel,
        name,
        at(second),
        because,
        facts,
        **more,
    )


def state(*events: Event) -> State:
    """What these events come to."""
    return fold(EMPTY, events)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
