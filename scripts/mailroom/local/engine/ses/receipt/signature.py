"""The signature that SES puts on received mail, over its own receipt too (X-SES-DKIM-SIGNATURE).

It is a DKIM signature of amazonses.com (RFC 6376; header relaxed, body simple) under another name. The key is
made when first needed and lives as long as the process; `public_record` is what DNS would say of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

DOMAIN = "amazonses.com"
SIGNED = (
    "From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "X-SES-RECEIPT",
)  # fmt: skip
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:([^\n]*\n(?:[ \t][^\n]*\n)*)", re.MULTILINE)
_FOLD = re.compile(rb"\s+")


@cache
def _key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _selector() -> str:
    """32 letters and digits, as SES's selectors are."""
    return base64.b32encode(hashlib.sha256(_public()).digest())[:32].decode().lower()


def public_record() -> tuple[str, str]:
    """Name and text of the TXT record by which a signature can be checked."""
    return f"{_selector()}._domainkey.{DOMAIN}", f"v=DKIM1; k=rsa; p={base64.b64encode(_public()).decode()}"


def of(receipt: bytes, message: bytes, time: datetime) -> str:
    """The value of the header for a message, with the headers above it that SES has written so far. It is
    signed under the name DKIM-Signature, so that a verifier takes it once it has that name."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    head, _, body = (b"", b"", message[2:]) if message[:2] == b"\r\n" else message.partition(b"\r\n\r\n")
    value = (
        f"a=rsa-sha256; q=dns/txt; b=%s; c=relaxed/simple; s={_selector()}; d={DOMAIN};"
        f" t={int(time.timestamp())}; v=1; bh={_body_hash(body)}; h={':'.join(SIGNED)};"
    )
    text = b"".join(_relaxed(receipt + head + b"\r\n")) + f"dkim-signature:{value % ''}".encode()
    return value % base64.b64encode(_key().sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def _relaxed(head: bytes) -> Iterator[bytes]:
    """The signed fields in relaxed form (3.4.2); of a field that is there more than once the lowest
    (5.4.2)."""
    fields = {name.lower(): value for name, value in _FIELD.findall(head)}
    for name in (one.lower().encode() for one in SIGNED):
        if name in fields:
            yield name + b":" + _FOLD.sub(b" ", fields[name]).strip() + b"\r\n"


def _body_hash(body: bytes) -> str:
    """Of the body in simple form (3.4.3): empty lines at its end are one line end."""
    end = len(body)
    while body[end - 2 : end] == b"\r\n":
        end -= 2
    digest = hashlib.sha256(memoryview(body)[:end])
    digest.update(b"\r\n")
    return base64.b64encode(digest.digest()).decode()
