"""The `mail` object of events and of notifications: which message it was.

Sources: "Contents of event data that Amazon SES publishes to Amazon SNS" and "Amazon SNS notification
contents for Amazon SES" (SES developer guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from ..addresses import domain_of, identity_for
from ..header_text import decoded, unfolded
from ..state import Region
from ..store import Sent
from .outcomes import REMOTE, stamp

MAXIMUM_HEADERS_BYTES = 10_000
"""More than that of headers is left out, and `headersTruncated` is true."""
TLS = "TLSv1.3"
COMMON = (("From", "from"), ("Reply-To", "replyTo"), ("To", "to"), ("Cc", "cc"))
LEFT_OUT = {
    "RENDERING_FAILURE": ("headers", "commonHeaders"),
    "DELIVERY_DELAY": ("headers", "commonHeaders"),
    "OPEN": ("sourceArn",),
    "CLICK": ("sourceArn",),
}
"""What AWS's published examples of some kinds do not have."""
OPERATIONS = {"smtp": "SendSmtpEmail", "api-v1": "SendRawEmail", "api-v2": "SendRawEmail"}
"""What ses:operation is where the message does not say which call it came by."""
_PLAIN_NAME = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]+", re.ASCII)


@dataclass(frozen=True)
class Told:
    """A message that something is told of: `headers` are those it was handed over with, before SES added
    its own."""

    region: Region
    sent: Sent
    headers: EmailMessage

    @property
    def identity(self) -> str:
        """The identity that it was sent as; the sender where that is no identity any more."""
        return identity_for(self.region, self.sent.sender) or self.sent.sender

    @property
    def accepted(self) -> datetime:
        """When SES took it."""
        return datetime.fromisoformat(self.sent.time)


def in_event(told: Told, kind: str) -> dict[str, Any]:
    """The `mail` of an event of a kind (a name of KINDS), with SES's tags and the caller's."""
    mail = {**_base(told), **_headers(told, told.sent.id)}
    return {
        **{name: value for name, value in mail.items() if name not in LEFT_OUT.get(kind, ())},
        "tags": tags(told, kind),
    }


def in_notification(told: Told, *, headers: bool) -> dict[str, Any]:
    """The `mail` of an identity's notification: no tags, and headers where the identity wants them. Its
    messageId among the common headers is the sender's own."""
    mail = {
        **_base(told),
        "sourceIp": told.sent.source_ip,
        "callerIdentity": told.sent.caller,
    }
    if headers:
        mail.update(_headers(told, header_value(told.headers, "Message-ID")))
    return mail


def tags(told: Told, kind: str) -> dict[str, list[str]]:
    """SES's auto-tags and the caller's tags; each is a list (SES developer guide, "How event publishing works
    with configuration sets and message tags")."""
    sent = told.sent
    senders = [address for _, address in getaddresses([header_value(told.headers, "From")])]
    own = {
        "ses:source-tls-version": TLS,
        "ses:operation": sent.operation or OPERATIONS.get(sent.via, ""),
        "ses:configuration-set": sent.configuration_set,
        "ses:source-ip": sent.source_ip,
        "ses:from-domain": domain_of(senders[0] if senders else sent.sender),
        "ses:caller-identity": sent.caller,
    }
    if kind == "DELIVERY":
        own.update({"ses:outgoing-ip": REMOTE, "ses:outgoing-tls-version": TLS})
    listed = {name: [value] for name, value in own.items() if value}
    for name, value in sent.tags:
        listed.setdefault(name, []).append(value)
    return listed


def header_value(headers: EmailMessage, name: str) -> str:
    """The first header of a name, on one line and decoded; "" where there is none."""
    return _text(headers.get(name, ""))


def _base(told: Told) -> dict[str, Any]:
    return {
        "timestamp": stamp(told.accepted),
        "source": told.sent.sender,
        "sourceArn": told.region.arn("identity", told.identity),
        "sendingAccountId": told.region.account_id,
        "messageId": told.sent.id,
        "destination": list(told.sent.recipients),
        "headersTruncated": False,
    }


def _headers(told: Told, message_id: str) -> dict[str, Any]:
    listed: list[dict[str, str]] = []
    size, truncated = 0, False
    for name, raw in told.headers.items():
        value = _text(raw)
        size += len(name) + len(value)
        if size > MAXIMUM_HEADERS_BYTES:
            truncated = True
            break
        listed.append({"name": name, "value": value})
    return {
        "headersTruncated": truncated,
        "headers": listed,
        "commonHeaders": dict(_common(told.headers, message_id)),
    }


def _common(headers: EmailMessage, message_id: str) -> Iterator[tuple[str, Any]]:
    for header, member in COMMON:
        found = getaddresses([_text(value) for value in headers.get_all(header, [])])
        if found:
            yield member, [_published(name, address) for name, address in found]
    if headers["Date"]:
        yield "date", _text(headers["Date"])
    if message_id:
        yield "messageId", message_id
    if headers["Subject"]:
        yield "subject", _text(headers["Subject"])


def _published(name: str, address: str) -> str:
    """An address as common headers have it: the name quoted only where it holds more than plain words."""
    if not name:
        return address
    if not _PLAIN_NAME.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def _text(raw: object) -> str:
    """A header's value on one line, its encoded words decoded where they can be."""
    return " ".join(decoded(unfolded(str(raw))).splitlines())
