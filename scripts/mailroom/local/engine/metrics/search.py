"""Which metrics a search expression means ("CloudWatch search expression syntax", user guide).

`{Namespace,Dimension,…} words`: exactly these dimensions. Words are all needed unless OR stands between;
`Name=value` looks at one property, a text in quotes is meant as a whole, NOT and brackets are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from .syntax import MathError

SCHEMA = re.compile(r"\s*\{([^}]*)\}")
TOKEN = re.compile(
    r'\s*(\(|\)|(?:[A-Za-z_][\w.]*=)?"(?:[^"\\]|\\.)*"|(?:"[^"]*"=)?(?:[A-Za-z_][\w.]*=)?[^\s()"]+)'
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")

Found: TypeAlias = "Callable[[str, str, Mapping[str, str]], bool]"


def matcher(text: str) -> Found:
    """What says of a namespace, a metric's name and its dimensions whether a search means them. Raises
    MathError."""
    schema = SCHEMA.match(text)
    wanted = [part.strip().strip('"') for part in schema[1].split(",")] if schema else []
    tokens = [found[1] for found in TOKEN.finditer(text, schema.end() if schema else 0)]
    condition = _Reader(tokens).either() if tokens else (lambda *_: True)

    def found(namespace: str, name: str, dimensions: Mapping[str, str]) -> bool:
        if wanted and (wanted[0] != namespace or set(wanted[1:]) != set(dimensions)):
            return False
        return condition(namespace, name, dimensions)

    return found


class _Reader:
    """Recursive descent: OR binds least, words beside each other are all needed."""

    def __init__(self, rest: list[str]) -> None:
        self.rest = rest

    def either(self) -> Found:
        options = [self._all()]
        while self.rest and self.rest[0] == "OR":
            self.rest.pop(0)
            options.append(self._all())
        return lambda *metric: any(option(*metric) for option in options)

    def _all(self) -> Found:
        parts: list[Found] = []
        while self.rest and self.rest[0] not in ("OR", ")"):
            if self.rest[0] == "AND":
                self.rest.pop(0)
            else:
                parts.append(self._one())
        if not parts:
            raise MathError("A search needs words")
        return lambda *metric: all(part(*metric) for part in parts)

    def _one(self) -> Found:
        word = self.rest.pop(0)
        if word == "NOT" and self.rest:
            inner = self._one()
            return lambda *metric: not inner(*metric)
        if word == "(":
            found = self.either()
            if not self.rest or self.rest.pop(0) != ")":
                raise MathError("A bracket of a search is not closed")
            return found
        return _word(word)


def _word(token: str) -> Found:
    name, sign, value = (
        token.partition("=") if "=" in token and not token.startswith('"') else ("", "", token)
    )
    exact = value.startswith('"')
    wanted = value.strip('"')

    def found(namespace: str, metric: str, dimensions: Mapping[str, str]) -> bool:
        properties = {"Namespace": namespace, "MetricName": metric, **dimensions}
        looked = [properties.get(name, "")] if sign else [*properties.values(), *dimensions]
        return any(_says(one, wanted, exact) for one in looked)

    return found


def _says(text: str, wanted: str, exact: bool) -> bool:
    """A word is found among the words of a text, in whatever letters; what is in quotes is the whole text."""
    if exact:
        return text == wanted
    words = {word.lower() for word in WORD.findall(text)}
    return wanted.lower() == text.lower() or {word.lower() for word in WORD.findall(wanted)} <= words
