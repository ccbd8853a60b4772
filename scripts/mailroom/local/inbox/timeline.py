"""The events of a mail as steps that a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..engine.ses.store import Sent
from .outcome import kind_of, recipients_of

# Event type to (look, title, the object that holds its time and details).
_SHOWN = {
    "Send": ("accepted", "Sent on by SES", "send"),
    "Delivery": ("delivered", "Delivered", "delivery"),
    "DeliveryDelay": ("delayed", "Delayed, SES tries again", "deliveryDelay"),
    "Bounce": ("bounced", "Bounced", "bounce"),
    "Complaint": ("complained", "Complained of as spam", "complaint"),
    "Reject": ("rejected", "Rejected by SES", "reject"),
    "Rendering Failure": ("failed", "The template could not be filled in", "failure"),
    "Open": ("opened", "Opened", "open"),
    "Click": ("clicked", "A link was clicked", "click"),
    "Subscription": ("subscription", "Subscription preferences changed", "subscription"),
}
# Members of those objects that are worth a line, in this order, and what the line is called.
_DETAILS = {
    "bounceType": "Type",
    "bounceSubType": "Subtype",
    "complaintFeedbackType": "Feedback",
    "complaintSubType": "Subtype",
    "delayType": "Reason",
    "reason": "Reason",
    "errorMessage": "Error",
    "templateName": "Template",
    "link": "Link",
    "smtpResponse": "SMTP answer",
    "processingTimeMillis": "Took (ms)",
    "reportingMTA": "Told by",
    "remoteMtaIp": "Server",
    "expirationTime": "Given up at",
    "ipAddress": "From address",
    "userAgent": "User agent",
    "source": "Changed by",
    "contactList": "Contact list",
    "feedbackId": "Feedback id",
}
MAXIMUM_STEPS = 500


@dataclass(frozen=True)
class Step:
    """One thing that happened. `after` is in seconds since SES took the mail, None where no time is told."""

    look: str
    title: str
    time: str
    after: float | None
    people: tuple[str, ...]
    details: tuple[tuple[str, str], ...]
    source: str


def steps(sent: Sent, events: Sequence[Mapping[str, Any]]) -> list[Step]:
    """From the taking by SES to the last event, in the order of their own times (events may come late)."""
    details = [("By", sent.via), ("Caller", sent.caller), ("From address", sent.source_ip)]
    took = Step("accepted", "Taken by SES", sent.time, 0.0, sent.recipients, tuple(details), "")
    told = [_step(sent, event) for event in events[:MAXIMUM_STEPS]]
    return [took, *sorted(told, key=lambda step: step.after if step.after is not None else 0.0)]


def time_of(event: Mapping[str, Any]) -> str:
    """When an event was, as it tells; Send and Reject tell only when the mail was sent."""
    mail = event.get("mail")
    told = _inside(event).get("timestamp") or (mail.get("timestamp") if isinstance(mail, Mapping) else None)
    return str(told or "")


def _inside(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found = event.get(_SHOWN.get(kind_of(event), ("", "", ""))[2])
    return found if isinstance(found, Mapping) else {}


def _step(sent: Sent, event: Mapping[str, Any]) -> Step:
    kind, time = kind_of(event), time_of(event)
    look, title, _ = _SHOWN.get(kind, ("accepted", kind or "An event without a type", ""))
    if _inside(event).get("bounceType") == "Transient":
        look, title = "delayed", "Soft bounce, or an automatic answer"
    return Step(
        look=look,
        title=title,
        time=time,
        after=_seconds_between(sent.time, time),
        people=tuple(recipients_of(event)),
        details=tuple(_details(_inside(event))),
        source=json.dumps(event, indent=2, ensure_ascii=False, default=str),
    )


def _details(inside: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for member, name in _DETAILS.items():
        if inside.get(member) not in (None, ""):
            yield name, str(inside[member])
    for listed in ("bouncedRecipients", "delayedRecipients"):
        told = [one for one in inside.get(listed) or () if isinstance(one, Mapping)]
        for one in told:
            whose = [str(one.get("emailAddress", ""))] if len(told) > 1 else []
            words = [str(one[key]) for key in ("status", "diagnosticCode") if one.get(key)]
            if words:
                yield "Diagnosis", " ".join(whose + words)


def _seconds_between(start: str, end: str) -> float | None:
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError):  # no time, or one of the two without a zone
        return None
