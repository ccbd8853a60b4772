"""A sent message, opened as far as a page shows it. Nothing here raises for what a message holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from typing import cast

from . import headers

MAXIMUM_TEXT = 500_000
"""Characters of a text or HTML part that are shown; the rest is in the raw message."""
MAXIMUM_PARTS = 300
MAXIMUM_NAME = 300
"""Characters of a file's name, its end included."""
MAXIMUM_WORK = 6_000_000
"""Lines times multiparts that are opened: Python's parser holds each line against every open multipart. It is
a second's work, and twice what 40 MB of base64 in five multiparts need."""

RASTER = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
"""Images that are shown, and how their bytes begin. SVG is a document, not a picture."""


@dataclass(frozen=True)
class File:
    """A part that is neither the text nor the HTML. `number` counts from 1; `size` is in bytes, decoded."""

    number: int
    name: str
    content_type: str
    content_id: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes, decoded."""
        return len(self.content)

    @property
    def picture(self) -> str:
        """The type of a picture by its own first bytes, whatever the mail says; "" where it is none that we
        show."""
        return next((kind for kind, start in RASTER.items() if self.content.startswith(start)), "")


@dataclass(frozen=True)
class Opened:
    """Header fields in their order, the first text, the first HTML, the rest as files; `notes` say what is
    not shown."""

    fields: list[headers.Field]
    text: str | None = None
    html: str | None = None
    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def opened(raw: bytes) -> Opened:
    """Open a message."""
    message = parsed(raw)
    if message is None:
        head = BytesHeaderParser().parsebytes(raw[:262144])
        return Opened(
            headers.fields(head), notes=["Its parts are too many to be opened. Its source is whole."]
        )
    notes: list[str] = []
    parts = list(leaves(message))
    if len(parts) > MAXIMUM_PARTS:
        notes.append(f"Only the first {MAXIMUM_PARTS} of its {len(parts)} parts are shown.")
    text, html, rest = split(parts[:MAXIMUM_PARTS])
    return Opened(
        headers.fields(message),
        _words(text, notes) if text else None,
        _words(html, notes) if html else None,
        [_file(part, number) for number, part in enumerate(rest, 1)],
        notes,
    )


def parsed(raw: bytes) -> Message | None:
    """A message in its parts; None where they are too many, or nested too deeply."""
    if (raw.count(b"\n") + 1) * (raw.lower().count(b"multipart/") + 1) > MAXIMUM_WORK:
        return None
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return None


def split(parts: Sequence[Message]) -> tuple[Message | None, Message | None, list[Message]]:
    """The part that is the text, the one that is the HTML, and the rest."""
    text: Message | None = None
    html: Message | None = None
    rest = []
    for part in parts:
        kind = part.get_content_type()
        shown = part.get_content_disposition() != "attachment"
        if shown and kind == "text/plain" and text is None:
            text = part
        elif shown and kind == "text/html" and html is None:
            html = part
        else:
            rest.append(part)
    return text, html, rest


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order. A mail in a mail is one of them."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting.extend(reversed(cast(list[Message], part.get_payload())))
        else:
            yield part


def _content(part: Message) -> bytes:
    if part.is_multipart():  # message/rfc822, message/delivery-status
        return b"\n".join(one.as_bytes() for one in cast(list[Message], part.get_payload()))
    try:
        return cast(bytes, part.get_payload(decode=True) or b"")
    except (ValueError, LookupError):  # a charset that is none for texts, as idna
        del part["content-type"]
        return cast(bytes, part.get_payload(decode=True) or b"")


def words_of(part: Message) -> str:
    """A part's text by its own charset; what cannot be read so becomes a replacement character."""
    content = _content(part)
    try:
        words = content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        words = content.decode("utf-8", "replace")
    return words.encode("utf-8", "replace").decode()  # UTF-7 may spell half a character


def _words(part: Message, notes: list[str]) -> str:
    words = words_of(part)
    if len(words) > MAXIMUM_TEXT:
        notes.append(
            f"Only the first {MAXIMUM_TEXT:,} of {len(words):,} characters of its text or HTML are shown."
        )
    return words[:MAXIMUM_TEXT]


def _file(part: Message, number: int) -> File:
    kind = part.get_content_type()
    name = _name(part) or f"part-{number}{_ENDINGS.get(kind, '')}"
    content_id = headers.first(part, "content-id").strip("<> ")
    return File(number, name, kind, content_id, _content(part))


_ENDINGS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/rfc822-headers": ".txt",
}


def _name(part: Message) -> str:
    try:
        found = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
        given = collapse_rfc2231_value(found) if found else ""
    except (ValueError, TypeError, LookupError):
        return ""
    name = headers.decoded(" ".join(headers.unfolded(given).split()))
    return name if len(name) <= MAXIMUM_NAME else f"{name[: MAXIMUM_NAME - 50]}…{name[-49:]}"
