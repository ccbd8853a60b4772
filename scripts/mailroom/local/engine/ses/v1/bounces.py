"""SendBounce: tell the sender of a mail that came in that it did not get through."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from ...protocol.messages import Operation
from .. import mailboxes, own_headers
from ..addresses import bare, default_configuration_set
from ..checks import check_account
from ..receipt.bounces import Reason, about_mail, about_recipient
from ..receipt.delivery_report import written
from ..receipt.mail import Mail
from ..refusals import Kind, Refusal
from ..report_mail import Fields, about_failed
from ..sending import MAXIMUM_BYTES_V1, Outgoing, accept
from ..state import Region
from .sending import v1_names

# The codes of the console's bounce templates ("Return bounce response action", developer guide).
REASONS = {
    "DoesNotExist": Reason("550", "5.1.1", "Mailbox does not exist"),
    "MessageTooLarge": Reason("552", "5.3.4", "Message too large"),
    "ExceededQuota": Reason("552", "5.2.2", "Mailbox full"),
    "ContentRejected": Reason("500", "5.6.1", "Message content rejected"),
    "Undefined": Reason("554", "5.0.0", "Unknown failure"),
    "TemporaryFailure": Reason("450", "4.0.0", "Temporary failure"),
}
# What a call names, and the field of RFC 3464 that it becomes.
OF_MAIL = {"ReportingMta": "Reporting-MTA", "ArrivalDate": "Arrival-Date"}
OF_RECIPIENT = {
    "Action": "Action",
    "RemoteMta": "Remote-MTA",
    "Status": "Status",
    "DiagnosticCode": "Diagnostic-Code",
    "LastAttemptDate": "Last-Attempt-Date",
}
_NAME = re.compile(r"[!-9;-~]+")


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendBounce."""
    sender = bare(params["BounceSender"])
    with v1_names():
        check_account(region)
        mailboxes.require([params["BounceSender"]])
        mail = _answered(region, params["OriginalMessageId"])
        named = own_headers.OwnHeaders(source_arn=params.get("BounceSenderArn", ""))
        own_headers.check_named(region, named, sender, b"")
        outgoing = Outgoing(
            sender,
            [mail.arrival.sender],
            _message(region, mail, params),
            "api-v1",
            default_configuration_set(region, sender),
            MAXIMUM_BYTES_V1,
            operation="SendBounce",
        )
        return {"MessageId": accept(region, outgoing).id}


def _answered(region: Region, mail_id: str) -> Mail:
    mail = region.received.find(mail_id, region.clock())
    if mail is None:
        words = f"No mail with the id {mail_id} was received in the last 24 hours."
        raise Refusal(Kind.REJECTED, words)
    if not mail.arrival.sender:
        raise Refusal(Kind.REJECTED, f"The mail {mail_id} is a bounce itself: nobody is to be told.")
    return mail


def _message(region: Region, mail: Mail, params: dict[str, Any]) -> bytes:
    bounced = params["BouncedRecipientInfoList"]
    if not bounced:
        raise Refusal(Kind.BAD_REQUEST, "BouncedRecipientInfoList must name a recipient.")
    mailboxes.require([one["Recipient"] for one in bounced])
    recipients = [_about(one, region.clock()) for one in bounced]
    of_mail = {**about_mail(region.name, mail), **_fields(params.get("MessageDsn", {}), OF_MAIL)}
    words = params.get("Explanation") or _explained(bounced)
    try:
        sender, now = params["BounceSender"], region.clock()
        return written(mail, sender, now, region.name, f"{words}\n", of_mail, recipients)
    except ValueError as problem:  # a line end in a field
        raise Refusal(Kind.BAD_REQUEST, str(problem)) from problem


def _about(bounced: dict[str, Any], now: datetime) -> Fields:
    """A recipient's fields: those that the call gives, else the ones of its BounceType."""
    given, kind = bounced.get("RecipientDsnFields"), bounced.get("BounceType")
    if given:
        final = given.get("FinalRecipient") or bare(bounced["Recipient"])
        return {"Final-Recipient": f"rfc822; {final}", **_fields(given, OF_RECIPIENT)}
    if not kind:
        words = f"Either BounceType or RecipientDsnFields is required for {bounced['Recipient']}."
        raise Refusal(Kind.BAD_REQUEST, words)
    return about_recipient(bare(bounced["Recipient"]), REASONS[kind], now)


def _fields(given: dict[str, Any], known: dict[str, str]) -> Fields:
    fields = {known[name]: _text(value) for name, value in given.items() if name in known}
    for extension in given.get("ExtensionFields", []):
        if not _NAME.fullmatch(extension["Name"]):
            raise Refusal(Kind.BAD_REQUEST, f"Illegal name of an extension field: {extension['Name']!r}")
        fields[extension["Name"]] = extension["Value"]
    return fields


def _text(value: Any) -> str:
    return format_datetime(value) if isinstance(value, datetime) else str(value)


def _explained(bounced: list[dict[str, Any]]) -> str:
    """The words of a bounce that has none of its own."""
    reasons = sorted({REASONS[one["BounceType"]].text for one in bounced if "BounceType" in one})
    return about_failed(one["Recipient"] for one in bounced) + "\n".join(reasons)


OPERATIONS: dict[str, Operation] = {"SendBounce": send}
