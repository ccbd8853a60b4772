"""CSS without what loads. The policy of the frame stops loads as well; this is so that none is even tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tinycss2
from tinycss2.ast import IdentToken, Node

Resolve = Callable[[str], str | None]
"""From a picture's address to the one that may be shown, or None."""

# Functions whose arguments are addresses: CSS Images 4, CSS Values 4, and older spellings.
_LOADING = frozenset(
    (
        "url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade",
        "expression", "element", "-moz-element",
    )
)  # fmt: skip
_DROPPED_RULES = frozenset(("import", "charset", "namespace", "font-face", "document", "-moz-document"))


def cleaned(css: str, resolve: Resolve) -> str:
    """A style sheet, or the declarations of a style attribute, with the pictures that `resolve` gives."""
    parts = tinycss2.parse_component_value_list(css, skip_comments=True)
    # A string may hold "</style>" by an escape: it is written with the escape again.
    return tinycss2.serialize(_without_loads(parts, resolve)).replace("<", "\\3c ")


def _without_loads(parts: Sequence[Any], resolve: Resolve) -> list[Node]:
    kept: list[Node] = []
    dropping = False
    for part in parts:
        if part.type == "at-keyword" and part.lower_value in _DROPPED_RULES:
            dropping = True
        elif dropping:
            dropping = part.type != "{} block" and part != ";"
        elif part.type == "url":
            kept.append(_picture(part, resolve(part.value)))
        elif part.type == "function":
            kept.append(_function(part, resolve))
        elif part.type != "error" and part not in ("<!--", "-->"):
            if part.type in ("{} block", "() block", "[] block"):
                part.content = _without_loads(part.content, resolve)
            kept.append(part)
    return kept


def _function(function: Any, resolve: Resolve) -> Any:
    inside = _without_loads(function.arguments, resolve)
    if function.lower_name not in _LOADING:
        function.arguments = inside
        return function
    # Only url() is kept, and only with one address: of a set of pictures, none is.
    shown = [resolve(part.value) for part in function.arguments if part.type == "string"]
    return _picture(function, shown[0] if function.lower_name == "url" and len(shown) == 1 else None)


def _picture(place: Any, shown: str | None) -> Any:
    if shown is None:
        return IdentToken(place.source_line, place.source_column, "none")
    return tinycss2.parse_one_component_value(f'url("{shown}")')
