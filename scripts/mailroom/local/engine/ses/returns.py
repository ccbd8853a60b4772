"""Mail to the return path of a mail that SES sent: a bounce that came later than the delivery.

SES has its own address in every envelope, so it is SES that such bounces reach, and it tells the sender of
them as of any other ("asynchronous bounces",
https://docs.aws.amazon.com/ses/latest/dg/send-email-concepts-deliverability.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from typing import cast

from .compose import headers_of
from .events.outcomes import Bounce
from .state import Region
from .store import Sent

BY_STATUS = (
    (re.compile(r"5\.1\.\d+"), ("Permanent", "General")),
    (re.compile(r"[45]\.2\.2"), ("Transient", "MailboxFull")),
    (re.compile(r"[45]\.3\.4"), ("Transient", "MessageTooLarge")),
    (re.compile(r"[45]\.6\.\d+"), ("Transient", "ContentRejected")),
    (re.compile(r"5\.0\.0"), ("Undetermined", "Undetermined")),
    (re.compile(r"[45]\.\d{1,3}\.\d{1,3}"), ("Transient", "General")),
)
"""How SES classifies a bounce, by its status (RFC 3463): the codes are those of SES's own bounce actions. Any
other is a policy's word, which is no reason never to write again."""
SES_S_OWN = ("dkim-signature", "feedback-id", "x-ses-outgoing")


def bounce_of(status: str, diagnostic: str, reporter: str = "") -> Bounce:
    """The bounce that a status code and a diagnostic mean."""
    kind, sub_type = next(kind for pattern, kind in BY_STATUS if pattern.fullmatch(status))
    return Bounce(kind, sub_type, status, diagnostic, reporter=reporter)


def original_of(region: Region, recipient: str) -> Sent | None:
    """The mail that has this address as its return path."""
    sent = region.mail.find(recipient.partition("@")[0].lower())
    return sent if sent is not None and sent.return_path.lower() == recipient.lower() else None


def given(region: Region, sent: Sent) -> EmailMessage:
    """The headers of a mail that is kept, without what SES added; its Message-ID and Date are SES's."""
    headers = headers_of(region.mail.raw(sent.id) or b"")
    for name in SES_S_OWN:
        del headers[name]
    return headers


def bounces(message: bytes, sent: Sent) -> Iterator[tuple[Bounce, str]]:
    """Whose copy of a mail came back, and how, by a delivery report (RFC 3464). Anybody can write one: it is
    about recipients of that mail, or about nobody."""
    known = {one.lower(): one for one in sent.recipients}
    for part in message_from_bytes(message).walk():
        if part.get_content_type() == "message/delivery-status":
            # The parser makes at least one block of any such part.
            about, *blocks = cast(list[Message], part.get_payload())
            reporter = _field(about, "Reporting-MTA")
            for block in blocks:
                recipient = known.pop(_field(block, "Final-Recipient").partition(";")[2].strip().lower(), "")
                status = _field(block, "Status").partition(" ")[0]
                if recipient and _failed(block) and BY_STATUS[-1][0].fullmatch(status):
                    yield bounce_of(status, _field(block, "Diagnostic-Code"), reporter), recipient


def _failed(block: Message) -> bool:
    return _field(block, "Action").lower() == "failed"


def _field(block: Message, name: str) -> str:
    """A field of a report on one line; "" where there is none."""
    return " ".join(str(block.get(name, "")).split())
