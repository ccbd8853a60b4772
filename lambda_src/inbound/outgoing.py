"""The mail that is sent on, built anew from an allowlist of headers."""

import re
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr, parsedate_to_datetime

from lambda_src.inbound import content
from lambda_src.inbound.attachments import Attachment
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.loops import LOOP_HEADER
from lambda_src.inbound.mime.headers import Headers, decode_words
from lambda_src.shared.addresses import is_address

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_LONGEST_SUBJECT = 500
_POLICY = policy.SMTP.clone(max_line_length=78)


def build(
    original: Headers, sender: str, to: list[str], bodies: Bodies, kept: Sequence[Attachment] = ()
) -> bytes:
    """The message as bytes with CRLF, ASCII throughout. Message-ID, and Date where it is missing, are SES's.

    `kept` are the files that stay in the mail (with their content).

    Nothing else of the incoming headers is taken over: no DKIM-Signature, no Return-Path, no Received.
    """
    mail = EmailMessage(_POLICY)
    reply_to = _mailbox(original.get("reply-to")) or _mailbox(original.get("from"))
    mail["From"] = Address(_sender_name(original, reply_to), addr_spec=sender)
    mail["To"] = ", ".join(to)
    if reply_to:
        mail["Reply-To"] = Address(reply_to[0], addr_spec=reply_to[1])
    mail["Subject"] = _plain(original.get("subject"))[:_LONGEST_SUBJECT]
    if date := _date(original.get("date")):
        mail["Date"] = date
    for name in ("In-Reply-To", "References"):
        if ids := _MESSAGE_ID.findall(original.get(name.lower())):
            # A long thread keeps its first message and its latest ones (RFC 5322 3.6.4 sets no limit).
            mail[name] = " ".join(ids if len(ids) <= 20 else [ids[0], *ids[-19:]])
    mail["Auto-Submitted"] = "auto-forwarded"
    mail[LOOP_HEADER] = "1"
    mail["MIME-Version"] = "1.0"
    # email ends the headers with an empty line; those of the content go before it.
    return mail.as_bytes().rstrip(b"\r\n") + b"\r\n" + content.of(bodies, kept).as_bytes()


def _mailbox(value: str) -> tuple[str, str] | None:
    """The first mailbox of a header as (name, address), where it is an address that can be written to."""
    name, address = parseaddr(value[:2048])
    return (_plain(name)[:100], address) if is_address(address) else None


def _sender_name(original: Headers, reply_to: tuple[str, str] | None) -> str:
    """Who wrote, as far as a display name says so: the address would look like a forged sender."""
    name = (_mailbox(original.get("from")) or reply_to or ("", ""))[0]
    return f"{name} via Mailroom" if name and "@" not in name else "Mailroom"


def _plain(value: str) -> str:
    """A header's words, decoded once. What is an encoded word even then stays unread: email would decode it
    again, line breaks and all, and Python 3.11 writes those out as the beginning of another header.
    """
    return decode_words(value).replace("=?", "= ?")


def _date(value: str) -> str | None:
    try:
        return format_datetime(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
