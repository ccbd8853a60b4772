"""What stands inside a tag: names, literals, parameters, sub-expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .errors import TemplateError
from .nodes import Call, Expression, Literal, Path

_ID = r"[^\s!\"#%-,./;->@\[-^`{-~]+"
_SEGMENT = rf"\.\.|\.|\[[^\]]*\]|{_ID}"
_PATH = re.compile(rf"@?(?:{_SEGMENT})(?:[./](?:{_SEGMENT}))*")
_STEP = re.compile(rf"({_SEGMENT})[./]?")
_NAMED = re.compile(rf"({_ID})\s*=")
_STRING = re.compile(r""""((?:\\"|[^"])*)"|'((?:\\'|[^'])*)'""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?=[\s)|]|$)")
_WORD = re.compile(r"(true|false|null|undefined)(?=[\s)|]|$)")
_AS = re.compile(r"as\s+\|([^|]*)\|\s*$")
WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


@dataclass
class Reader:
    """Reads the inside of one tag, from left to right."""

    text: str
    at: int = 0

    def call(self) -> tuple[Call | Literal, tuple[str, ...]]:
        """The whole inside: the call, and the names after `as |…|`. Raises TemplateError."""
        head = self.value()
        params, named, names = self._parameters(end="")
        if isinstance(head, Literal) and not params and not named:
            return head, names
        if not isinstance(head, Path):
            raise self._wrong("a name is expected first")
        return Call(head, params, named), names

    def value(self) -> Expression:
        """One name, literal or sub-expression."""
        self._skip()
        if self.text.startswith("(", self.at):
            self.at += 1
            head = self.value()
            params, named, _ = self._parameters(end=")")
            if not isinstance(head, Path):
                raise self._wrong("a name is expected after (")
            return Call(head, params, named)
        if found := _STRING.match(self.text, self.at):
            self.at = found.end()
            text = found[1] if found[1] is not None else found[2]
            return Literal(text.replace('\\"', '"').replace("\\'", "'"))
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return Literal(float(found[0]) if "." in found[0] else int(found[0]))
        if found := _WORD.match(self.text, self.at):
            self.at = found.end()
            return Literal(WORDS[found[1]])
        return self._path()

    def _path(self) -> Path:
        found = _PATH.match(self.text, self.at)
        if not found:
            raise self._wrong("a name is expected")
        self.at = found.end()
        return path(found[0])

    def _parameters(
        self, end: str
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str, Expression], ...], tuple[str, ...]]:
        """Parameters, named parameters and block parameters, up to `end` (which is read, too)."""
        params: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        while True:
            self._skip()
            if self.at >= len(self.text):
                if end:
                    raise self._wrong(f"{end} is missing")
                return tuple(params), tuple(named), ()
            if end and self.text.startswith(end, self.at):
                self.at += len(end)
                return tuple(params), tuple(named), ()
            if not end and (found := _AS.match(self.text, self.at)):
                return tuple(params), tuple(named), tuple(found[1].split())
            if found := _NAMED.match(self.text, self.at):
                self.at = found.end()
                named.append((found[1], self.value()))
            else:
                params.append(self.value())

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _wrong(self, why: str) -> TemplateError:
        return TemplateError(f"in {{{{{self.text}}}}}: {why} at {self.text[self.at :][:20]!r}")


def path(written: str) -> Path:
    """A path as it is written. Raises TemplateError where `..` or `this` stands after a name."""
    data, rest = written.startswith("@"), written.removeprefix("@")
    depth, scoped = 0, False
    parts: list[str] = []
    for step in _STEP.finditer(rest):
        segment = step[1]
        if segment in ("..", ".", "this"):
            if parts:
                raise TemplateError(f"invalid path: {written}")
            depth += segment == ".."
            scoped = True
        else:
            parts.append(segment[1:-1] if segment.startswith("[") else segment)
    return Path(written, tuple(parts), depth, data, scoped)
