"""Header fields as a page shows them: all, in their order, decoded, and a DKIM signature in its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message

from ..engine.ses import header_text

MAXIMUM_FIELDS = 1000
MAXIMUM_VALUE = 20_000
"""Characters of a value that are shown."""

_DKIM_TAGS = {
    "v": "Version",
    "a": "Algorithm",
    "d": "Signing domain",
    "s": "Selector",
    "h": "Signed headers",
    "c": "Canonicalization",
    "i": "Agent or user",
    "q": "Key found by",
    "t": "Signed at",
    "x": "Expires at",
    "l": "Body length",
    "z": "Copied headers",
    "bh": "Body hash",
    "b": "Signature",
}
"""The tags of a DKIM-Signature (RFC 6376 section 3.5)."""


@dataclass(frozen=True)
class Field:
    """One header field, unfolded; `decoded` is its text where that differs, else the same."""

    name: str
    value: str
    decoded: str


def fields(message: Message) -> list[Field]:
    """The first MAXIMUM_FIELDS header fields of a message."""
    found = list(message.raw_items())[:MAXIMUM_FIELDS]
    return [Field(name, *_both(str(value))) for name, value in found]


def _both(raw: str) -> tuple[str, str]:
    value = unfolded(raw)[:MAXIMUM_VALUE]
    return value, decoded(value)


def unfolded(raw: str) -> str:
    """A raw value on one line; bytes that are no ASCII are read as UTF-8 (RFC 6532)."""
    return header_text.unfolded(raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def decoded(value: str) -> str:
    """A value with its encoded words read (RFC 2047), as it is where they cannot be."""
    found = header_text.decoded(value)
    return value if found == value else " ".join(found.split())


def first(message: Message, name: str) -> str:
    """The decoded value of the first field of a name, "" where there is none."""
    for given, value in message.raw_items():
        if given.lower() == name:
            return _both(str(value))[1]
    return ""


@dataclass(frozen=True)
class Signature:
    """A DKIM-Signature: where its key is in DNS, and its tags as (tag, meaning, value)."""

    key_at: str
    tags: tuple[tuple[str, str, str], ...]


def signature(value: str) -> Signature:
    """A DKIM-Signature's value in its parts; broken ones show what there is."""
    pairs = list(_tags(value))
    found = dict(pairs)
    place = f"{found['s']}._domainkey.{found['d']}" if found.get("s") and found.get("d") else ""
    return Signature(place, tuple((tag, _DKIM_TAGS.get(tag, ""), words) for tag, words in pairs))


def _readable(tag: str, words: str) -> str:
    """A tag's value without its folding; names apart, seconds since 1970 as a time too."""
    packed = "".join(words.split())
    if tag == "h":
        return packed.replace(":", ", ")
    if tag in ("t", "x") and packed.isascii() and packed.isdigit() and len(packed) < 11:
        return f"{packed} ({datetime.fromtimestamp(int(packed), UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return packed


def _tags(value: str) -> Iterator[tuple[str, str]]:
    for part in value.split(";"):
        tag, equals, words = part.partition("=")
        if equals:
            yield tag.strip(), _readable(tag.strip(), words)
