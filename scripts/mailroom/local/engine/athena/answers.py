"""What Athena's answers call types, and how it writes values ("Data types in Amazon Athena", user guide)."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

NAMES = {
    "BOOLEAN": "boolean", "TINYINT": "tinyint", "SMALLINT": "smallint", "INTEGER": "integer",
    "BIGINT": "bigint", "HUGEINT": "bigint", "FLOAT": "float", "DOUBLE": "double", "DATE": "date",
    "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "VARCHAR": "varchar",
    "JSON": "json", "BLOB": "varbinary",
}  # fmt: skip
BIG = 1e7
SMALL = 1e-3
"""From here on Java, in which Trino is written, writes numbers with an exponent."""


def name_of(duckdb: str) -> str:
    """Athena's name of a type of DuckDB's."""
    if duckdb.endswith("[]"):
        return "array"
    word = duckdb.partition("(")[0]
    return {"STRUCT": "row", "MAP": "map", "DECIMAL": "decimal"}.get(word) or NAMES.get(word, "varchar")


def text(value: Any) -> str | None:
    """A value as an answer has it; None is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        shown = value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"
        return f"{shown} UTC" if value.tzinfo else shown
    if isinstance(value, date | Decimal | int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_inner(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_inner(one)}" for name, one in value.items()) + "}"
    return value.hex(" ") if isinstance(value, bytes) else str(value)


def _inner(value: Any) -> str:
    shown = text(value)
    return "null" if shown is None else shown


def _number(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or SMALL <= abs(value) < BIG:
        return repr(value)
    digits, exponent = f"{value:e}".split("e")
    shown = repr(value / 10 ** int(exponent)) if len(repr(value)) > len(digits) else digits
    kept = shown.rstrip("0") if "." in shown else shown
    return f"{kept}{'0' if kept.endswith('.') else ''}E{int(exponent)}"


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """The file of an answer: every value in quotes, nothing where there is none."""
    written = io.StringIO()
    for row in (columns, *rows):
        fields = ["" if value is None else '"' + value.replace('"', '""') + '"' for value in row]
        written.write(",".join(fields) + "\n")
    return written.getvalue().encode()
