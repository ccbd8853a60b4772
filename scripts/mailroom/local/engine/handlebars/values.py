"""Values of template data as Handlebars takes them: JavaScript's notions of text and of truth."""

from __future__ import annotations

from typing import Any

UNDEFINED = object()
"""What is not in the data."""


def text(value: Any) -> str:
    """A value as it is printed: nothing for null, no quotes, lists joined by commas."""
    if value is None or value is UNDEFINED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else str(value)


def is_true(value: Any) -> bool:
    """JavaScript's truth: an empty object is true, an empty text, 0 and null are not. (An empty list is true
    there; helpers ask `is_empty`.)"""
    return isinstance(value, dict | list) or (value is not UNDEFINED and bool(value))


def is_empty(value: Any) -> bool:
    """Handlebars' notion: nothing, false, an empty text or list; 0 is something."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value == [] or (not is_true(value) and not is_number)


def member(value: Any, name: str) -> Any:
    """A member of an object, an item or the length of a list; UNDEFINED where there is none."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if isinstance(value, list | str):
        if name == "length":
            return len(value)
        return value[int(name)] if name.isdecimal() and int(name) < len(value) else UNDEFINED
    return UNDEFINED


def same(one: Any, other: Any) -> bool:
    """JavaScript's ==, as far as JSON goes: objects by identity, the others by value."""
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return one is other
    return type(one) is type(other) and bool(one == other)
