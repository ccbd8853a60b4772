"""A message opened once, front to back: its text kept, its attachments handed on as they are read."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from lambda_src.inbound import longtext, parts
from lambda_src.inbound.attachments import Attachment, Counted, Described, Keep, Sink, Taker
from lambda_src.inbound.mime import charsets, pkcs7, uuencode
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.mime.splitter import Limits, Part, Splitter
from lambda_src.inbound.names import name_for, safe_name, without_list

__all__ = ["Attachment", "Body", "Counted", "Keep", "Message", "Sink", "SinkFor", "open_message"]

# Text over these (decoded bytes) is treated as an attachment, so that memory stays flat.
TEXT_PART_BYTES = 1024 * 1024
TEXT_BYTES = 2 * 1024 * 1024
MOST_UUENCODED = 100
MOST_SHELLS = 3
PGP_ARMOUR = "-----BEGIN PGP MESSAGE-----"  # RFC 9580 6.2: encrypted text in the text itself
PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"  # RFC 9580 7: signed text
DEFAULT_KEEP = Keep()


@dataclass(frozen=True)
class Body:
    """One text part: `subtype` is plain or html; `alternative` says that another form of it is beside it."""

    subtype: str
    text: str
    alternative: bool


@dataclass
class Message:
    """What was read. `encrypted`: the whole or a part of it can only be read by its addressee. `signed`: a
    signature covers the whole or a part. `long_text`: a text was too long to be read for a list. `uncut`: and
    it holds a marker that was not cut from it.
    """

    headers: Headers
    bodies: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    encrypted: bool = False
    signed: bool = False
    report: bool = False
    long_text: bool = False
    uncut: bool = False

    @property
    def kept(self) -> list[Attachment]:
        """The files that stay in the mail."""
        return [file for file in self.attachments if file.content is not None]

    @property
    def linked(self) -> list[Attachment]:
        """The files that went to their sinks."""
        return [file for file in self.attachments if file.content is None and not file.opened]


# Asked for each attachment that is not kept, by its number (from 1); the message's headers are known by then.
SinkFor = Callable[[int, Headers], Sink]


def open_message(
    read: Callable[[int], bytes],
    sink_for: SinkFor,
    limits: Limits | None = None,
    keep: Keep = DEFAULT_KEEP,
    marker: str = "",
) -> Message:
    """Read the message to its end. Raises what `read` or a sink raises; that sink is aborted.

    `marker` stands before and behind a list. With it, a named text is a body where a list is in it, and
    lists are cut from a text that is too long to be a body; its size and sha256 are of what is left of it.
    """
    splitter = Splitter(read, limits)
    opening = _Opening(Message(splitter.headers), sink_for, limits, keep, splitter)
    opening.marker = marker
    opening.read_parts(splitter)
    message = opening.message
    message.headers = splitter.headers
    message.attachments = [
        replace(file, name=without_list(file.name, marker)) if marker else file
        for file in opening.taker.attachments()
    ]
    texts = [body.text for body in message.bodies]
    message.encrypted = message.encrypted or any(PGP_ARMOUR in text for text in texts)
    message.signed = message.signed or any(PGP_SIGNED in text for text in texts)
    return message


class _Opening:
    """The work of opening one message: what was read so far, and how much room is left."""

    def __init__(
        self, message: Message, sink_for: SinkFor, limits: Limits | None, keep: Keep, splitter: Splitter
    ) -> None:
        self.message = message
        self.taker = Taker(lambda number: sink_for(number, splitter.headers), keep.total)
        self._limits = limits
        self._keep = keep
        self._text_room = TEXT_BYTES
        self._uuencoded_room = MOST_UUENCODED
        self._shells_room = MOST_SHELLS
        self.marker = ""
        self._long_list = False

    def read_parts(self, splitter: Splitter) -> None:
        """Take every part of a message, or of what a signature covers."""
        for part in splitter.parts():
            if parts.is_body(part):
                self._text(part)
            elif self.marker and parts.may_be_body(part):
                self._named_text(part)
            elif parts.may_be_shell(part):
                self._shell(part)
            else:
                self._attachment(part, part.content())
        self.message.report = self.message.report or "multipart/report" in splitter.multiparts
        self.message.signed = self.message.signed or "multipart/signed" in splitter.multiparts
        for defect in splitter.defects:
            self._defect(defect)

    def _attachment(self, part: Part, blocks: Iterator[bytes]) -> None:
        self.message.encrypted = self.message.encrypted or parts.is_encrypted(part)
        self.taker.take(parts.described(part, self.taker.next_number, self._keep), blocks)

    def _text(self, part: Part) -> None:
        """A text to read, unless it is too long."""
        blocks = part.content()
        data, whole = _first(blocks, TEXT_PART_BYTES)
        if whole and len(data) <= self._text_room:
            self._short_text(part, data)
        else:
            self._long_text(part, data, blocks)

    def _named_text(self, part: Part) -> None:
        """A text with a name: with a list in it, it is a body, since as a file it would show the list."""
        blocks = part.content()
        data, whole = _first(blocks, min(self._text_room, TEXT_PART_BYTES))
        if whole and longtext.has_list(part, data, self.marker):
            self._short_text(part, data)
        else:
            self._attachment(part, itertools.chain([data] if data else [], blocks))

    def _long_text(self, part: Part, data: bytes, blocks: Iterator[bytes]) -> None:
        """A text of which only the first `data` is looked at: a file, without its list."""
        self._defect("a text part is too long to be read: it is treated as an attachment")
        blocks = itertools.chain([data], blocks)
        found = longtext.look(part, data, self.marker) if self.marker else longtext.NOTHING
        self.message.uncut = self.message.uncut or found.uncut
        if found.standing_in and not self._long_list:
            self._long_list = True
            self.message.bodies.append(
                Body(part.content_type.partition("/")[2], found.standing_in, _is_alternative(part))
            )
        self.message.long_text = self.message.long_text or found.uncut or not found.standing_in
        self._attachment(part, longtext.without_pairs(blocks, found.mark) if found.mark else blocks)

    def _short_text(self, part: Part, data: bytes) -> None:
        files: list[tuple[bytes, bytes]] = []
        if part.content_type == "text/plain":
            data, files = uuencode.take_out(data, self._uuencoded_room)
        self._text_room -= len(data)
        self._uuencoded_room -= len(files)
        self._body(part, data)
        for name, content in files:
            self._uuencoded(name, content)

    def _uuencoded(self, name: bytes, content: bytes) -> None:
        text = safe_name(charsets.decode(name, "utf-8")[0]) or f"attachment-{self.taker.next_number}.bin"
        described = Described(
            text, "application/octet-stream", keep_below=parts.keep_below(text, False, self._keep)
        )
        self.taker.take(described, [content] if content else [])

    def _body(self, part: Part, data: bytes) -> None:
        text, defect = longtext.decoded(part, data)
        if defect:
            self._defect(defect)
        self.message.bodies.append(Body(part.content_type.partition("/")[2], text, _is_alternative(part)))

    def _shell(self, part: Part) -> None:
        """Encrypted, or signed by S/MIME: signed mail is read like the message itself."""
        blocks = part.content()
        head, _ = _first(blocks, pkcs7.HEAD_BYTES)
        shell = pkcs7.shell(head)
        blocks = itertools.chain([head] if head else [], blocks)
        whole, kinds = parts.is_whole(part), (shell.kind, parts.smime_kind(part))
        self.message.signed = self.message.signed or (whole and pkcs7.SIGNED in kinds)
        self.message.encrypted = self.message.encrypted or shell.kind == pkcs7.ENCRYPTED
        if not shell.start or not whole or not self._shells_room:
            if shell.kind:
                self.taker.take(parts.described(part, self.taker.next_number, self._keep), blocks)
            else:
                self._attachment(part, blocks)
            return
        self._shells_room -= 1
        described = Described(name_for(part, self.taker.next_number), part.content_type, opened=True)
        with closing(self.taker.passing(described, blocks)) as passing:
            self.read_parts(Splitter(_reader(pkcs7.content(passing, shell.start)), self._limits))
            for _ in passing:
                pass

    def _defect(self, text: str) -> None:
        if text not in self.message.defects:
            self.message.defects.append(text)


def _is_alternative(part: Part) -> bool:
    return "multipart/alternative" in part.enclosing


def _first(blocks: Iterator[bytes], most: int) -> tuple[bytes, bool]:
    """All that comes and True; or, of more than `most` bytes, what was read so far, and False."""
    read: list[bytes] = []
    size = 0
    for block in blocks:
        read.append(block)
        size += len(block)
        if size > most:
            return b"".join(read), False
    return b"".join(read), True


def _reader(blocks: Iterator[bytes]) -> Callable[[int], bytes]:
    """`read(size)` over blocks: at least so many bytes, fewer only at the end. Blocks may be tiny."""

    def read(size: int) -> bytes:
        return _first(blocks, size - 1)[0]

    return read
