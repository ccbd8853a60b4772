"""Mails that come back: a delivery report (RFC 3464), a complaint (RFC 5965), an automatic answer (RFC 3834).

SES's own are written by MAILER-DAEMON and complaints at amazonses.com, in these words.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from .events.mail import header_value
from .events.outcomes import Bounce, Complaint, Moment
from .store import new_message_id

OUT_OF_OFFICE = "This is an automatic answer of the mailbox simulator: I am out of the office.\n"
COMPLAINTS = "complaints@email-abuse.amazonses.com"


def daemon(region: str) -> str:
    """Who writes delivery reports in a Region."""
    return f"MAILER-DAEMON@{region}.amazonses.com"


def bounced(
    to: str, outcome: Bounce, recipients: Sequence[str], moment: Moment, headers: EmailMessage
) -> bytes:
    """A delivery report for recipients whose mail came back."""
    words = "An error occurred while trying to deliver the mail to the following recipients:\n"
    words += "".join(f"{one}\n" for one in recipients)
    reporter = "amazonses.com" if outcome.by_ses else moment.mta
    blocks: list[Message | str] = [_fields({"Reporting-MTA": f"dns; {reporter}"})]
    for one in recipients:
        fields = {"Final-Recipient": f"rfc822; {one}", "Action": "failed"}
        fields["Status"] = outcome.status or "5.0.0"
        if outcome.diagnostic:
            fields["Diagnostic-Code"] = outcome.diagnostic
        blocks.append(_fields(fields))
    status = MIMEBase("message", "delivery-status")
    status.set_payload(blocks)
    report = _report("delivery-status", words, status, headers)
    return _finished(report, daemon(moment.region), to, "Delivery Status Notification (Failure)", moment)


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
    feedback.set_payload(_ascii(fields))
    report = _report("feedback-report", words, feedback, headers)
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


def _report(kind: str, words: str, machine: Message, headers: Message) -> Message:
    """A multipart/report (RFC 6522): for people, for programs, and the headers of what it is about."""
    report = MIMEMultipart("report", None, [MIMEText(words), machine])
    report.set_param("report-type", kind)
    listed = "".join(f"{name}: {value}\n" for name, value in headers.items())
    report.attach(MIMEText(_ascii(listed), "rfc822-headers", "us-ascii"))
    return report


def _fields(fields: dict[str, str]) -> Message:
    block = Message()
    for name, value in fields.items():
        block[name] = _ascii(value)
    return block


def _ascii(text: str) -> str:
    """What machines read is ASCII; anything else is a question mark there."""
    return text.encode("ascii", "replace").decode()


def _finished(message: Message, sender: str, to: str, subject: str, moment: Moment) -> bytes:
    """The message with the headers that all of them have. Auto-Submitted keeps others from answering it."""
    message["From"], message["To"] = sender, to
    message["Subject"] = subject
    message["Date"] = format_datetime(moment.time)
    own_id = new_message_id(int(moment.time.timestamp() * 1000))
    message["Message-ID"] = f"<{own_id}@{moment.region}.amazonses.com>"
    message["Auto-Submitted"] = "auto-replied"
    return message.as_bytes(policy=SMTP if (sender + to).isascii() else SMTPUTF8)
