"""Splits a message into its leaf parts as a stream.

    splitter = Splitter(body.read)
    for part in splitter.parts():
        for block in part.content():   # decoded bytes, in the message's order
            ...
    splitter.headers, splitter.defects

A part's content must be taken before the next part is asked for; what is not taken is skipped.
Every bound of Limits ends in a defect, never in an exception.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lambda_src.inbound.mime.decoders import decoder
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.mime.parameters import first_token, parse
from lambda_src.inbound.mime.source import CHUNK_BYTES, Source

# RFC 5322 2.2: printable ASCII but no colon; white space before the colon is 4.5.8's obsolete form.
# A line that begins with a colon is none: it is more likely a marker (":Email_Rxers_Code:").
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_LONGEST_BOUNDARY = 998
MESSAGES = ("message/rfc822", "message/global")
ENCRYPTED = ("multipart/encrypted", "application/pgp-encrypted")


@dataclass(frozen=True)
class Limits:
    """What a message may hold before the rest of it is kept whole or left out."""

    depth: int = 30
    parts: int = 1000
    header_bytes: int = 256 * 1024
    header_lines: int = 5000
    preamble_bytes: int = 1024 * 1024


@dataclass
class Part:
    """One leaf: what its headers say, and its content. `enclosing` are the multiparts around it, outermost
    first. `opaque` is content that is not looked into: a message, an encrypted whole, or one too deep.
    """

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    encoding: str
    enclosing: tuple[str, ...] = ()
    opaque: bool = False
    _blocks: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def content(self) -> Iterator[bytes]:
        """The decoded bytes, in blocks of about one chunk; once."""
        return self._blocks

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition: `attachment`, `inline` or an empty text, and its parameters."""
        return parse(self.headers.get("content-disposition"))


@dataclass(frozen=True)
class _Level:
    boundary: bytes
    content_type: str


class Splitter:
    """Reads one message. `read(size)` gives the next bytes, b"" at the end."""

    def __init__(
        self, read: Callable[[int], bytes], limits: Limits | None = None, chunk_bytes: int = CHUNK_BYTES
    ) -> None:
        self.headers = Headers([])
        self.defects: list[str] = []
        self.multiparts: list[str] = []
        self._source = Source(read, chunk_bytes)
        self._limits = limits or Limits()
        self._levels: list[_Level] = []
        self._entities = 0
        self._at_delimiter = False

    def parts(self) -> Iterator[Part]:
        """The leaf parts in their order. The message's own headers are there with the first of them."""
        self.headers = self._read_headers()
        entity: Headers | None = self.headers
        while entity is not None:
            self._entities += 1
            yield from self._entity(entity)
            entity = self._next_headers()

    def _next_headers(self) -> Headers | None:
        """Those of the next part; None at the end."""
        while self._next_entity():
            if self._entities >= self._limits.parts:
                self._defect(f"more than {self._limits.parts} parts: the rest is left out")
                return None
            headers = self._read_headers()
            if not self._at_delimiter:
                return headers
            # Two delimiters, one right behind the other, have no part between them (RFC 2046 5.1.1).
            self._entities += 1
            self._skip()
        return None

    def _entity(self, headers: Headers) -> Iterator[Part]:
        """The part that these headers begin; of a multipart only the way to its first part."""
        content_type, parameters = self._content_type(headers)
        boundary = self._boundary(content_type, parameters)
        if boundary is None:
            part = self._leaf(headers, content_type, parameters)
            yield part
            for _ in part.content():
                pass
            return
        self.multiparts.append(content_type)
        self._levels.append(_Level(boundary, content_type))
        yield from self._preamble(headers)

    def _content_type(self, headers: Headers) -> tuple[str, dict[str, str]]:
        """The type, or what RFC 2045 5.2 and RFC 2046 5.1.5 put in its place."""
        inside_digest = bool(self._levels) and self._levels[-1].content_type == "multipart/digest"
        default = "message/rfc822" if inside_digest else "text/plain"
        value = headers.get("content-type")
        if not value:
            return default, {}
        content_type, parameters = parse(value)
        if content_type == "text":
            return "text/plain", parameters
        if not re.fullmatch(r"[!-.0-~]+/[!-.0-~]+", content_type):
            self._defect(f"no valid content type: {content_type[:80]!r}")
            return "text/plain", parameters
        return content_type, parameters

    def _boundary(self, content_type: str, parameters: dict[str, str]) -> bytes | None:
        """The delimiter of a multipart that is to be looked into, else None."""
        if not content_type.startswith("multipart/") or content_type in ENCRYPTED:
            return None
        boundary = parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        if not boundary or len(boundary) > _LONGEST_BOUNDARY:
            self._defect("a multipart without a usable boundary")
            return None
        if len(self._levels) >= self._limits.depth:
            self._defect(f"parts nested deeper than {self._limits.depth}: kept whole")
            return None
        return b"--" + boundary

    def _leaf(self, headers: Headers, content_type: str, parameters: dict[str, str]) -> Part:
        is_multipart = content_type.startswith("multipart/")
        opaque = content_type in (*MESSAGES, *ENCRYPTED) or (
            is_multipart and bool(parameters.get("boundary"))
        )
        if is_multipart and not opaque:
            content_type = "text/plain"
        encoding = first_token(headers.get("content-transfer-encoding")).lower().rstrip(";")
        enclosing = tuple(level.content_type for level in self._levels)
        part = Part(headers, content_type, parameters, encoding, enclosing, opaque)
        # A multipart that is kept whole can only be read with its headers; it has no encoding (RFC 2045 6.4).
        before = headers.raw + b"\r\n" if opaque and is_multipart else b""
        part._blocks = self._decoded("" if is_multipart else encoding, before)
        return part

    def _decoded(self, encoding: str, before: bytes) -> Iterator[bytes]:
        undo = decoder(encoding)
        if before:
            yield before
        for block in self._source.until_delimiter([level.boundary for level in self._levels]):
            if data := undo.feed(block):
                yield data
        if data := undo.finish():
            yield data
        if undo.defect:
            self._defect(undo.defect)

    def _preamble(self, headers: Headers) -> Iterator[Part]:
        """Skips to the first delimiter. Where it never comes, what was skipped is a text part after all."""
        level = len(self._levels) - 1
        kept, size = [], 0
        for block in self._source.until_delimiter([level.boundary for level in self._levels]):
            if size < self._limits.preamble_bytes:
                kept.append(block)
                size += len(block)
        found = self._source.delimiter
        if found is not None and found.level == level:
            return
        self._defect("a multipart without any part")
        if size:
            part = Part(headers, "text/plain", {}, "", tuple(above.content_type for above in self._levels))
            part._blocks = iter(kept)
            yield part

    def _next_entity(self) -> bool:
        """Goes on after a leaf or a preamble: True when another part begins, False at the end."""
        while (found := self._source.delimiter) is not None:
            if found.level < len(self._levels) - 1:
                self._defect("a multipart without its closing boundary")
            del self._levels[found.level + (not found.closing) :]
            if not found.closing:
                return True
            if not self._levels:
                return False
            self._skip()
        if self._levels:
            self._defect("a multipart without its closing boundary")
        return False

    def _skip(self) -> None:
        """On to the next delimiter."""
        for _ in self._source.until_delimiter([level.boundary for level in self._levels]):
            pass

    def _read_headers(self) -> Headers:
        """One header block, up to the empty line, a line that is no header, or a delimiter."""
        fields: list[tuple[str, list[bytes]]] = []
        raw: list[bytes] = []
        size = 0
        self._at_delimiter = False
        while (line := self._source.line(self._limits.header_bytes)) not in (b"", b"\r\n", b"\n", b"\r"):
            if line[:2] == b"--" and self._is_delimiter(line):
                self._source.push_back(line)
                self._at_delimiter = not raw
                break
            field_match = None if line[0] in b" \t" else _FIELD.match(line)
            if field_match is None and line[0] not in b" \t" and not (not raw and line.startswith(b"From ")):
                self._defect("no empty line between the headers and the body")
                self._source.push_back(line)
                break
            size += len(line)
            if size > self._limits.header_bytes or len(raw) >= self._limits.header_lines:
                self._defect("too many headers: the rest is read as content")
                self._source.push_back(line)
                break
            raw.append(line)
            if field_match:
                fields.append((field_match[1].decode("ascii").lower(), [field_match[2].rstrip(b"\r\n")]))
            elif fields:
                fields[-1][1].append(line.rstrip(b"\r\n"))
        return Headers([(name, b"".join(values)) for name, values in fields], b"".join(raw))

    def _is_delimiter(self, line: bytes) -> bool:
        bare = line.rstrip(b" \t\r\n")
        return any(bare in (level.boundary, level.boundary + b"--") for level in self._levels)

    def _defect(self, text: str) -> None:
        if text not in self.defects and len(self.defects) < 100:
            self.defects.append(text)
