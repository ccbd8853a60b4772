"""The recipients list: found between two copies of the marker, read, and cut from what is sent on."""

import re
from collections.abc import Sequence, Set

from lambda_src.inbound import entries, marks, markup, unseen
from lambda_src.inbound.entries import LONGEST_LIST, Recipients
from lambda_src.inbound.message import Body

__all__ = ["Recipients", "cut", "read", "written"]

_OPEN = re.compile(r"[<&][A-Za-z0-9#!/?-]*\Z")
MOST_HIDDEN = 1000


def read(bodies: Sequence[Body], marker: str) -> Recipients:
    """The list of the first pair of markers in the first text part that has one, else in the HTML."""
    found = _lists(bodies, marker)
    return entries.parse(found[0]) if found else Recipients(False)


def written(bodies: Sequence[Body], marker: str) -> set[str]:
    """Every address in the first list of every body, in small letters."""
    lists = _lists(bodies, marker)
    known = {address for text in lists if len(text) <= LONGEST_LIST for address in marks.addresses(text)}
    return known.union(*({address.lower() for address in entries.parse(text).valid} for text in lists))


def _lists(bodies: Sequence[Body], marker: str) -> list[str]:
    """The text of each body's first list, those of text before those of HTML."""
    plain = [body.text for body in bodies if body.subtype == "plain"]
    pages = [markup.seen_text(body.text) for body in bodies if body.subtype == "html"]
    word = marks.seen(marker)
    split = (word.split(text, 2) for text in plain + pages)
    return [between[1] for between in split if len(between) == 3]


def cut(body: Body, marker: str, listed: Set[str] | None = None) -> str:
    """The body's text without its markers and what stands between the pairs of them.

    In what HTML does not show, the addresses of `listed` (small letters; None: those of its own list) go too.
    """
    if body.subtype == "plain":
        return "".join(marks.outside(body.text, marker))
    known = written([body], marker) if listed is None else listed
    return unseen.cut(_cut_seen(body.text, marker), marker, known)


def _ranges(text: str, marker: str) -> list[tuple[int, int]]:
    """Start and end of everything that is to be cut, in order."""
    spans = [found.span() for found in marks.seen(marker).finditer(text)]
    pairs = [(first, end) for (first, _), (_, end) in zip(spans[::2], spans[1::2], strict=False)]
    return pairs + spans[-1:] if len(spans) % 2 else pairs


def _cut_seen(source: str, marker: str) -> str:
    """Cut what a reader sees of markers and list; tags between stay, bare, so that the page stays whole.

    Their attributes go, since `<a href="mailto:…">` holds an address too.
    """
    if markup.hides(source, marks.seen(marker)):
        text = markup.seen_text(source)
        seen = _ranges(text, marker)
        if len(seen) > MOST_HIDDEN or markup.is_absurd(source):
            return markup.from_text("".join(marks.outside(text, marker)))
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
