"""DKIM signatures as SES makes them (RFC 6376): rsa-sha256, headers relaxed, body simple.

The form (order of tags, folds, the field names as they stand in the message, none of them twice) is that of
mail that SES sent.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from .fields import Field

NAMES_A_LINE = 40
LINE = 75
FOLD = "\r\n\t"
_TAIL = 65536
_SPACE = re.compile(rb"[ \t]+")


@dataclass(frozen=True)
class Signer:
    """Who signs: the domain (d=), where its public key is found (s=), and the key."""

    domain: str
    selector: str
    key: RSAPrivateKey


def body_hash(body: memoryview) -> str:
    """The tag bh=: SHA-256 of a body with CRLF line ends, without the empty lines at its end and with one
    CRLF there (RFC 6376 3.4.3), in base64. The body is not copied."""
    hashed = hashlib.sha256(body[: _end(body)])
    hashed.update(b"\r\n")
    return base64.b64encode(hashed.digest()).decode()


def _end(body: memoryview) -> int:
    """Where the last line that is not empty ends."""
    end = len(body)
    while end:
        tail = bytes(body[max(0, end - _TAIL) : end])
        kept = len(tail.rstrip(b"\r\n"))
        end -= len(tail) - kept
        if kept:
            break
    return end


def signature(
    fields: Sequence[Field], hashed: str, signer: Signer, names: Collection[str], when: int
) -> bytes:
    """The field DKIM-Signature for a message with these fields and this body hash; `names` (in lower case)
    are signed where the message has them, `when` is in seconds since 1970."""
    signed = [field for field in fields if field.key in names]
    who = (f"s={signer.selector}", f"d={signer.domain}", f"t={when}")
    tags = ("v=1", "a=rsa-sha256", "q=dns/txt", "c=relaxed/simple", *who)
    listed = [field.name.decode("ascii") for field in signed]
    lines = [":".join(listed[at : at + NAMES_A_LINE]) for at in range(0, len(listed), NAMES_A_LINE)]
    head = _folded("DKIM-Signature:", [f"{tag};" for tag in tags])
    unsigned = FOLD.join((head, f"h={f':{FOLD}'.join(lines)};", f"bh={hashed};", "b="))
    own = Field(b"DKIM-Signature", f"{unsigned}\r\n".encode())
    data = b"".join(relaxed(field) for field in _selected(signed)) + relaxed(own).removesuffix(b"\r\n")
    made = base64.b64encode(signer.key.sign(data, padding.PKCS1v15(), hashes.SHA256())).decode()
    pieces = [made[:64], *(made[at : at + 67] for at in range(64, len(made), 67))]
    return f"{unsigned}{FOLD.join(pieces)}\r\n".encode()


def relaxed(field: Field) -> bytes:
    """A field as it is hashed (RFC 6376 3.4.2): name in lower case, unfolded, one space for many."""
    value = _SPACE.sub(b" ", field.value.replace(b"\r\n", b""))
    return field.key.encode() + b":" + value.strip(b" ") + b"\r\n"


def _selected(signed: Sequence[Field]) -> list[Field]:
    """The fields in the order in which h= names them. A name that comes twice means the last field first (RFC
    6376 5.4.2)."""
    waiting: dict[str, list[Field]] = {}
    for field in signed:
        waiting.setdefault(field.key, []).append(field)
    return [waiting[field.key].pop() for field in signed]


def _folded(start: str, tags: Sequence[str]) -> str:
    """Tags on lines of LINE characters, the tab of a fold not counted."""
    lines = [start]
    for tag in tags:
        if len(lines[-1]) + 1 + len(tag) <= LINE:
            lines[-1] += f" {tag}"
        else:
            lines.append(tag)
    return FOLD.join(lines)
