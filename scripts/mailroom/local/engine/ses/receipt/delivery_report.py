"""A delivery status notification (RFC 3464) about a mail that came in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from .. import report_mail
from ..compose import headers_of
from ..report_mail import Fields
from .mail import Mail

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def written(
    mail: Mail,
    sender: str,
    now: datetime,
    region: str,
    words: str,
    about_mail: Fields,
    about_recipients: Iterable[Fields],
) -> bytes:
    """A report to the sender of a mail, with its headers: `words` for a person, fields for machines. Raises
    ValueError where a field has a line end."""
    message = mail.arrival.message
    head = message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    status = report_mail.delivery_status(about_mail, about_recipients)
    report = report_mail.report("delivery-status", words, status, f"{head}\n")
    if _MESSAGE_ID.fullmatch(answered := str(headers_of(message)["Message-ID"]).strip()):
        report["In-Reply-To"] = report["References"] = answered
    return report_mail.finished(report, sender, mail.arrival.sender, report_mail.FAILURE, now, region)
