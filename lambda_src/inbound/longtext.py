"""Text looked at for a list before it is known to be a body, and a list cut from a text too long to be one.

A text over a mebibyte is a file. Only its beginning is read for a list; a short body with that list stands
for it, so that it is found and cut like any other. The file is cut as a stream, in bytes.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from lambda_src.inbound import marks, markup
from lambda_src.inbound.mime import charsets
from lambda_src.inbound.mime.splitter import Part

NOTE = "The text of this mail was too long to be shown here and is a file below."
# A list, with its tags, is shorter; what is held between two markers lies in memory.
MOST_HELD = 1024 * 1024
_NOT_ASCII = bytes(range(128, 256))
# Which way round the bytes are, by the mark at the beginning; without it as Python reads them here.
_ENDS = {
    "utf_16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le")),
    "utf_32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (b"", "utf-32-le")),
}


@dataclass(frozen=True)
class Found:
    """What the beginning of a long text holds. `standing_in`: the body that stands for it, list and all, or
    nothing without a list; `mark`: the marker in its bytes; `uncut`: markers are in it that `mark` misses.
    """

    standing_in: str = ""
    mark: bytes = b""
    uncut: bool = False


NOTHING = Found()


def decoded(part: Part, data: bytes) -> tuple[str, str | None]:
    """A part's text with line feeds as its only line ends, and a defect in words or None."""
    text, defect = charsets.decode(data, _charset(part))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), defect


def has_list(part: Part, data: bytes, marker: str) -> bool:
    """Whether a reader sees a pair of markers in the text."""
    return len(_pieces(part, data, marker)) > 2


def look(part: Part, data: bytes, marker: str) -> Found:
    """Look at the beginning of a long text."""
    # The last character may be there in part, which would make UTF-8 something else.
    data = data.rstrip(_NOT_ASCII)
    pieces = _pieces(part, data, marker)
    mark = _mark(data, _charset(part), marker)
    uncut = data.count(mark) != len(pieces) - 1
    if len(pieces) < 3:
        return Found("", mark, uncut)
    body = f"{marker}{pieces[1]}{marker}{NOTE}"
    return Found(markup.from_text(body) if part.content_type == "text/html" else body, mark, uncut)


def _pieces(part: Part, data: bytes, marker: str) -> list[str]:
    """What a reader sees of the text, split at the markers."""
    text, _ = decoded(part, data)
    return marks.seen(marker).split(markup.seen_text(text) if part.content_type == "text/html" else text)


def without_pairs(blocks: Iterator[bytes], mark: bytes) -> Iterator[bytes]:
    """The bytes without the pairs of marks and what stands between them, in linear time and bounded memory.

    A mark without a partner, or with one that is further away than any list is long, goes alone.
    """
    inside, held = False, bytearray()
    searched = 0
    for block in blocks:
        held += block
        while (at := held.find(mark, searched)) >= 0:
            if not inside and at:
                yield bytes(held[:at])
            del held[: at + len(mark)]
            inside, searched = not inside, 0
        # The end may be the beginning of a mark.
        searched = max(0, len(held) - len(mark) + 1)
        if searched and (not inside or len(held) > MOST_HELD):
            yield bytes(held[:searched])
            del held[:searched]
            inside, searched = False, 0
    if held:
        yield bytes(held)


def _charset(part: Part) -> str:
    return part.parameters.get("charset", "").split(" ")[0]


def _mark(data: bytes, charset: str, marker: str) -> bytes:
    """The marker as it stands in a text of this charset."""
    name = charsets.codec_name(charset) if charset else None
    if name in (None, "ascii"):
        name = charsets.marked(data) or "utf_8"
    for mark, ends in _ENDS.get(name, ()):
        if data.startswith(mark):
            name = ends
            break
    try:
        return marker.encode(name)
    except UnicodeError:
        return marker.encode()
