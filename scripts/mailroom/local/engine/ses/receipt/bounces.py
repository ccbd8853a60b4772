"""The mail that tells a sender that the mail did not get through (RFC 3464, RFC 3834)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from ...protocol.messages import ServiceError
from ..compose import headers_of
from ..store import Sent, new_message_id
from .mail import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reason:
    """Why a mail bounces: SMTP reply code, enhanced status code (RFC 3463) and words for a person."""

    reply_code: str
    status: str
    text: str


_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
TOO_LARGE = Reason("552", "5.3.4", "Message length exceeds 150 KB, the most that an SNS action can carry")


def owed(run: Run) -> bool:
    """Whether the sender is to be told. Nobody bounces a bounce or an automatic answer: it would never end
    (RFC 5321, 4.5.5; RFC 3834, 2)."""
    named = headers_of(run.mail.arrival.message)
    automatic = str(named.get("Auto-Submitted", "no")).strip().lower() != "no"
    return bool(run.mail.arrival.sender) and not automatic


def send(run: Run, sender: str, reason: Reason) -> None:
    """Bounce a mail as an address of the account, by the way that all its mail takes."""
    from ..sending import Outgoing, accept  # what is sent may come in again, so sending knows of receiving

    if not owed(run):
        log.info("%s is not bounced: nobody is to be told", run.mail.id)
        return
    message = report(run, sender, reason)
    try:
        accept(run.region, Outgoing(sender, [run.mail.arrival.sender], message, via="receipt rule"))
    except ServiceError as refused:
        log.error("the bounce of rule %s was not sent: %s", run.rule["Name"], refused.message)


def send_as_ses(run: Run, reason: Reason) -> None:
    """Bounce a mail as SES itself, which needs no identity. It is in the inbox; the sender of a mail of ours
    is told of its bounce."""
    from ..delivery import came_back

    if not owed(run):
        return
    region, sender = run.region, f"MAILER-DAEMON@{run.region.name}.amazonses.com"
    now = region.clock()
    sent = Sent(
        id=new_message_id(int(now.timestamp() * 1000)),
        sender=sender,
        recipients=(run.mail.arrival.sender,),
        configuration_set="",
        time=now.isoformat(timespec="milliseconds"),
        region=region.name,
        via="receipt rule",
    )
    message = report(run, sender, reason)
    region.mail.keep(sent, message)
    came_back(region, run.mail.arrival.sender, message)


def report(run: Run, sender: str, reason: Reason) -> bytes:
    """A delivery status notification for the recipients of a rule."""
    arrival, region = run.mail.arrival, run.region
    original = headers_of(arrival.message)
    message = MIMEMultipart("report", policy=SMTP)
    message.set_param("report-type", "delivery-status")
    message["From"] = sender
    message["To"] = arrival.sender
    message["Subject"] = "Delivery Status Notification (Failure)"
    message["Date"] = format_datetime(region.clock())
    message["Message-ID"] = make_msgid(domain="email.amazonses.com")
    message["Auto-Submitted"] = "auto-replied"
    if _MESSAGE_ID.fullmatch(answered := str(original["Message-ID"]).strip()):
        message["In-Reply-To"] = message["References"] = answered
    named = "\n".join(run.recipients)
    words = f"An error occurred while trying to deliver the mail to the following recipients:\n{named}\n\n"
    message.attach(MIMEText(f"{words}{reason.text}\n", policy=SMTP))
    message.attach(_status(run, reason, region.clock()))
    head = arrival.message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    message.attach(MIMEText(f"{head}\n", "rfc822-headers", policy=SMTP))
    return message.as_bytes()


def _status(run: Run, reason: Reason, now: datetime) -> Message:
    code = f"smtp; {reason.reply_code} {reason.status} {' '.join(reason.text.split())}"
    part = _block(("Content-Type", "message/delivery-status"))
    part.attach(
        _block(
            ("Reporting-MTA", f"dns; inbound-smtp.{run.region.name}.amazonaws.com"),
            ("Arrival-Date", format_datetime(run.mail.time)),
        )
    )
    for recipient in run.recipients:
        part.attach(
            _block(
                ("Final-Recipient", f"rfc822; {recipient}"),
                ("Action", "failed"),
                ("Status", reason.status),
                ("Diagnostic-Code", code),
                ("Last-Attempt-Date", format_datetime(now)),
            )
        )
    return part


def _block(*fields: tuple[str, str]) -> Message:
    block = Message(policy=SMTP)
    for name, value in fields:
        block[name] = value
    return block
