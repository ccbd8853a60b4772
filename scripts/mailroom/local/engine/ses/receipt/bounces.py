"""The mail that tells a sender that the mail did not get through (RFC 3464, RFC 3834)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from ...protocol.messages import ServiceError
from .. import report_mail
from ..compose import headers_of
from ..report_mail import Fields, about_failed
from .delivery_report import written
from .mail import Mail, Run

log = logging.getLogger(__name__)

VIA = "receipt rule"
"""How such a mail came about, as the inbox lists it."""


@dataclass(frozen=True)
class Reason:
    """Why a mail bounces: SMTP reply code, enhanced status code (RFC 3463) and words for a person."""

    reply_code: str
    status: str
    text: str


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
        accept(run.region, Outgoing(sender, [run.mail.arrival.sender], message, via=VIA))
    except ServiceError as refused:
        log.error("the bounce of rule %s was not sent: %s", run.rule["Name"], refused.message)


def send_as_ses(run: Run, reason: Reason) -> None:
    """Bounce a mail as SES itself, which needs no identity. It is in the inbox; the sender of a mail of ours
    is told of its bounce."""
    from ..delivery import came_back

    if not owed(run):
        return
    sender, to = report_mail.daemon(run.region.name), run.mail.arrival.sender
    message = report(run, sender, reason)
    report_mail.keep(run.region, sender, to, VIA, message)
    came_back(run.region, to, message)


def report(run: Run, sender: str, reason: Reason) -> bytes:
    """A delivery status notification for the recipients of a rule."""
    now = run.region.clock()
    return written(
        run.mail,
        sender,
        now,
        run.region.name,
        f"{about_failed(run.recipients)}\n{reason.text}\n",
        about_mail(run.region.name, run.mail),
        [about_recipient(one, reason, now) for one in run.recipients],
    )


def about_mail(region: str, mail: Mail) -> Fields:
    """What a report says of the mail."""
    return {
        "Reporting-MTA": f"dns; inbound-smtp.{region}.amazonaws.com",
        "Arrival-Date": format_datetime(mail.time),
    }


def about_recipient(recipient: str, reason: Reason, now: datetime) -> Fields:
    """What a report says of a recipient for whom the mail did not get through."""
    return {
        "Final-Recipient": f"rfc822; {recipient}",
        "Action": "failed",
        "Status": reason.status,
        "Diagnostic-Code": f"smtp; {reason.reply_code} {reason.status} {' '.join(reason.text.split())}",
        "Last-Attempt-Date": format_datetime(now),
    }
