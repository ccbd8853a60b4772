"""S/MIME's shells (CMS, RFC 5652): what kind one is, and the signed content in it, as a stream.

Only what leads to the content is read, in DER and BER. No signature is checked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
SIGNED, ENCRYPTED = "signed", "encrypted"
# The contents of object identifiers (RFC 5652 5.1, 6.1; RFC 5083 1.2).
_KINDS = {
    bytes.fromhex("2a864886f70d010702"): SIGNED,
    bytes.fromhex("2a864886f70d010703"): ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100117"): ENCRYPTED,
}
_INTEGER, _OCTETS, _IDENTIFIER, _SEQUENCE, _SET, _EXPLICIT = 0x02, 0x04, 0x06, 0x30, 0x31, 0xA0
_OCTETS_IN_PIECES, _END_MARK = 0x24, 0x00
HEAD_BYTES = 4096  # the content begins some hundred bytes behind the beginning
_DEEPEST = 8
# Real ones have pieces of a thousand bytes and more.
_MOST_PIECES = 50_000


@dataclass(frozen=True)
class Shell:
    """`kind` is signed, encrypted or empty (unknown); `start` is where signed content begins, 0 for none."""

    kind: str = ""
    start: int = 0


def shell(head: bytes) -> Shell:
    """What the first bytes (HEAD_BYTES of them are enough) say that this is."""
    source, kind = _Bytes([head]), ""
    try:
        source.expect(_SEQUENCE)
        kind = _KINDS.get(source.value(_IDENTIFIER), "")
        if kind != SIGNED:
            return Shell(kind)
        source.expect(_EXPLICIT)
        source.expect(_SEQUENCE)
        source.value(_INTEGER)  # version
        source.value(_SET)  # digest algorithms
        source.expect(_SEQUENCE)
        source.value(_IDENTIFIER)  # type of the content
        source.expect(_EXPLICIT)
        start = source.position
        return Shell(kind, start if source.header()[0] in (_OCTETS, _OCTETS_IN_PIECES) else 0)
    except (_Unexpected, EOFError):
        return Shell(kind)


def content(blocks: Iterable[bytes], start: int) -> Iterator[bytes]:
    """The signed content of a shell, given from its first byte on; cut short where the shell is broken."""
    source = _Bytes(blocks)
    open_until: list[int | None] = []
    try:
        for _ in source.take(start):
            pass
        for _ in range(_MOST_PIECES):
            tag, size = source.header()
            if tag == _OCTETS and size is not None:
                yield from source.take(size)
            elif tag == _OCTETS_IN_PIECES and len(open_until) < _DEEPEST:
                open_until.append(None if size is None else source.position + size)
            elif tag == _END_MARK and open_until:
                open_until.pop()
            else:
                return
            while open_until and open_until[-1] is not None and source.position >= open_until[-1]:
                open_until.pop()
            if not open_until:
                return
    except EOFError:
        return


class _Unexpected(Exception):
    """Another element stands there than in a shell."""


class _Bytes:
    """Reads elements (X.690 8.1) from blocks. Raises EOFError at the end."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._block = b""
        self._place = 0
        self._before = 0

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._before + self._place

    def take(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, as they come."""
        while size > 0:
            if self._place == len(self._block):
                self._next_block()
            piece = self._block[self._place : self._place + size]
            self._place += len(piece)
            size -= len(piece)
            yield piece

    def header(self) -> tuple[int, int | None]:
        """Tag and length of the next element; None for a length that an end mark tells."""
        tag, length = self._byte(), self._byte()
        if length < 0x80:
            return tag, length
        if length == 0x80:
            return tag, None
        return tag, int.from_bytes(b"".join(self.take(length & 0x7F)), "big")

    def expect(self, tag: int) -> int | None:
        """Step into an element of this tag; its length. Raises _Unexpected for another tag."""
        found, length = self.header()
        if found != tag:
            raise _Unexpected
        return length

    def value(self, tag: int) -> bytes:
        """The bytes of a short element of this tag. Raises _Unexpected for another one, or without length."""
        length = self.expect(tag)
        if length is None or length > HEAD_BYTES:
            raise _Unexpected
        return b"".join(self.take(length))

    def _byte(self) -> int:
        if self._place == len(self._block):
            self._next_block()
        self._place += 1
        return self._block[self._place - 1]

    def _next_block(self) -> None:
        self._before += self._place
        self._place = 0
        self._block = next(self._blocks, b"")
        if not self._block:
            raise EOFError
