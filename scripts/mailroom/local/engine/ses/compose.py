"""A message from its parts, as SES builds one for SendEmail with simple content, and the headers of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, compat32
from typing import Any, cast

from .refusals import Kind, Refusal

SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""SES encodes what is not ASCII: it does not count on servers that take eight bits."""
LONG_HEADERS = SEVEN_BIT.clone(max_line_length=998)
"""For writing it out: Python folds a long URL (List-Unsubscribe) into encoded words, which no client
reads."""


def headers_of(message: bytes) -> EmailMessage:
    """The headers of a raw message."""
    end = min(
        (at for at in (message.find(b"\r\n\r\n"), message.find(b"\n\n")) if at >= 0), default=len(message)
    )
    return cast(EmailMessage, BytesHeaderParser(policy=compat32).parsebytes(message[:end] + b"\n\n"))


def compose(sender: str, destination: dict[str, Any], simple: dict[str, Any], reply_to: list[str]) -> bytes:
    """The MIME of a message. `simple` has the members of SESv2's Message (Subject, Body, Headers,
    Attachments). Raises Refusal for what cannot be put into a message."""
    message = EmailMessage(policy=SEVEN_BIT)
    try:
        for name, value in _headers(sender, destination, simple, reply_to):
            message[name] = value
        add_body(message, simple["Body"])
        for attachment in simple.get("Attachments", []):
            _attach(message, attachment)
        return message.as_bytes(policy=LONG_HEADERS)
    except ValueError as problem:  # a header twice, or one with a line break in it
        raise Refusal(Kind.BAD_REQUEST, str(problem)) from None


def _headers(
    sender: str, destination: dict[str, Any], simple: dict[str, Any], reply_to: list[str]
) -> Iterator[tuple[str, str]]:
    yield "From", sender
    for header, member in (("To", "ToAddresses"), ("Cc", "CcAddresses")):
        if destination.get(member):
            yield header, ", ".join(destination[member])
    if reply_to:
        yield "Reply-To", ", ".join(reply_to)
    yield "Subject", one_line(simple["Subject"]["Data"])
    for header in simple.get("Headers", []):
        yield header["Name"], header["Value"]


def one_line(subject: str) -> str:
    """A subject without the line breaks that a template's data may bring."""
    return re.sub(r"[\r\n]+[ \t]*", " ", subject)


def add_body(message: EmailMessage, body: dict[str, Any]) -> None:
    """Put SESv2's Body (Text, Html or both) into a message."""
    for member, subtype in (("Text", "plain"), ("Html", "html")):
        if member in body:
            data = body[member]["Data"]
            charset = _charset(data, body[member].get("Charset", ""))
            add = message.add_alternative if message.get("Content-Type") else message.set_content
            add(data, subtype=subtype, charset=charset)


def _charset(data: str, wanted: str) -> str:
    """The character set that was asked for, where Python knows it and the data fits into it; else UTF-8."""
    try:
        data.encode(wanted or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return "utf-8"
    return wanted or "utf-8"


def _attach(message: EmailMessage, attachment: dict[str, Any]) -> None:
    """One attachment. SES's own default, SEVEN_BIT, breaks what is not plain text; base64 is what is left
    of it."""
    kind = attachment.get("ContentType", "application/octet-stream").partition(";")[0]
    main, _, sub = kind.partition("/")
    printable = attachment.get("ContentTransferEncoding") == "QUOTED_PRINTABLE"
    message.add_attachment(
        attachment["RawContent"],
        maintype=main,
        subtype=sub or "octet-stream",
        cte="quoted-printable" if printable else "base64",
        filename=attachment["FileName"],
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        cid=f"<{attachment['ContentId']}>" if attachment.get("ContentId") else None,
        headers=[f"Content-Description: {attachment['ContentDescription']}"]
        if attachment.get("ContentDescription")
        else None,
    )
