"""The recipients list: found between two copies of the marker, read, and cut from what is sent on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lambda_src.inbound import markup
from lambda_src.inbound.message import Body
from lambda_src.shared.addresses import is_address

# White space of any kind, the marks of no width that HTML editors leave, and <br> written in plain text.
_IGNORED = re.compile(r"(?i)<br\s{0,9}/?>|[\s\u200b-\u200f\u2060\ufeff\u00ad]")
_BRACKETS = "[](){}<>"
_OPEN = re.compile(r"[<&][A-Za-z0-9#!/?-]*\Z")
LONGEST_LIST = 64 * 1024
MOST_INVALID = 100
MOST_HIDDEN = 1000


@dataclass(frozen=True)
class Recipients:
    """What a list holds: addresses, each once, and entries that are none. `found`: there was a list.

    `not_allowed` are good addresses that the rules leave out (decide.py).
    """

    found: bool
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    not_allowed: tuple[str, ...] = ()


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
    if markup.hides(source, marker):
        text = markup.seen_text(source)
        seen = _ranges(text, marker)
        if len(seen) > MOST_HIDDEN or markup.is_absurd(source):
            return markup.from_text("".join(_outside(text, marker)))
        found = list(markup.places(source, [place for first, end in seen for place in (first, end - 1)]))
        ranges = [(start, end) for (start, _), (_, end) in zip(found[::2], found[1::2], strict=True)]
    else:
        ranges = _ranges(source, marker)
    kept: list[str] = []
    copied = 0
    for start, end in ranges:
        before = source[copied:start]
        # What is too long to be a list has no tags that anyone would miss.
        tags = markup.only_tags(source[start:end]) if end - start < 4 * LONGEST_LIST else ""
        kept += before, tags or _between(before)
        copied = end
    return "".join([*kept, source[copied:]])


def _between(before: str) -> str:
    """What keeps the text before a cut from making a tag or a reference with the text behind it."""
    return "<!---->" if _OPEN.search(before, max(0, len(before) - 40)) else ""
