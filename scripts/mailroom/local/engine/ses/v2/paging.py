"""Pages: a page is cut out of a sorted list, and the token is the name the next one begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

LONGEST = 1000
"""Rows of a page for which no size is asked."""


def page(
    items: Sequence[Item], names: Sequence[str], params: dict[str, Any]
) -> tuple[list[Item], str | None]:
    """The page that NextToken and PageSize ask for, and the token of the next one (None at the end). A size
    below 1 is none."""
    rows = sorted(zip(names, items, strict=True), key=lambda row: row[0])
    token, size = params.get("NextToken"), params.get("PageSize") or 0
    size = size if size > 0 else LONGEST
    if token:
        rows = [row for row in rows if row[0] >= token]
    following = rows[size][0] if len(rows) > size else None
    return [item for _, item in rows[:size]], following
