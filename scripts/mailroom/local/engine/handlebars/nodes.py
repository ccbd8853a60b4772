"""The parts of a template, once it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Path:
    """A name: `a.b`, `../a`, `this`, `@index`. `depth` counts the `../`; a `scoped` one never means a
    helper."""

    original: str
    parts: tuple[str, ...]
    depth: int = 0
    data: bool = False
    scoped: bool = False


@dataclass(frozen=True)
class Literal:
    """A value written into the template: text, number, true, false, null."""

    value: Any


@dataclass(frozen=True)
class Call:
    """A name with parameters: a helper and what it gets, or a name alone."""

    path: Path
    params: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()


Expression = Path | Literal | Call


@dataclass(frozen=True)
class Text:
    """What is printed as it is."""

    value: str


@dataclass(frozen=True)
class Mustache:
    """`{{…}}`: the value is printed."""

    call: Call | Literal


@dataclass(frozen=True)
class Partial:
    """`{{> name}}`. `indent` goes before each of its lines where it stands alone on its own."""

    name: Expression
    context: Expression | None
    named: tuple[tuple[str, Expression], ...]
    indent: str


@dataclass(frozen=True)
class Block:
    """`{{#name}}…{{else}}…{{/name}}`; `{{^name}}` has its parts exchanged."""

    call: Call
    body: Program
    inverse: Program


@dataclass
class Program:
    """A run of parts, with the inline partials that are defined in it and its block parameters' names."""

    body: list[Node] = field(default_factory=list)
    partials: dict[str, Program] = field(default_factory=dict)
    names: tuple[str, ...] = ()


Node = Text | Mustache | Partial | Block
