"""A template cut into text and tags, with the white space gone that the tags take with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import TemplateError

_STRING = r""""(?:\\"|[^"])*"|'(?:\\'|[^'])*'"""
_INSIDE = rf"(?:{_STRING}|\[[^\]]*\]|[^}}\"'\[])*?"
_LONG_COMMENT = re.compile(r"\{\{(~?)!--.*?--(~?)\}\}", re.DOTALL)
_COMMENT = re.compile(r"\{\{(~?)!.*?(~?)\}\}", re.DOTALL)
_RAW = re.compile(rf"\{{\{{(~?)\{{({_INSIDE})\}}(~?)\}}\}}", re.DOTALL)
_TAG = re.compile(rf"\{{\{{(~?)(#\*|#>|[#^/>&*]?)({_INSIDE})(~?)\}}\}}", re.DOTALL)
_ELSE = re.compile(r"\s*else(?=\s|$)")
_LINE_AFTER = re.compile(r"[ \t]*(?:\r?\n|$)")
_ESCAPED = re.compile(r"(\\?\\)?\{\{")

ALONE = frozenset(("#", "^", "/", "else", "#*", ">", "!"))
"""Kinds of tags that, alone on a line, leave nothing of that line."""


@dataclass(frozen=True)
class Tag:
    """One `{{…}}`. `kind` is what it begins with ("" for a plain one, "else", "!"); `inside` is the rest;
    `indent` is what stands before it where it is alone on its line, else None."""

    kind: str
    inside: str
    strips_before: bool
    strips_after: bool
    indent: str | None


def cut(template: str) -> Iterator[str | Tag]:
    """Text and tags in turn. Raises TemplateError for a tag that has no end, or is of a kind not built."""
    text, before = "", None
    for piece in _pieces(template):
        if isinstance(piece, str):
            text += piece
            continue
        yield _trimmed(text, before, piece)
        if piece.kind != "!":
            yield piece
        text, before = "", piece
    yield _trimmed(text, before, None)


def _pieces(template: str) -> Iterator[str | Tag]:
    at = 0
    while found := _ESCAPED.search(template, at):
        slashes, place = found[1] or "", found.end() - 2
        yield template[at : found.start()] + ("\\" if len(slashes) == 2 else "")
        if slashes == "\\":  # an escaped tag is text, up to the next tag
            following = _ESCAPED.search(template, place + 2)
            at = following.start() if following else len(template)
            yield template[place:at]
            continue
        tag, at = _tag(template, place)
        yield tag
    yield template[at:]


def _tag(template: str, place: int) -> tuple[Tag, int]:
    found = _LONG_COMMENT.match(template, place) or _COMMENT.match(template, place)
    if found:
        kind, inside, (left, right) = "!", "", (found[1], found[2])
    elif found := _RAW.match(template, place):
        kind, inside, (left, right) = "", found[2], (found[1], found[3])
    elif found := _TAG.match(template, place):
        kind, inside, (left, right) = found[2], found[3], (found[1], found[4])
        if not kind and (word := _ELSE.match(inside)):
            kind, inside = "else", inside[word.end() :]
        elif kind == "^" and not inside.strip():
            kind = "else"
    else:
        raise TemplateError(f"{_where(template, place)}: the tag has no end")
    if kind in ("*", "#>") or template.startswith("{{{{", place):
        raise TemplateError(
            f"{_where(template, place)}: {template[place : place + 4]!r} is not supported here"
        )
    return Tag(kind, inside, bool(left), bool(right), _indent(template, kind, found)), found.end()


def _indent(template: str, kind: str, found: re.Match[str]) -> str | None:
    if kind not in ALONE or not _LINE_AFTER.match(template, found.end()):
        return None
    start = found.start()
    while start and template[start - 1] in " \t":
        start -= 1
    alone = start == 0 or template[start - 1] == "\n"
    return template[start : found.start()] if alone else None


def _trimmed(text: str, before: Tag | None, after: Tag | None) -> str:
    """Text without what the tags on its two sides take away."""
    if before and before.strips_after:
        text = text.lstrip()
    elif before and before.indent is not None:
        text = re.sub(r"\A[ \t]*(?:\r?\n)?", "", text)
    if after and after.strips_before:
        text = text.rstrip()
    elif after and after.indent is not None:
        text = text.rstrip(" \t")
    return text


def _where(template: str, place: int) -> str:
    return f"line {template.count(chr(10), 0, place) + 1}"
