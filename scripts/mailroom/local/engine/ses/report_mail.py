"""The form of the mails that SES writes itself: reports (RFC 6522) that people and programs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from .state import Region
from .store import Sent, new_message_id

Fields = Mapping[str, str]

FAILURE = "Delivery Status Notification (Failure)"
"""The subject of a delivery report."""


def daemon(region: str) -> str:
    """Who writes SES's own delivery reports in a Region."""
    return f"MAILER-DAEMON@{region}.amazonses.com"


def about_failed(recipients: Iterable[str]) -> str:
    """SES's words to a person about recipients whom a mail did not reach."""
    named = "".join(f"{one}\n" for one in recipients)
    return f"An error occurred while trying to deliver the mail to the following recipients:\n{named}"


def block(fields: Fields) -> Message:
    """Fields for machines. Raises ValueError where one has a line end."""
    made = Message(policy=SMTP)
    for name, value in fields.items():
        made[name] = value
    return made


def delivery_status(about_mail: Fields, about_recipients: Iterable[Fields]) -> Message:
    """What a delivery report says to machines (RFC 3464): of the mail, and of each recipient. Raises
    ValueError as `block`."""
    status = block({"Content-Type": "message/delivery-status"})
    for fields in (about_mail, *about_recipients):
        status.attach(block(fields))
    return status


def report(kind: str, words: str, machine: Message, head: str) -> Message:
    """A report of a kind (delivery-status, feedback-report): words for people, a part for machines, and the
    headers of the mail that it is about, line by line."""
    made = MIMEMultipart("report", policy=SMTP)
    made.set_param("report-type", kind)
    made.attach(MIMEText(words, policy=SMTP))
    made.attach(machine)
    made.attach(MIMEText(ascii_only(head), "rfc822-headers", "us-ascii", policy=SMTP))
    return made


def ascii_only(text: str) -> str:
    """What machines read is ASCII; anything else is a question mark there."""
    return text.encode("ascii", "replace").decode()


def finished(message: Message, sender: str, to: str, subject: str, when: datetime, region: str) -> bytes:
    """The message with the headers that all of them have. Auto-Submitted keeps others from answering it (RFC
    3834)."""
    message["From"], message["To"] = sender, to
    message["Subject"] = subject
    message["Date"] = format_datetime(when)
    own_id = new_message_id(int(when.timestamp() * 1000))
    message["Message-ID"] = f"<{own_id}@{region}.amazonses.com>"
    message["Auto-Submitted"] = "auto-replied"
    return message.as_bytes(policy=SMTP if (sender + to).isascii() else SMTPUTF8)


def keep(region: Region, sender: str, to: str, via: str, message: bytes) -> Sent:
    """Put a mail that SES wrote into the inbox. It has no return path, so nothing ever comes back for it."""
    now = region.clock()
    sent = Sent(
        id=new_message_id(int(now.timestamp() * 1000)),
        sender=sender,
        recipients=(to,),
        configuration_set="",
        time=now.isoformat(timespec="milliseconds"),
        region=region.name,
        via=via,
    )
    return region.mail.keep(sent, message)
