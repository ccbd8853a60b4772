"""The form of a delivery status notification (RFC 3464) about a mail that came in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from ..compose import headers_of
from .mail import Mail

Fields = Mapping[str, str]

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def written(
    mail: Mail, sender: str, now: datetime, words: str, about_mail: Fields, about_recipients: Iterable[Fields]
) -> bytes:
    """A report to the sender of a mail, with its headers: `words` for a person, fields for machines."""
    original = headers_of(mail.arrival.message)
    message = MIMEMultipart("report", policy=SMTP)
    message.set_param("report-type", "delivery-status")
    message["From"] = sender
    message["To"] = mail.arrival.sender
    message["Subject"] = "Delivery Status Notification (Failure)"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain="email.amazonses.com")
    message["Auto-Submitted"] = "auto-replied"
    if _MESSAGE_ID.fullmatch(answered := str(original["Message-ID"]).strip()):
        message["In-Reply-To"] = message["References"] = answered
    message.attach(MIMEText(words, policy=SMTP))
    status = _block({"Content-Type": "message/delivery-status"})
    for fields in (about_mail, *about_recipients):
        status.attach(_block(fields))
    message.attach(status)
    head = mail.arrival.message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    message.attach(MIMEText(f"{head}\n", "rfc822-headers", policy=SMTP))
    return message.as_bytes()


def _block(fields: Fields) -> Message:
    block = Message(policy=SMTP)
    for name, value in fields.items():
        block[name] = value
    return block
