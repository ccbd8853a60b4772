"""The bytes of a message as they come: lines for headers, blocks for bodies, delimiters found on the way."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

CHUNK_BYTES = 64 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")
# What may follow "--boundary" on its line (RFC 2046 5.1.1): "--" when it closes, then white space.
_TAIL = re.compile(rb"(--)?[ \t]*(\r\n|\r|\n|\Z)")
_TAIL_SO_FAR = re.compile(rb"-{0,2}[ \t]*\r?\Z")
_TAIL_BYTES = b"- \t\r\n"
_LONGEST_TAIL = 1000


@dataclass(frozen=True)
class Delimiter:
    """A delimiter line that was found: of which level (0 is the outermost), and whether it closes it."""

    level: int
    closing: bool


class Source:
    """Reads from `read(size)` in fixed steps. Holds one chunk and the few bytes that a delimiter may span."""

    def __init__(self, read: Callable[[int], bytes], chunk_bytes: int = CHUNK_BYTES) -> None:
        self._read = read
        self._chunk_bytes = chunk_bytes
        self._data = b""
        self._position = 0
        self._line_start = True
        self._ended = False
        self.delimiter: Delimiter | None = None

    def line(self, longest: int) -> bytes:
        """The next line with its end, b"" at the end; a line over `longest` bytes is cut there."""
        kept = b""
        while True:
            found = _LINE_END.search(self._data, self._position)
            if found and (found.end() < len(self._data) or found[0] != b"\r" or self._ended):
                end = found.end()
            elif self._ended:
                end = len(self._data)
            else:
                if len(self._data) - self._position > self._chunk_bytes:
                    kept = (kept + self._take(len(self._data) - 1))[:longest]
                self._fill()
                continue
            kept = kept + self._take(end)
            return kept if len(kept) <= longest else kept[:longest] + b"\r\n"

    def push_back(self, line: bytes) -> None:
        """Put the line back that was read last."""
        self._data = line + self._data[self._position :]
        self._position = 0
        self._line_start = True

    def until_delimiter(self, boundaries: Sequence[bytes]) -> Iterator[bytes]:
        """Blocks up to the next delimiter line of any of these, without the line break before it.

        `boundaries` are those of the multiparts around this place, outermost first, each with its "--".
        Afterwards `delimiter` says which was found; None means that the input ended.
        """
        self.delimiter = None
        keep = max((len(boundary) for boundary in boundaries), default=0) + 4 if boundaries else 0
        while True:
            hit = self._search(boundaries)
            if isinstance(hit, tuple):
                start, end, self.delimiter = hit
                if block := self._without_line_break(start):
                    yield block
                self._take(end)
                return
            if self._ended:
                if block := self._take(len(self._data)):
                    yield block
                return
            cut = min(hit, max(self._position, len(self._data) - keep))
            if block := self._take(cut):
                yield block
            self._fill()

    def _fill(self) -> None:
        chunk = self._read(self._chunk_bytes)
        self._ended = not chunk
        if self._position:
            chunk = self._data[self._position :] + chunk
            self._data, self._position = chunk, 0
        else:
            self._data += chunk

    def _take(self, end: int) -> bytes:
        block = self._data[self._position : end]
        if block:
            self._line_start = block[-1] in b"\r\n"
        self._position = max(end, self._position)
        return block

    def _without_line_break(self, start: int) -> bytes:
        """The block up to a delimiter at `start`: the line break before it belongs to it (RFC 2046 5.1.1)."""
        block = self._take(start)
        if block.endswith(b"\r\n"):
            return block[:-2]
        return block[:-1] if block[-1:] in (b"\r", b"\n") else block

    def _search(self, boundaries: Sequence[bytes]) -> tuple[int, int, Delimiter] | int:
        """The first delimiter in the buffer as (start, end, which); else how far there is surely none."""
        best: tuple[int, int, Delimiter] | None = None
        sure = limit = len(self._data)
        # The innermost first: what lies behind its first delimiter need not be searched for the others.
        for level in range(len(boundaries) - 1, -1, -1):
            found = self._search_one(boundaries[level], limit)
            if isinstance(found, int):
                # A line break just before a possible delimiter may be the delimiter's.
                sure = min(sure, found - 2)
                continue
            if best is None or found[0] < best[0]:
                best = (found[0], found[1], Delimiter(level, found[2]))
                limit = found[0]
        # A half-read delimiter ends with the buffer, so a whole one always stands before it.
        return best or max(sure, self._position)

    def _search_one(self, boundary: bytes, limit: int) -> tuple[int, int, bool] | int:
        """This boundary's first delimiter line that starts before `limit`, or where one may be half read."""
        data, length = self._data, len(boundary)
        start = data.find(boundary, self._position, limit + length)
        if 0 <= start < limit and (found := self._delimiter_at(start, start + length)) is not None:
            return found
        while 0 <= start < limit:
            # Only what looks like one is found from here on, at the pattern's speed and not at ours.
            again = _delimiter_line(boundary).search(data, start + 1)
            start = again.start() if again else -1
            if 0 <= start < limit and (found := self._delimiter_at(start, start + length)) is not None:
                return found
        return len(data) + 2

    def _delimiter_at(self, start: int, after: int) -> tuple[int, int, bool] | int | None:
        """The delimiter line whose boundary stands there, or `start` where it is half read, or None."""
        data = self._data
        if not (data[start - 1] in b"\r\n" if start > self._position else self._line_start):
            return None
        if after < len(data) and data[after] not in _TAIL_BYTES:
            return None
        tail = _TAIL.match(data, after, after + _LONGEST_TAIL)
        whole = self._ended or (tail and tail.end() < len(data))
        if not whole and len(data) - after < _LONGEST_TAIL and _TAIL_SO_FAR.match(data, after):
            return start
        if tail and (tail[2] or (self._ended and tail.end() == len(data))):
            return start, tail.end(), bool(tail[1])
        return None


@lru_cache(maxsize=32)
def _delimiter_line(boundary: bytes) -> re.Pattern[bytes]:
    """What looks like a delimiter line, from its boundary on, or like the beginning of one at the end."""
    literal = re.escape(boundary)
    return re.compile(literal + rb"(?<=[\r\n]" + literal + rb")(?=(?:--)?[ \t]*+(?:[\r\n]|\Z)|-\Z)")
