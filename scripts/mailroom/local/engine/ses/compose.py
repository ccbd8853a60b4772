"""A message from its parts, as SES builds one for SendEmail with simple content, and the headers of one."""

from __future__ import annotations

from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, compat32
from typing import Any, cast

TRANSFER = {"BASE64": "base64", "QUOTED_PRINTABLE": "quoted-printable", "SEVEN_BIT": "7bit"}


def headers_of(message: bytes) -> EmailMessage:
    """The headers of a raw message."""
    end = min(
        (at for at in (message.find(b"\r\n\r\n"), message.find(b"\n\n")) if at >= 0), default=len(message)
    )
    return cast(EmailMessage, BytesHeaderParser(policy=compat32).parsebytes(message[:end] + b"\n\n"))


def compose(sender: str, destination: dict[str, Any], simple: dict[str, Any], reply_to: list[str]) -> bytes:
    """The MIME of a message. `simple` has the members of SESv2's Message (Subject, Body, Headers,
    Attachments)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    for header, member in (("To", "ToAddresses"), ("Cc", "CcAddresses")):
        if destination.get(member):
            message[header] = ", ".join(destination[member])
    if reply_to:
        message["Reply-To"] = ", ".join(reply_to)
    message["Subject"] = simple["Subject"]["Data"]
    for header in simple.get("Headers", []):
        message[header["Name"]] = header["Value"]
    body = simple["Body"]
    if "Text" in body:
        message.set_content(body["Text"]["Data"])
    if "Html" in body:
        add = message.add_alternative if "Text" in body else message.set_content
        add(body["Html"]["Data"], subtype="html")
    for attachment in simple.get("Attachments", []):
        _attach(message, attachment)
    return message.as_bytes()


def _attach(message: EmailMessage, attachment: dict[str, Any]) -> None:
    """One attachment. SES's own default, SEVEN_BIT, breaks what is not plain text; base64 is what is left
    of it."""
    kind = attachment.get("ContentType", "application/octet-stream").partition(";")[0]
    main, _, sub = kind.partition("/")
    message.add_attachment(
        attachment["RawContent"],
        maintype=main,
        subtype=sub or "octet-stream",
        cte=TRANSFER[
            "QUOTED_PRINTABLE"
            if attachment.get("ContentTransferEncoding") == "QUOTED_PRINTABLE"
            else "BASE64"
        ],
        filename=attachment["FileName"],
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        cid=f"<{attachment['ContentId']}>" if attachment.get("ContentId") else None,
    )
