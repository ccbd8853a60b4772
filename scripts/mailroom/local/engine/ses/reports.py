"""Mails that come back: a delivery report (RFC 3464), a complaint (RFC 5965), an automatic answer (RFC 3834).

SES's own are written by MAILER-DAEMON and complaints at amazonses.com, in these words.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.utils import format_datetime

from . import report_mail
from .events.mail import header_value
from .events.outcomes import Bounce, Complaint, Moment
from .report_mail import about_failed, ascii_only, daemon

OUT_OF_OFFICE = "This is an automatic answer of the mailbox simulator: I am out of the office.\n"
COMPLAINTS = "complaints@email-abuse.amazonses.com"


def bounced(
    to: str, outcome: Bounce, recipients: Sequence[str], moment: Moment, headers: EmailMessage
) -> bytes:
    """A delivery report for recipients whose mail came back."""
    reporter = "amazonses.com" if outcome.by_ses else moment.mta
    how = {"Action": "failed", "Status": outcome.status or "5.0.0"}
    if outcome.diagnostic:
        how["Diagnostic-Code"] = ascii_only(outcome.diagnostic)
    status = report_mail.delivery_status(
        {"Reporting-MTA": f"dns; {reporter}"},
        [{"Final-Recipient": ascii_only(f"rfc822; {one}"), **how} for one in recipients],
    )
    report = report_mail.report("delivery-status", about_failed(recipients), status, _head(headers))
    return _finished(report, daemon(moment.region), to, report_mail.FAILURE, moment)


def complained(
    to: str, outcome: Complaint, recipients: Sequence[str], moment: Moment, headers: EmailMessage
) -> bytes:
    """A complaint of recipients, as their provider's feedback loop reports it."""
    words = (
        "This is an email abuse report for an email message from amazonses.com.\n"
        f"This is the list of the complaint emails: {', '.join(recipients)}\n"
    )
    feedback = MIMEBase("message", "feedback-report")
    fields = f"Feedback-Type: {outcome.feedback_type}\nUser-Agent: {outcome.user_agent}\nVersion: 1\n"
    fields += f"Original-Mail-From: <{to}>\nArrival-Date: {format_datetime(moment.time)}\n"
    fields += "".join(f"Original-Rcpt-To: <{one}>\n" for one in recipients)
    feedback.set_payload(ascii_only(fields))
    report = report_mail.report("feedback-report", words, feedback, _head(headers))
    return _finished(report, COMPLAINTS, to, f"complaint about message from {moment.mta}", moment)


def answered(to: str, recipient: str, moment: Moment, headers: EmailMessage) -> bytes:
    """A recipient's automatic answer to a mail."""
    answer = EmailMessage()
    answer.set_content(OUT_OF_OFFICE)
    seen = header_value(headers, "Message-ID")
    if seen:
        answer["In-Reply-To"] = answer["References"] = seen
    subject = f"Auto: {header_value(headers, 'Subject')}".strip()
    return _finished(answer, recipient, to, subject, moment)


def topic_lost(to: str, topic: str, kind: str, identity: str, moment: Moment) -> bytes:
    """The notice that an identity's topic could not be told and is not used any more."""
    notice = EmailMessage()
    notice.set_content(
        f'An error occurred while trying to publish a notification of type "{kind}" to Amazon SNS topic '
        f'"{topic}".\nYour Amazon SNS notification configuration for notifications of type "{kind}" on the '
        f'identity "{identity}" has been disabled. Bounces and complaints come by mail again.\n'
    )
    subject = "Amazon SES: your Amazon SNS notification configuration was disabled"
    return _finished(notice, daemon(moment.region), to, subject, moment)


def _head(headers: Message) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _finished(message: Message, sender: str, to: str, subject: str, moment: Moment) -> bytes:
    return report_mail.finished(message, sender, to, subject, moment.time, moment.region)
