"""HTML as text: what a reader sees of it, and where each character stands in the source."""

import functools
import html
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from lambda_src.inbound import pieces

_REFERENCE = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});?")
_UNSEEN_ROW = rf"(?is)(?:{pieces.UNSEEN})++"
# The same, with the name of a tag that may leave something open when it goes.
_VOID = r"(?:br|img|wbr|hr|input)(?![a-z0-9:-])"
_TAG = (
    rf"(?is){pieces.COMMENT}|{pieces.elements(pieces.HIDDEN)}"
    rf"|<(?P<name>/?(?!{_VOID})[a-z][a-z0-9:-]*){pieces.REST}|{pieces.TAG}|{pieces.DECLARATION}"
)
_IMAGE = re.compile(r"(?i)<img\b[^>]*>?")
_SOURCE = re.compile(r"""(?i)[\s"'/]src\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CONTENT_ID = re.compile(r"""(?i)\bcid:([^\s"'()<>\\]{1,1000})""")
_LONGEST_PICTURE = 2000
_MOST_ROWS = 100_000


# Asked several times for one page.
@functools.lru_cache(maxsize=1)
def seen_text(source: str) -> str:
    """The source with its tags stripped and its character references resolved."""
    return _resolve(_without_tags(source)).replace("\0", "")


def hides(source: str, word: re.Pattern[str]) -> bool:
    """Whether the word stands anywhere with tags or references in it, or in what is not seen at all."""
    texts = (source, _without_tags(source), seen_text(source))
    return len({len(word.findall(text)) for text in texts}) > 1


def places(source: str, wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Of these places in what is seen (ascending), where each character starts and ends in the source."""
    targets = iter([*wanted, sys.maxsize])
    target = next(targets)
    seen = position = 0
    plain = "&" not in source
    for start, end in _rows(source):
        size = start - position
        if seen + size <= target and (plain or source.find("&", position, start) < 0):
            seen += size
        else:
            for place, behind, size in _references(source, position, start):
                while target < seen + size:
                    if size == behind - place:
                        yield place + target - seen, place + target - seen + 1
                    else:
                        yield place, behind
                    target = next(targets)
                seen += size
            if target == sys.maxsize:
                return
        position = end


def is_absurd(source: str) -> bool:
    """Whether there are more tags than any real page of the size that is read has."""
    return _without_tags(source).count("\0") > _MOST_ROWS


def only_tags(source: str) -> str:
    """The tags in the source without their attributes; nothing is left of <br> and its like, nor of text."""
    return "".join([f"<{name}>" for tag in pieces.compiled(_TAG).finditer(source) if (name := tag["name"])])


@functools.lru_cache(maxsize=1)
def _without_tags(source: str) -> str:
    """The source with a NUL in place of tags, so that no reference is made of what tags keep apart."""
    return pieces.compiled(_UNSEEN_ROW).sub("\0", source.replace("\0", " "))


def _rows(source: str) -> Iterator[tuple[int, int]]:
    """Start and end of each row of tags, and the end of the source as one more."""
    for row in pieces.compiled(_UNSEEN_ROW).finditer(source):
        yield row.span()
    yield len(source), len(source)


def _references(source: str, position: int, until: int) -> Iterator[tuple[int, int, int]]:
    """Start and end of each reference and of the text between, and the length of what is seen of it."""
    for reference in _REFERENCE.finditer(source, position, until):
        start, end = reference.span()
        yield position, start, start - position
        yield start, end, len(_resolved(reference[0]))
        position = end
    yield position, until, until - position


def _resolve(text: str) -> str:
    return _REFERENCE.sub(lambda reference: _resolved(reference[0]), text)


# Pages say the same again and again.
@functools.lru_cache(maxsize=256)
def _resolved(reference: str) -> str:
    return html.unescape(reference)


def content_ids(source: str) -> set[str]:
    """The content ids that the page refers to, in pictures, backgrounds and styles (RFC 2392: cid:…)."""
    return set(map(_content_id, set(_CONTENT_ID.findall(source))))


def replace_images(source: str, words: Mapping[str, str]) -> str:
    """The page with each picture whose content id is in `words` replaced by these words, and nothing else."""
    if not words or not content_ids(source) & words.keys():
        return source
    escaped = {content_id: html.escape(text) for content_id, text in words.items()}
    # In comments too: what is a comment for one program is the page for another (Outlook).
    return _IMAGE.sub(lambda tag: escaped.get(_picture(tag[0][:_LONGEST_PICTURE]), tag[0]), source)


@functools.lru_cache(maxsize=256)
def _picture(tag: str) -> str:
    """The content id of the picture that this tag shows, or an empty text."""
    found = _SOURCE.search(tag)
    url = html.unescape(next(filter(None, found.groups()), "")).strip() if found else ""
    return _content_id(url[4:]) if url[:4].lower() == "cid:" else ""


def _content_id(url: str) -> str:
    return unquote(html.unescape(url)).strip("<>")


def from_text(text: str) -> str:
    """Plain text as HTML that shows it as it is."""
    return f'<pre style="white-space:pre-wrap">{html.escape(text)}</pre>'
