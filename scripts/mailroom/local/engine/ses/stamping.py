"""What SES changes in a message between taking it and handing it to the recipient's server.

Documented: Message-ID and Date are SES's, whatever the sender wrote
(https://docs.aws.amazon.com/ses/latest/dg/header-fields.html), SES's own headers are taken out, every message
is signed for amazonses.com and, where DKIM is set up, for the sender's domain
(https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-manual.html). The order, and which
fields are signed, is read off mail that SES sent.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from . import signing
from .addresses import all_bare, identity_for
from .compose import headers_of
from .fields import Field, split, with_crlf
from .signers import AMAZON, amazon_signer, own_signer
from .state import Region

if TYPE_CHECKING:
    from .sending import Outgoing

OUTGOING_ADDRESS = "127.0.0.1"

# Nobody who gets the mail sees these. Feedback-ID is SES's own, whoever wrote one.
TAKEN_OUT = frozenset(
    (
        "bcc", "return-path", "feedback-id", "x-ses-outgoing",
        "x-ses-configuration-set", "x-ses-message-tags", "x-ses-list-management-options", "x-ses-tenant",
        "x-ses-source-arn", "x-ses-from-arn", "x-ses-return-path-arn",
    )
)  # fmt: skip

# RFC 6376 5.4.1. Seen in mail that SES sent: all that it had of the first two lines, List-Unsubscribe and no
# X-… or User-Agent. List-Unsubscribe-Post, which RFC 8058 demands, was in none of the samples.
SIGNED = frozenset(
    (
        "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to",
        "references", "mime-version", "content-type", "content-transfer-encoding",
        "resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc", "resent-message-id",
        "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post", "list-subscribe", "list-post",
        "list-owner", "list-archive",
    )
)  # fmt: skip


def stamped(region: Region, outgoing: Outgoing, message_id: str) -> bytes:
    """The message as the recipient gets it. Its body is copied once, and only its line ends may change."""
    message = with_crlf(outgoing.message)
    given, body_at = split(message)
    body = memoryview(message)[body_at:]
    now = region.clock().astimezone(UTC)
    fields = list(_rewritten(region, outgoing, given, message_id, now))
    hashed = signing.body_hash(body)
    when = int(now.timestamp())
    signatures = [
        signing.signature(fields, hashed, signer, names, when) for signer, names in _signers(region, outgoing)
    ]
    return b"".join((*signatures, *(field.raw for field in fields), b"\r\n", body))


def return_path(region: Region, outgoing: Outgoing, message_id: str) -> str:
    """The envelope's sender, which receivers show as Return-Path: below the identity's own MAIL FROM domain,
    else below SES's."""
    name = identity_for(region, author(outgoing))
    own = region.identities[name]["MailFromAttributes"] if name else {}
    if own.get("MailFromDomainStatus") == "SUCCESS":
        return f"{message_id}@{own['MailFromDomain']}"
    return f"{message_id}@{AMAZON if region.name == 'us-east-1' else f'{region.name}.{AMAZON}'}"


def author(outgoing: Outgoing) -> str:
    """The address that signatures and MAIL FROM go by: the one in From, else the caller's sender."""
    named = all_bare([str(value) for value in headers_of(outgoing.message).get_all("From", [])])
    return next(iter(named), outgoing.sender)


def _rewritten(
    region: Region, outgoing: Outgoing, given: list[Field], message_id: str, now: datetime
) -> Iterator[Field]:
    """The fields that go out: Message-ID and Date where the sender had them, else at the end."""
    host = f"email.{AMAZON}" if region.name == "us-east-1" else f"{region.name}.{AMAZON}"
    date = format_datetime(now).replace(", 0", ", ")  # SES writes the day without a zero before it
    missing = {"message-id": ("Message-ID", f"<{message_id}@{host}>"), "date": ("Date", date)}
    for field in given:
        if field.key in missing:
            yield Field.of(field.name.decode("ascii"), missing.pop(field.key)[1])
        elif field.key not in TAKEN_OUT:
            yield field
    for name, value in missing.values():
        yield Field.of(name, value)
    yield Field.of("Feedback-ID", _feedback_id(region, outgoing))
    yield Field.of("X-SES-Outgoing", f"{now:%Y.%m.%d}-{OUTGOING_ADDRESS}")


def _feedback_id(region: Region, outgoing: Outgoing) -> str:
    """Two words of the sender's own (by the tags ses:feedback-id-a and -b), and SES's for the account."""
    tags = dict(outgoing.tags)
    account = base64.b64encode(hashlib.sha256(region.account_id.encode()).digest()).decode()
    words = (tags.get("ses:feedback-id-a", ""), tags.get("ses:feedback-id-b", ""))
    return f"{words[0]}:{words[1]}:1.{region.name}.{account}:AmazonSES"


def _signers(region: Region, outgoing: Outgoing) -> Iterator[tuple[signing.Signer, frozenset[str]]]:
    """Who signs, the sender's domain first, and which fields: the sender did not write Feedback-ID."""
    own = own_signer(region, author(outgoing))
    if own is not None:
        yield own, SIGNED
    yield amazon_signer(region.name), SIGNED | {"feedback-id"}
