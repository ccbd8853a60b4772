"""Objects of JSON lines, read as Athena's JSON SerDes read them ("OpenX JSON SerDe", Athena user guide).

A line is a row. Names are found whatever their letters; `mapping.column = name` reads a column from another
name; a line that is no object is an error, or with `ignore.malformed.json` a row of nulls.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .hive import Type

GZIP = b"\x1f\x8b"


class BadData(Exception):
    """A row that cannot be read, in Athena's words."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Type


def rows(data: bytes, columns: Sequence[Column], parameters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of an object, which may be compressed; each has every column. Raises BadData."""
    text = (gzip.decompress(data) if data.startswith(GZIP) else data).decode("utf-8", "replace")
    patient = parameters.get("ignore.malformed.json", "").lower() == "true"
    dots = parameters.get("dots.in.keys", "").lower() == "true"
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _object(line)
        if found is None and not patient:
            raise BadData(f"HIVE_CURSOR_ERROR: Row is not a valid JSON Object - {line[:200]}")
        known = {name.lower(): value for name, value in (found or {}).items()}
        if dots:
            known |= {name.replace(".", "_"): value for name, value in known.items()}
        yield {
            column.name: column.type.shaped(
                known.get(parameters.get(f"mapping.{column.name}", column.name).lower())
            )
            for column in columns
        }


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
