"""The header fields of a raw message as they stand, byte for byte, and where its body begins.

What counts as a header is what Python's email package takes for one, so that what `sending.check` looked at
is what is sent: a line that can be no header begins the body, and lines that belong to no field are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# RFC 5322 3.6.8: a field's name is printable ASCII without the colon.
_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]+):")


@dataclass(frozen=True)
class Field:
    """A header field: its name, and all of it with its folds and the CRLF at its end."""

    name: bytes
    raw: bytes

    @classmethod
    def of(cls, name: str, value: str) -> Field:
        """A field that is made here."""
        return cls(name.encode(), f"{name}: {value}\r\n".encode())

    @property
    def key(self) -> str:
        """The name as fields are looked for: in lower case."""
        return self.name.decode("ascii").lower()

    @property
    def value(self) -> bytes:
        """What follows the colon, with the CRLF at its end."""
        return self.raw[len(self.name) + 1 :]


def with_crlf(message: bytes) -> bytes:
    """The message as it goes over the wire: every line ends in CRLF (RFC 5321 2.3.8). One that does so
    already is not copied."""
    pairs = message.count(b"\r\n")
    if pairs == message.count(b"\n") == message.count(b"\r"):
        return message
    return message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def split(message: bytes) -> tuple[list[Field], int]:
    """The fields of a message with CRLF line ends, and the offset of its body."""
    fields: list[Field] = []
    name: bytes | None = None  # of the field whose lines are being read; None where they belong to none
    start = at = 0

    def close() -> None:
        if name is not None:
            fields.append(Field(name, message[start:at].removesuffix(b"\r\n") + b"\r\n"))

    while at < len(message):
        line_end = message.find(b"\r\n", at)
        following = len(message) if line_end < 0 else line_end + 2
        if message[at : at + 1] not in (b" ", b"\t"):
            close()
            start, name = at, None
            if line_end == at:
                return fields, following
            found = _NAME.match(message, at, following)
            if found:
                name = found[1]
            elif not message.startswith((b":", b"From "), at):
                return fields, at
        at = following
    close()
    return fields, len(message)
