"""A message opened once, front to back: its text kept, its attachments handed on as they are read."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from lambda_src.inbound.mime import charsets
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.mime.splitter import ENCRYPTED, Limits, Part, Splitter
from lambda_src.inbound.names import given_name, name_for

# Text over these (decoded bytes) is treated as an attachment, so that memory stays flat.
TEXT_PART_BYTES = 1024 * 1024
TEXT_BYTES = 2 * 1024 * 1024
PGP_ARMOUR = "-----BEGIN PGP MESSAGE-----"  # RFC 9580 6.2: encrypted text in the text itself


class Sink(Protocol):
    """Where one attachment goes."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def close(self) -> None:
        """Everything came: keep it."""

    def abort(self) -> None:
        """It will not be finished: leave nothing behind."""


class Counted:
    """A sink that keeps nothing: the attachment is only counted."""

    def write(self, data: bytes) -> None:
        """Forget the bytes."""

    def close(self) -> None:
        """Nothing to keep."""

    def abort(self) -> None:
        """Nothing to clear away."""


@dataclass(frozen=True)
class Body:
    """One text part: `subtype` is plain or html; `alternative` says that another form of it is beside it."""

    subtype: str
    text: str
    alternative: bool


@dataclass(frozen=True)
class Attachment:
    """A part that is not text to read; `number` counts from 1, size and sha256 are of the decoded bytes."""

    number: int
    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool


@dataclass
class Message:
    """What was read; `encrypted` when the whole or a part of it can only be read by its addressee."""

    headers: Headers
    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    encrypted: bool = False
    report: bool = False


# Asked for each attachment by its number (from 1); the message's own headers are known by then.
SinkFor = Callable[[int, Headers], Sink]


def open_message(read: Callable[[int], bytes], sink_for: SinkFor, limits: Limits | None = None) -> Message:
    """Read the message to its end. Raises what `read` or a sink raises; that sink is aborted."""
    splitter = Splitter(read, limits)
    message = Message(splitter.headers, defects=splitter.defects)
    room = TEXT_BYTES
    for part in splitter.parts():
        message.encrypted = message.encrypted or _is_encrypted(part)
        kept = b""
        if is_body(part):
            kept, whole = _read_text(part, min(room, TEXT_PART_BYTES))
            if whole:
                room -= len(kept)
                message.bodies.append(_body(part, kept, message.defects))
                continue
            message.defects.append("a text part is too long to be read: it is treated as an attachment")
        number = len(message.attachments) + 1
        sink = sink_for(number, splitter.headers)
        message.attachments.append(_attachment(part, kept, number, sink))
    message.headers = splitter.headers
    message.encrypted = message.encrypted or any(PGP_ARMOUR in body.text for body in message.bodies)
    message.report = "multipart/report" in splitter.multiparts
    return message


def is_body(part: Part) -> bool:
    """Whether a part is text for the reader: plain or HTML, not marked as an attachment, without a name.

    A message that is one single part is its own text even when it has a name.
    """
    if part.content_type not in ("text/plain", "text/html") or part.disposition[0] == "attachment":
        return False
    return not part.enclosing or not given_name(part.headers)


def _is_encrypted(part: Part) -> bool:
    smime = part.content_type in ("application/pkcs7-mime", "application/x-pkcs7-mime")
    kind = part.parameters.get("smime-type", "enveloped-data").lower()
    return part.content_type in ENCRYPTED or (smime and kind in ("enveloped-data", "authenveloped-data"))


def _read_text(part: Part, most: int) -> tuple[bytes, bool]:
    """The part's bytes and True; or, of a part over `most` bytes, what was read of it so far, and False."""
    blocks: list[bytes] = []
    size = 0
    for block in part.content():
        blocks.append(block)
        size += len(block)
        if size > most:
            return b"".join(blocks), False
    return b"".join(blocks), True


def _body(part: Part, data: bytes, defects: list[str]) -> Body:
    text, defect = charsets.decode(data, part.parameters.get("charset", "").split(" ")[0])
    if defect and defect not in defects:
        defects.append(defect)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return Body(part.content_type.partition("/")[2], text, "multipart/alternative" in part.enclosing)


def _attachment(part: Part, kept: bytes, number: int, sink: Sink) -> Attachment:
    digest = hashlib.sha256(kept)
    size = len(kept)
    try:
        if kept:
            sink.write(kept)
        for block in part.content():
            digest.update(block)
            size += len(block)
            sink.write(block)
        sink.close()
    except BaseException:
        sink.abort()
        raise
    inline = part.disposition[0] == "inline" or (
        part.disposition[0] != "attachment" and bool(part.headers.get("content-id"))
    )
    return Attachment(number, name_for(part, number), part.content_type, size, digest.hexdigest(), inline)
