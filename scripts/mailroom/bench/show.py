"""The rows as a table for people, or as JSON for programs."""

import json
import platform
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from mailroom.bench.rows import Row

NARROWEST = 132  # where the output is no terminal, rich would cut the table to 80 columns
MET = {True: "yes", False: "no", None: ""}


def number(value: float, unit: str) -> str:
    """The value with its unit: `1.25 times`, `12,345 bytes`, `11 calls`."""
    return f"{value:.2f} {unit}" if unit == "times" else f"{value:,.0f} {unit}"


def goal(row: Row) -> str:
    """The row's goal in words; empty where there is none."""
    return f"{row.goal.word} {number(row.goal.bound, row.unit)}" if row.goal else ""


def table(rows: Sequence[Row]) -> None:
    """Print the table, a line between two measures."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, NARROWEST)
    shown = Table("measure", "size", "value", "goal", "met", "beside", title=machine(), title_justify="left")
    shown.columns[2].justify = "right"
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        last = following is None or following.measure != row.measure
        value = number(row.value, row.unit)
        shown.add_row(row.measure, row.size, value, goal(row), MET[row.met], row.beside, end_section=last)
    console.print(shown)
    with_goal = [row.met for row in rows if row.goal]
    console.print(f"{sum(map(bool, with_goal))} of {len(with_goal)} goals met")


def as_json(rows: Sequence[Row]) -> str:
    """One object: the machine, and the rows; `goal` is null or `{"at most": bound}`."""
    listed = [
        {
            "measure": row.measure,
            "size": row.size,
            "value": row.value,
            "unit": row.unit,
            "goal": {row.goal.word: row.goal.bound} if row.goal else None,
            "met": row.met,
            "beside": row.beside,
        }
        for row in rows
    ]
    return json.dumps({"machine": machine(), "rows": listed}, indent=1)


def machine() -> str:
    """What it ran on: `Python 3.11.7, Linux x86_64`."""
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
