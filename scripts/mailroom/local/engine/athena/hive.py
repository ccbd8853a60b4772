"""Hive's column types, as Glue keeps them: what DuckDB calls them, and what a JSON value becomes in them.

"Data types in Amazon Athena", and the OpenX JSON SerDe's page, Athena user guide.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

SCALARS = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "integer": "INTEGER", "bigint": "BIGINT", "float": "FLOAT", "real": "FLOAT", "double": "DOUBLE",
    "date": "DATE", "timestamp": "TIMESTAMP", "binary": "BLOB", "string": "VARCHAR", "varchar": "VARCHAR",
    "char": "VARCHAR",
}  # fmt: skip
TOKEN = re.compile(r"\s*([A-Za-z_][\w ]*|\d+|[<>:,()])")


class BadType(Exception):
    """A type that Hive has not."""


@dataclass(frozen=True)
class Type:
    """A type: its word in Hive, the names of a struct's members, and what it is made of."""

    word: str
    names: tuple[str, ...] = ()
    parts: tuple[Type, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def duckdb(self) -> str:
        """The same type in DuckDB's SQL."""
        if self.word == "array":
            return f"{self.parts[0].duckdb}[]"
        if self.word == "map":
            return f"MAP({self.parts[0].duckdb}, {self.parts[1].duckdb})"
        if self.word == "struct":
            members = (
                f"{quoted(name)} {part.duckdb}" for name, part in zip(self.names, self.parts, strict=True)
            )
            return f"STRUCT({', '.join(members)})"
        if self.word == "decimal":
            precision, scale = (*self.numbers, 10, 0)[:2] if len(self.numbers) != 1 else (self.numbers[0], 0)
            return f"DECIMAL({precision}, {scale})"
        return SCALARS[self.word]

    def shaped(self, value: Any) -> Any:
        """A JSON value as this type has it: text of anything where text is wanted, members by name whatever
        their letters; None where it does not fit."""
        if value is None:
            return None
        if self.word == "array":
            return [self.parts[0].shaped(one) for one in value] if isinstance(value, list) else None
        if self.word == "map":
            pairs = value.items() if isinstance(value, dict) else ()
            return {str(name): self.parts[1].shaped(one) for name, one in pairs}
        if self.word == "struct":
            given = {name.lower(): one for name, one in value.items()} if isinstance(value, dict) else {}
            members = zip(self.names, self.parts, strict=True)
            return {name: part.shaped(given.get(name.lower())) for name, part in members}
        if SCALARS.get(self.word) == "VARCHAR":
            return (
                value
                if isinstance(value, str)
                else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            )
        return value if not isinstance(value, dict | list) else None


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def parse(text: str) -> Type:
    """Read a type, as `struct<a:string,b:array<int>>`. Raises BadType."""
    tokens = [match[1].strip() for match in TOKEN.finditer(text.strip())]
    found = _read(tokens, text)
    if tokens:
        raise BadType(f"{text!r} is no type of Hive's")
    return found


def _read(tokens: list[str], text: str) -> Type:
    word = tokens.pop(0).lower() if tokens else ""
    if word in ("array", "map", "struct"):
        names: list[str] = []
        parts: list[Type] = []
        _take(tokens, "<", text)
        while True:
            if word == "struct":
                names.append(tokens.pop(0).lower())
                _take(tokens, ":", text)
            parts.append(_read(tokens, text))
            if _take(tokens, ",>", text) == ">":
                break
        if len(parts) != {"array": 1, "map": 2}.get(word, len(parts)):
            raise BadType(f"{text!r} is no type of Hive's")
        return Type(word, tuple(names), tuple(parts))
    if word not in SCALARS and word != "decimal":
        raise BadType(f"{text!r} is no type of Hive's")
    return Type(word, numbers=_numbers(tokens, text))


def _numbers(tokens: list[str], text: str) -> tuple[int, ...]:
    """Length, or precision and scale."""
    found: list[int] = []
    if tokens[:1] == ["("]:
        while _take(tokens, "(,)", text) != ")":
            if tokens and tokens[0].isdecimal():
                found.append(int(tokens.pop(0)))
    return tuple(found)


def _take(tokens: list[str], any_of: str, text: str) -> str:
    if not tokens or tokens[0] not in any_of:
        raise BadType(f"{text!r} is no type of Hive's")
    return tokens.pop(0)
