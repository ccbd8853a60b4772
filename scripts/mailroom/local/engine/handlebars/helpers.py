"""Handlebars' built-in helpers (handlebarsjs.com, "Built-in Helpers")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .nodes import Block
from .values import UNDEFINED, is_empty, is_true, member, text

if TYPE_CHECKING:
    from .render import Scope

BlockHelper = Callable[["Scope", Block, Any, Mapping[str, Any]], str]


def _if(scope: Scope, block: Block, value: Any, options: Mapping[str, Any]) -> str:
    zero = is_true(options.get("includeZero", False))
    holds = not is_empty(value) and (zero or is_true(value))
    return scope.run(block.body if holds else block.inverse)


def _unless(scope: Scope, block: Block, value: Any, options: Mapping[str, Any]) -> str:
    return _if(scope, replace(block, body=block.inverse, inverse=block.body), value, options)


def _with(scope: Scope, block: Block, value: Any, options: Mapping[str, Any]) -> str:
    if is_empty(value):
        return scope.run(block.inverse)
    return scope.inside(value).run(block.body, value)


def _each(scope: Scope, block: Block, value: Any, options: Mapping[str, Any]) -> str:
    items = list(_items(value))
    if not items:
        return scope.run(block.inverse)
    return "".join(_rounds(scope, block, items))


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _rounds(scope: Scope, block: Block, items: list[tuple[Any, Any]]) -> Iterator[str]:
    for index, (key, item) in enumerate(items):
        loop = {"key": key, "index": index, "first": index == 0, "last": index + 1 == len(items)}
        inside = replace(scope.inside(item), loops=({**scope.loops[0], **loop}, *scope.loops))
        yield inside.run(block.body, item, key)


def block_value(scope: Scope, block: Block, value: Any, options: Mapping[str, Any]) -> str:
    """`{{#name}}` where the name is no helper: a list is gone through, an object becomes `this`."""
    if value is True:
        return scope.run(block.body)
    if value is None or value is False or value is UNDEFINED:
        return scope.run(block.inverse)
    if isinstance(value, list):
        return _each(scope, block, value, options)
    return scope.inside(value).run(block.body)


def _lookup(value: Any = UNDEFINED, name: Any = UNDEFINED) -> Any:
    return member(value, text(name))


def _log(*values: Any) -> str:
    """Prints nothing: what it would log has no reader here."""
    return ""


HELPERS: dict[str, Callable[..., Any]] = {"lookup": _lookup, "log": _log}
BLOCK_HELPERS: dict[str, BlockHelper] = {"if": _if, "unless": _unless, "with": _with, "each": _each}
