"""HTML as text: what a reader sees of it, and where each piece stands in the source."""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});?")
_OPENING = re.compile(r"<(?=[A-Za-z!?]|/[A-Za-z])")
_TAG_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:-]*")
# Elements whose content is not read as text (HTML Living Standard, 13.2.5.1 and on).
_HIDDEN = re.compile(r"(?i)(style|script|title)\b")
_END_OF_PAGE = re.compile(r"(?i)</(?:body|html)\b")


class Piece(NamedTuple):
    """One piece of source, `start` to `end`; `seen` is what a reader sees of it, nothing for a tag."""

    start: int
    end: int
    seen: str


def pieces(source: str) -> Iterator[Piece]:
    """The whole source in pieces: text, one character reference, a tag, a comment, a hidden element."""
    position, last = 0, source.rfind(">")
    # A "<" behind the last ">" opens nothing: looking for each one's end would take quadratic time.
    while (opening := _OPENING.search(source, position)) and opening.start() < last:
        yield from _text(source, position, opening.start())
        position = _end_of_tag(source, opening.start())
        yield Piece(opening.start(), position, "")
    yield from _text(source, position, len(source))


def seen_text(source: str) -> str:
    """The source with its tags stripped and its character references resolved."""
    return "".join(piece.seen for piece in pieces(source))


def bare_tag(tag: str) -> str:
    """The tag without its attributes; nothing for a comment, a hidden element, <br> and the like."""
    name = _TAG_NAME.match(tag, 1)
    if name is None or name[0].lower() in ("br", "/br", "img", "wbr", "hr", "input") or _HIDDEN.match(tag, 1):
        return ""
    return f"<{name[0]}>"


def insert_at_end(source: str, addition: str) -> str:
    """The page with `addition` (HTML) before its last </body> (or, without one, </html>), else behind it."""
    ends = [found.start() for found in _END_OF_PAGE.finditer(source)]
    bodies = [end for end in ends if source[end + 2 : end + 6].lower() == "body"]
    place = (bodies or ends or [len(source)])[-1]
    return source[:place] + addition + source[place:]


def from_text(text: str) -> str:
    """Plain text as HTML that shows it as it is."""
    return f'<pre style="white-space:pre-wrap">{html.escape(text)}</pre>'


def _text(source: str, start: int, end: int) -> Iterator[Piece]:
    for entity in _ENTITY.finditer(source, start, end):
        if entity.start() > start:
            yield Piece(start, entity.start(), source[start : entity.start()])
        yield Piece(entity.start(), entity.end(), html.unescape(entity[0]))
        start = entity.end()
    if end > start:
        yield Piece(start, end, source[start:end])


def _end_of_tag(source: str, start: int) -> int:
    """Where the tag, comment or hidden element at `start` ends; there is a ">" behind it."""
    if source.startswith("<!--", start):
        return _behind(source, "-->", start + 4)
    name = _TAG_NAME.match(source, start + 1)
    end = source.find(">", start)
    if name and _HIDDEN.match(name[0]):
        closing = re.compile(rf"(?i)</{name[0]}\b[^>]*>?").search(source, end)
        return closing.end() if closing else len(source)
    return end + 1


def _behind(source: str, text: str, start: int) -> int:
    found = source.find(text, start)
    return len(source) if found < 0 else found + len(text)
