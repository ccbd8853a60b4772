"""DNS records as plain values: what an engine has to say of names, and who serves DNS hands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 255
"""Bytes in a string of a TXT record (RFC 1035 3.3)."""


@dataclass(frozen=True)
class Record:
    """One record: its owner's name (with or without the dot at the end), its type, what a zone file has for
    its data, and how many seconds it may be kept. Data that costs something is made when it is asked for."""

    name: str
    kind: str
    data: str | Callable[[], str]
    ttl: int = 300

    def text(self) -> str:
        """The data, as a zone file has it."""
        return self.data if isinstance(self.data, str) else self.data()


def quoted(text: str) -> str:
    """A text as the data of a TXT record: strings of at most 255 bytes, which readers put together again."""
    pieces = [text[at : at + LONGEST] for at in range(0, len(text), LONGEST)] or [""]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
