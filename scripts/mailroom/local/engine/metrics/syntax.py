"""The grammar of metric math ("Metric math syntax and functions", CloudWatch user guide)."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^()\[\],<>])
    )""",
    re.VERBOSE,
)
LEVELS = (("||", "OR"), ("&&", "AND"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))
"""Binary operators, those that bind least first."""


class MathError(Exception):
    """An expression that cannot be read or evaluated; the message is what CloudWatch puts in brackets."""


@dataclass(frozen=True)
class Node:
    """A part of an expression. `kind` is number, text, name, list, call, negative or binary; `word` is what
    is written there."""

    kind: str
    word: str
    parts: tuple[Node, ...] = ()


def parse(expression: str) -> Node:
    """Read an expression. Raises MathError."""
    reader = _Reader(_tokens(expression))
    found = reader.binary(0)
    if reader.rest:
        raise MathError(f"Unexpected {reader.rest[0][1]!r}")
    return found


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, expression.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise MathError(f"Unexpected {text[at:].strip()[:1]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens that are left."""

    def __init__(self, rest: list[tuple[str, str]]) -> None:
        self.rest = rest

    def _next(self, *words: str) -> str:
        """Take the next token, if it is one of these words; else ""."""
        if self.rest and self.rest[0][0] in ("sign", "name") and self.rest[0][1] in words:
            return self.rest.pop(0)[1]
        return ""

    def _expect(self, word: str) -> None:
        if not self._next(word):
            raise MathError(f"Expected {word!r}, found {self.rest[0][1] if self.rest else 'the end'!r}")

    def binary(self, level: int) -> Node:
        """An expression of operators of this level and those that bind more."""
        if level == len(LEVELS):
            return self._unary()
        left = self.binary(level + 1)
        while word := self._next(*LEVELS[level]):
            left = Node("binary", {"OR": "||", "AND": "&&"}.get(word, word), (left, self.binary(level + 1)))
        return left

    def _unary(self) -> Node:
        if self._next("-"):
            return Node("negative", "-", (self._unary(),))
        left = self._single()
        return Node("binary", "^", (left, self._unary())) if self._next("^") else left

    def _single(self) -> Node:
        if self._next("("):
            inner = self.binary(0)
            self._expect(")")
            return inner
        if self._next("["):
            return Node("list", "[", self._until("]"))
        if not self.rest or self.rest[0][0] == "sign":
            raise MathError(f"Unexpected {self.rest[0][1] if self.rest else 'end'!r}")
        kind, word = self.rest.pop(0)
        if kind == "name" and self._next("("):
            return Node("call", word, self._until(")"))
        return Node(kind, word[1:-1] if kind == "text" else word)

    def _until(self, end: str) -> tuple[Node, ...]:
        """Expressions between commas, to the bracket that ends them."""
        found: list[Node] = []
        if self._next(end):
            return ()
        while True:
            found.append(self.binary(0))
            if self._next(end):
                return tuple(found)
            self._expect(",")
