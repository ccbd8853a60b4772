"""Markers and listed addresses in what a page does not show: comments, styles, titles, attributes.

A mail program may show some of it all the same (a picture's words, Outlook's comments), and anybody can look.
"""

import re
from collections.abc import Callable, Set

from lambda_src.inbound import marks, markup, pieces

_PIECE = rf"(?is){pieces.UNSEEN}"
_ATTRIBUTE = rf"(?is){pieces.ATTRIBUTE}"
_NAME = re.compile(r"(?i)</?[a-z][^ \t\n\f\r/>]*+")
_RAW = rf"(?is)(<(?P<name>{'|'.join(pieces.HIDDEN)})(?=[ \t\n\f\r/>]|\Z){pieces.REST})(.*)\Z"
_COMMENT_END = re.compile(r"--!?>\Z")
_LONGEST = 64 * 1024
MOST_PIECES = 1000

Clean = Callable[[str], str]


def cut(source: str, marker: str, listed: Set[str]) -> str:
    """The page with no marker and no address of `listed` (small letters) in what is not seen.

    Addresses between two markers are listed too. No tag is made or broken, and what is seen stays as it is;
    but a page with more of them than anybody writes is shown as its text.
    """
    word = marks.anywhere(marker)
    found = [match.span() for match in word.finditer(source)]
    if len(found) > 2 * MOST_PIECES:
        return markup.from_text(markup.seen_text(source))
    known = set(listed)
    for (_, start), (end, _) in zip(found[::2], found[1::2], strict=False):
        if end - start <= _LONGEST:
            known |= marks.addresses(source[start:end])
    if known and marks.has_many_addresses(source):
        return markup.from_text(markup.seen_text(source))
    places = [start for start, _ in found] + [start for start, _ in marks.places(source, known)]
    holding = _holding(source, sorted(places))
    if len(holding) > MOST_PIECES:
        return markup.from_text(markup.seen_text(source))

    def clean(text: str) -> str:
        return marks.without_addresses(_without_pairs(text, word), known)

    kept: list[str] = []
    copied = 0
    for start, end in holding:
        kept += source[copied:start], _cleaned(source[start:end], clean)
        copied = end
    return "".join([*kept, source[copied:]])


def _holding(source: str, places: list[int]) -> list[tuple[int, int]]:
    """Start and end of each unseen piece that holds one of the places (ascending)."""
    holding: list[tuple[int, int]] = []
    number = 0
    for piece in pieces.compiled(_PIECE).finditer(source) if places else ():
        start, end = piece.span()
        while number < len(places) and places[number] < start:
            number += 1
        if number == len(places):
            break
        if places[number] < end:
            holding.append((start, end))
    return holding


def _without_pairs(text: str, word: re.Pattern[str]) -> str:
    """The text without what stands between two markers; tags there stay, bare (a comment can hold some)."""
    parts = word.split(text)
    if len(parts) == 1:
        return text
    kept = [part if number % 2 == 0 else markup.only_tags(part) for number, part in enumerate(parts)]
    if len(parts) % 2 == 0:
        kept[-1] = parts[-1]
    return "".join(kept)


def _cleaned(piece: str, clean: Clean) -> str:
    """A comment, an element with its content, or a tag; where it would not stay one piece, an empty one."""
    if clean(piece) == piece:
        return piece
    if piece.startswith(("<!--", "<!", "<?")):
        changed, empty = _comment(piece, clean), "<!---->"
    elif raw := pieces.compiled(_RAW).match(piece):
        head, name, content = raw[1], raw["name"], raw[3]
        tag = _tag(head, clean)
        changed, empty = tag + _content(content, name, clean), f"<{name}></{name}>"
    else:
        changed, empty = _tag(piece, clean), markup.only_tags(piece)
    for answer in (changed, empty):
        whole = pieces.compiled(_PIECE).match(answer)
        if whole and whole.end() == len(answer) and clean(answer) == answer:
            return answer
    return "<!---->"


def _comment(piece: str, clean: Clean) -> str:
    end = _COMMENT_END.search(piece)
    if not piece.startswith("<!--") or not end:
        return piece[:2] + clean(piece[2:])
    return "<!--" + clean(piece[4 : end.start()]) + end[0]


def _content(content: str, name: str, clean: Clean) -> str:
    """What an element holds, up to its end tag, and that."""
    end = content.lower().rfind(f"</{name.lower()}")
    return clean(content[:end]) + content[end:] if end >= 0 else clean(content)


def _tag(tag: str, clean: Clean) -> str:
    """A tag with its attributes' values cleaned; an attribute whose name would have to be is left out."""
    name = _NAME.match(tag)
    if name is None:
        return tag
    kept = [name[0]]
    position = name.end()
    while attribute := pieces.compiled(_ATTRIBUTE).match(tag, position):
        kept.append(_attribute(attribute[0], clean))
        position = attribute.end()
    return "".join([*kept, tag[position:]])


def _attribute(attribute: str, clean: Clean) -> str:
    if clean(attribute) == attribute:
        return attribute
    before, equals, value = attribute.partition("=")
    space = value[: len(value) - len(value.lstrip())]
    value = value[len(space) :]
    if not equals or clean(before) != before:
        return " "
    if value[:1] in ('"', "'"):
        quote = value[0]
        end = quote if len(value) > 1 and value.endswith(quote) else ""
        return f"{before}={space}{quote}{clean(value[1 : len(value) - len(end)])}{end}"
    return f'{before}={space}"{clean(value).replace(chr(34), "&quot;")}"'
