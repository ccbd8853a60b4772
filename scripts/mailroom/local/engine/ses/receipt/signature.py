"""The signature that SES puts on received mail, over its own receipt too (X-SES-DKIM-SIGNATURE): a DKIM
signature of amazonses.com under another name."""

from __future__ import annotations

from datetime import datetime

from ..fields import split
from ..signers import amazon_signer
from ..signing import body_hash, signature

SIGNED = frozenset(
    (
        "bcc", "cc", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
        "x-ses-receipt",
    )
)  # fmt: skip


def of(receipt: bytes, message: bytes, time: datetime, region: str) -> str:
    """The value of the header for a message with the headers that SES has written above it so far. It is
    signed under the name DKIM-Signature, so that a verifier takes it once it has that name."""
    above, _ = split(receipt)
    fields, body_at = split(message)
    hashed = body_hash(memoryview(message)[body_at:])
    made = signature([*above, *fields], hashed, amazon_signer(region), SIGNED, int(time.timestamp()))
    return made.decode("ascii").partition(":")[2].strip()
