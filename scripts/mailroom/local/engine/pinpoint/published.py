"""Events as Pinpoint streams them.

Sources: "App events", "Email events" and "SMS events" (Pinpoint developer guide), whose examples the tests
compare with. Members that the guide's examples do not have are as the guide's Glue tables name them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..ses.events.outcomes import (
    Bounce,
    Click,
    Complaint,
    Delivery,
    Open,
    Outcome,
    Reject,
    RenderingFailure,
    Send,
    Subscription,
)
from ..sms.simulator import Kind

VERSION = "3.1"
PRICE = 645.0
"""Of a part, in thousandths of a cent: the guide's."""


@dataclass(frozen=True)
class Sent:
    """A message to one address: which application sent it, when, and the caller's own attributes."""

    app_id: str
    account_id: str
    message_id: str
    at: datetime
    address: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mail:
    """What an e-mail event says of the mail."""

    sender: str
    subject: str


@dataclass(frozen=True)
class Text:
    """What an SMS event says of the text."""

    origination: str
    country: str
    parts: int
    message_type: str
    request_id: str


def client_id(address: str) -> str:
    """The id of the endpoint that Pinpoint makes for an address."""
    digest = hashlib.sha256(address.encode()).digest()[:17]
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


def milliseconds(time: datetime) -> int:
    """Epoch time as events have it."""
    return int(time.timestamp() * 1000)


def _event(
    sent: Sent, kind: str, happened: int, arrived: int, attributes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "event_type": kind,
        "event_timestamp": happened,
        "arrival_timestamp": arrived,
        "event_version": VERSION,
        "application": {"app_id": sent.app_id, "sdk": {}},
        "client": {"client_id": client_id(sent.address)},
        "device": {"platform": {}},
        "session": {},
        "attributes": {**sent.attributes, **attributes},
        "awsAccountId": sent.account_id,
    }


def of_mail(sent: Sent, mail: Mail, outcome: Outcome, arrived: datetime) -> dict[str, Any] | None:
    """The event of something that became of a mail; None where Pinpoint tells of nothing (a delay).

    Every event of a mail has the time when it was sent; when it happened is the time of its arrival.
    """
    found = _OF_MAIL.get(type(outcome))
    if found is None:
        return None
    kind, member, feedback, detail = found(outcome, sent, milliseconds(arrived))
    event = _event(sent, kind, milliseconds(sent.at), milliseconds(arrived), {"feedback": feedback})
    event["facets"] = {"email_channel": {"mail_event": {"mail": _mail(sent, mail), member: detail}}}
    return event


def _mail(sent: Sent, mail: Mail) -> dict[str, Any]:
    headers = {"From": mail.sender, "To": sent.address, "Subject": mail.subject, "MIME-Version": "1.0"}
    return {
        "message_id": sent.message_id,
        "message_send_timestamp": milliseconds(sent.at),
        "from_address": mail.sender,
        "destination": [sent.address],
        "headers_truncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "common_headers": {"from": mail.sender, "to": [sent.address], "subject": mail.subject},
    }


Described = tuple[str, str, str, dict[str, Any]]
"""The kind of event, the member that describes it, the attribute `feedback`, and the description."""
MTA = "a8-53.smtp-out.amazonses.com"


def _sent(outcome: Any, sent: Sent, arrived: int) -> Described:
    return "_email.send", "send", "received", {}


def _delivered(outcome: Any, sent: Sent, arrived: int) -> Described:
    detail = {
        "smtp_response": outcome.response,
        "reporting_mta": MTA,
        "recipients": [sent.address],
        "processing_time_millis": arrived - milliseconds(sent.at),
    }
    return "_email.delivered", "delivery", "delivered", detail


def _bounced(outcome: Any, sent: Sent, arrived: int) -> Described:
    recipient = {"email_address": sent.address}
    if outcome.status:
        recipient |= {"action": "failed", "status": outcome.status, "diagnostic_code": outcome.diagnostic}
    kind = "_email.hardbounce" if outcome.type == "Permanent" else "_email.softbounce"
    detail = {
        "bounce_type": outcome.type,
        "bounce_sub_type": outcome.sub_type,
        "bounced_recipients": [recipient],
        "reporting_mta": MTA,
    }
    return kind, "bounce", "received", detail


def _complained(outcome: Any, sent: Sent, arrived: int) -> Described:
    detail = {
        "complained_recipients": [{"email_address": sent.address}],
        "complaint_feedback_type": outcome.feedback_type,
        "user_agent": outcome.user_agent,
    }
    return "_email.complaint", "complaint", "received", detail


def _rejected(outcome: Any, sent: Sent, arrived: int) -> Described:
    return "_email.rejected", "reject", "received", {"reason": "Bad content"}


def _opened(outcome: Any, sent: Sent, arrived: int) -> Described:
    detail = {"ip_address": outcome.ip_address, "user_agent": outcome.user_agent}
    return "_email.open", "open", "opened", detail


def _clicked(outcome: Any, sent: Sent, arrived: int) -> Described:
    detail = {"ip_address": outcome.ip_address, "user_agent": outcome.user_agent, "link": outcome.link}
    return "_email.click", "click", outcome.link, detail


def _unsubscribed(outcome: Any, sent: Sent, arrived: int) -> Described:
    return "_email.unsubscribe", "unsubscribe", "unsubscribed", {}


def _not_rendered(outcome: Any, sent: Sent, arrived: int) -> Described:
    detail = {"error_message": outcome.message, "template_name": outcome.template}
    return "_email.rendering_failure", "rendering_failure", "received", detail


_OF_MAIL: dict[type, Callable[[Any, Sent, int], Described]] = {
    Send: _sent,
    Delivery: _delivered,
    Bounce: _bounced,
    Complaint: _complained,
    Reject: _rejected,
    Open: _opened,
    Click: _clicked,
    Subscription: _unsubscribed,
    RenderingFailure: _not_rendered,
}


def of_text(sent: Sent, text: Text, kind: Kind, arrived: datetime) -> dict[str, Any]:
    """The event of a kind of End User Messaging's, as Pinpoint has it: no price before it is final."""
    if not kind.final:
        named = "_SMS.BUFFERED"
    else:
        named = "_SMS.SUCCESS" if kind.status in ("SUCCESSFUL", "DELIVERED") else "_SMS.FAILURE"
    return _text_event(sent, text, named, kind.record_status, arrived, priced=kind.final)


def opted_out(sent: Sent, text: Text, arrived: datetime) -> dict[str, Any]:
    """The event of a recipient who answered STOP."""
    return _text_event(sent, text, "_SMS.OPTOUT", "OPTED_OUT", arrived, priced=True)


def _text_event(
    sent: Sent, text: Text, named: str, status: str, arrived: datetime, *, priced: bool
) -> dict[str, Any]:
    attributes = {
        "sender_request_id": text.request_id,
        "origination_phone_number": text.origination,
        "destination_phone_number": sent.address,
        "record_status": status,
        "iso_country_code": text.country,
        "treatment_id": "0",
        "number_of_message_parts": str(text.parts),
        "message_id": sent.message_id,
        "message_type": text.message_type.title(),
    }
    at = milliseconds(arrived)
    event = _event(sent, named, at, at, attributes)
    if priced:
        event["metrics"] = {"price_in_millicents_usd": PRICE * text.parts}
    return event


def of_app(
    app_id: str, account_id: str, endpoint: str, given: dict[str, Any], at: int, arrived: int
) -> dict[str, Any]:
    """An event that an application put (PutEvents)."""
    session = given.get("Session") or {}
    times = {"session_id": session.get("Id"), "start_timestamp": session.get("StartTimestamp")}
    sdk = {"name": given.get("SdkName"), "version": given.get("ClientSdkVersion")}
    application = {
        "app_id": app_id,
        "sdk": _known(sdk),
        "package_name": given.get("AppPackageName"),
        "title": given.get("AppTitle"),
        "version_code": given.get("AppVersionCode"),
    }
    return {
        "event_type": given["EventType"],
        "event_timestamp": at,
        "arrival_timestamp": arrived,
        "event_version": VERSION,
        "application": _known(application),
        "client": {"client_id": endpoint},
        "device": {"platform": {}},
        "session": _known(times),
        "attributes": dict(given.get("Attributes") or {}),
        "metrics": dict(given.get("Metrics") or {}),
        "awsAccountId": account_id,
    }


def _known(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
