"""SendMessages: transactional e-mails and texts, whose events are what an event stream is for.

What becomes of a message is decided by its address, as SES's and End User Messaging's simulators do it. The
mails are not in the inbox: only what Pinpoint tells of them is made.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ..protocol.messages import Operation, ServiceError
from ..ses import simulator as mailboxes
from ..ses.addresses import bare
from ..ses.events.outcomes import Delivery, Outcome, RenderingFailure, Send
from ..sms import parts, simulator
from ..sms.countries import country_of
from . import published, streams
from .published import Mail, Sent, Text
from .state import App, Region

MOST_ADDRESSES = 100
"""In one request ("Quotas")."""
NOT_RENDERED = f"renderingfailure@{mailboxes.OURS}"
"""Mail to this address, with any label, could not be filled in: that is all that is told of it."""
STEP = timedelta(milliseconds=1)
"""Between two events of a message."""
ORIGINATION = "+12025550199"
"""What a text comes from where its sender names nothing."""


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendMessages. Each address has a message, an id and a result of its own."""
    app, asked = region.app(params), params["MessageRequest"]
    for member in ("Endpoints", "TemplateConfiguration"):
        if asked.get(member):
            raise _not_built(f"SendMessages with {member}")
    addresses = asked.get("Addresses") or {}
    if not 0 < len(addresses) <= MOST_ADDRESSES:
        raise ServiceError("BadRequestException", f"A request has 1 to {MOST_ADDRESSES} addresses")
    request_id = str(uuid.uuid4())
    results = {
        address: _to(region, app, asked, address, how, request_id) for address, how in addresses.items()
    }
    answer = {"ApplicationId": app.id, "RequestId": request_id, "Result": results}
    return {"MessageResponse": answer}


def _to(
    region: Region, app: App, asked: dict[str, Any], address: str, how: dict[str, Any], request_id: str
) -> dict[str, Any]:
    channel = how.get("ChannelType", "")
    if channel not in ("EMAIL", "SMS"):
        raise _not_built(f"SendMessages by {channel or 'no channel'}")
    if not app.channels.get(channel, {}).get("Enabled"):
        return _refused(f"The {channel} channel of the project is not enabled")
    attributes = {**(asked.get("Context") or {}), **(how.get("Context") or {})}
    configuration = asked["MessageConfiguration"]
    if channel == "EMAIL":
        return _mail(region, app, configuration.get("EmailMessage") or {}, address, attributes)
    return _text(region, app, configuration.get("SMSMessage") or {}, address, attributes, request_id)


def _mail(
    region: Region, app: App, message: dict[str, Any], address: str, attributes: dict[str, str]
) -> dict[str, Any]:
    if message.get("RawEmail"):
        raise _not_built("SendMessages with RawEmail")
    sender = message.get("FromAddress") or app.channels["EMAIL"].get("FromAddress", "")
    if not region.verified(bare(sender)):
        return _refused(f"Email address is not verified: {sender}")
    now = region.clock()
    message_id = f"0200{int(now.timestamp() * 1000):012x}-{uuid.uuid4()}-000000"
    sent = Sent(app.id, region.account_id, message_id, now, address, attributes)
    subject = (message.get("SimpleEmail") or {}).get("Subject", {}).get("Data", "")
    mail = Mail(sender, subject)
    made = (
        published.of_mail(sent, mail, one, at)
        for one, at in zip(_outcomes(address), _times(now), strict=False)
    )
    streams.write(region, app, [event for event in made if event is not None])
    return _taken(message_id)


def _outcomes(address: str) -> Sequence[Outcome]:
    plain = address.partition("@")[0].partition("+")[0] + "@" + address.rpartition("@")[2]
    if plain.lower() == NOT_RENDERED:
        return (RenderingFailure("", "Attribute 'name' is not present in the rendering data."),)
    found = mailboxes.outcomes(address)
    return (Send(), *((Delivery(),) if found is None else found))


def _text(
    region: Region,
    app: App,
    message: dict[str, Any],
    number: str,
    attributes: dict[str, str],
    request_id: str,
) -> dict[str, Any]:
    country = country_of(number)
    if not number.lstrip("+").isdecimal() or len(number) < 8:
        return _refused("Invalid phone number")
    now = region.clock()
    message_id = secrets.token_hex(20)
    sent = Sent(app.id, region.account_id, message_id, now, number, attributes)
    text = Text(
        message.get("OriginationNumber") or message.get("SenderId") or ORIGINATION,
        country,
        parts.count(message.get("Body", "")),
        message.get("MessageType", "TRANSACTIONAL"),
        request_id,
    )
    fate = simulator.fate(number, attributes)
    times = _times(now)
    made = [published.of_text(sent, text, simulator.KINDS[kind], next(times)) for kind in fate.kinds]
    if fate.stops:
        made.append(published.opted_out(sent, text, next(times)))
    streams.write(region, app, made)
    return _taken(message_id)


def _times(start: datetime) -> Iterator[datetime]:
    while True:
        start += STEP
        yield start


def _taken(message_id: str) -> dict[str, Any]:
    return {
        "DeliveryStatus": "SUCCESSFUL",
        "MessageId": message_id,
        "StatusCode": 200,
        "StatusMessage": f"MessageId: {message_id}",
    }


def _refused(reason: str) -> dict[str, Any]:
    return {"DeliveryStatus": "PERMANENT_FAILURE", "StatusCode": 400, "StatusMessage": reason}


def _not_built(what: str) -> ServiceError:
    words = f"{what} is not in the local Pinpoint. docs/local.md lists what is built here."
    return ServiceError("NotImplemented", words, 501)


OPERATIONS: dict[str, Operation] = {"SendMessages": send}
