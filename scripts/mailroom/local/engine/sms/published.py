"""The events of a text message, as End User Messaging publishes them.

Source: "Example event data" and "Monitoring with EventBridge" (End User Messaging SMS user guide).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .simulator import Kind

VERSION = "1.0"
DETAIL_TYPE = "Text Message Delivery Status Updated"
CARRIER = {"mcc": "310", "mnc": "800", "carrierName": "Mailroom simulator"}
"""Told once a carrier has answered."""
LEFT_OUT_WHERE_BARE = ("destinationPhoneNumber", "context")
"""What AWS's own examples of events on EventBridge do not have."""


@dataclass(frozen=True)
class Text:
    """A text on its way. `origination` is a number or a sender id; prices are in USD, of all its parts."""

    message_id: str
    origination: str
    destination: str
    country: str
    international: bool
    requested: datetime
    encoding: str
    message_type: str
    parts: int
    price: float
    carrier_fee: float
    context: dict[str, str] = field(default_factory=dict)


def event(text: Text, kind: Kind, at: datetime) -> dict[str, Any]:
    """The event of a kind, as event destinations get it."""
    answered = CARRIER if kind.final and kind.status in ("SUCCESSFUL", "DELIVERED") else {}
    found: dict[str, Any] = {
        "eventType": kind.name,
        "eventVersion": VERSION,
        "eventTimestamp": int(at.timestamp() * 1000),
        "isFinal": kind.final,
        "originationPhoneNumber": text.origination,
        "destinationPhoneNumber": text.destination,
        "isoCountryCode": text.country,
        "isInternationalSend": text.international,
        **answered,
        "messageId": text.message_id,
        "messageRequestTimestamp": int(text.requested.timestamp() * 1000),
        "messageEncoding": text.encoding,
        "messageType": text.message_type,
        "messageStatus": kind.status,
        "messageStatusDescription": kind.description,
    }
    if text.context:
        found["context"] = dict(text.context)
    return {
        **found,
        "totalMessageParts": text.parts,
        "totalMessagePrice": text.price,
        "totalCarrierFee": text.carrier_fee,
    }


def bare(detail: dict[str, Any]) -> dict[str, Any]:
    """An event as AWS's examples on EventBridge have it."""
    return {name: value for name, value in detail.items() if name not in LEFT_OUT_WHERE_BARE}
