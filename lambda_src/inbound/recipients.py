"""The recipients list: found between two copies of the marker, read, and cut from what is sent on."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.inbound import markup
from lambda_src.inbound.message import Body
from lambda_src.shared.addresses import is_address

# White space of any kind, the marks of no width that HTML editors leave, and <br> written in plain text.
_IGNORED = re.compile(r"(?i)<br\s{0,9}/?>|[\s\u200b-\u200f\u2060\ufeff\u00ad]")
_BRACKETS = "[](){}<>"
LONGEST_LIST = 64 * 1024
MOST_INVALID = 100


@dataclass(frozen=True)
class Recipients:
    """What a list holds: addresses, each once, and entries that are none. `found`: there was a list."""

    found: bool
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


def read(bodies: Sequence[Body], marker: str) -> Recipients:
    """The list of the first pair of markers in the first text part that has one, else in the HTML."""
    plain = [body.text for body in bodies if body.subtype == "plain"]
    pages = (markup.seen_text(body.text) for body in bodies if body.subtype == "html")
    for texts in (plain, pages):
        for text in texts:
            between = text.split(marker, 2)
            if len(between) == 3:
                return parse(between[1])
    return Recipients(False)


def parse(text: str) -> Recipients:
    """The addresses of a list: separated by commas; white space and the brackets around them are ignored."""
    valid: dict[str, str] = {}
    invalid: dict[str, None] = {}
    if len(text) > LONGEST_LIST:
        return Recipients(True, (), (f"(a list of {len(text)} characters)",))
    for entry in _IGNORED.sub("", text).split(","):
        address = entry.strip(_BRACKETS)
        if is_address(address):
            valid.setdefault(address.lower(), address)
        elif address and len(invalid) < MOST_INVALID:
            invalid[address[:254]] = None
    return Recipients(True, tuple(valid.values()), tuple(invalid))


def cut(body: Body, marker: str) -> str:
    """The body's text without its markers and what stands between the pairs of them."""
    if body.subtype == "html":
        return _cut_html(body.text, marker)
    return "".join(_outside(body.text, marker))


def _outside(text: str, marker: str) -> list[str]:
    """What stands outside the pairs; a marker without a partner is left out and nothing else."""
    pieces = text.split(marker)
    kept = pieces[::2]
    return [*kept, pieces[-1]] if len(pieces) % 2 == 0 else kept


def _ranges(text: str, marker: str) -> list[tuple[int, int]]:
    """Start and end of everything that is to be cut, in order."""
    starts = [found.start() for found in re.finditer(re.escape(marker), text)]
    pairs = list(zip(starts[::2], starts[1::2], strict=False))
    alone = [(starts[-1], starts[-1])] if len(starts) % 2 else []
    return [(first, last + len(marker)) for first, last in pairs + alone]


def _cut_html(source: str, marker: str) -> str:
    """Cut what a reader sees of markers and list; tags between stay, bare, so that the page stays whole.

    Their attributes go, since `<a href="mailto:…">` holds an address too.
    """
    ranges = _ranges(markup.seen_text(source), marker)
    starts = [start for start, _ in ranges]
    first_places = set(starts)
    kept: list[str] = []
    place = copied = 0
    for piece in markup.pieces(source) if ranges else ():
        if place > ranges[-1][1]:
            break
        raw, seen = source[piece.start : piece.end], piece.seen
        if not seen:
            inside = place not in first_places and _inside(ranges, starts, place)
            new = markup.bare_tag(raw) if inside else raw
        elif len(raw) == len(seen):
            new = _without(raw, place, ranges, starts)
        else:
            new = "" if _inside(ranges, starts, place) else raw
        if new != raw:
            kept += source[copied : piece.start], new
            copied = piece.end
        place += len(seen)
    return "".join([*kept, source[copied:]])


def _inside(ranges: list[tuple[int, int]], starts: list[int], place: int) -> bool:
    """Whether the character at `place` of the seen text is cut."""
    index = bisect_right(starts, place) - 1
    return index >= 0 and place < ranges[index][1]


def _without(text: str, place: int, ranges: list[tuple[int, int]], starts: list[int]) -> str:
    """The text, which begins at `place` of what is seen, without the parts of it that lie in a range."""
    kept, position = [], 0
    for index in range(max(0, bisect_right(starts, place) - 1), len(ranges)):
        start, end = ranges[index][0] - place, ranges[index][1] - place
        if start >= len(text):
            break
        kept.append(text[position : max(position, start)])
        position = max(position, end)
    kept.append(text[position:])
    return "".join(kept)
