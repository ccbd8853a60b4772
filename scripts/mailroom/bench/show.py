"""The rows as a table for people, or as JSON for programs."""

import json
import platform
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from mailroom.bench.rows import Row

WIDTH = 132  # where the output is no terminal, rich would cut the table to 80 columns
MET = {True: "yes", False: "no", None: ""}
SIGNS = {"at most": "≤", "at least": "≥"}


def number(value: float, unit: str) -> str:
    """The value: a ratio with two digits, all else whole."""
    return f"{value:,.2f}" if unit == "times" else f"{value:,.0f}"


def goal(row: Row) -> str:
    """The row's goal: `≤ 1.30`; empty where there is none."""
    return f"{SIGNS[row.goal.word]} {number(row.goal.bound, row.unit)}" if row.goal else ""


def table(rows: Sequence[Row]) -> None:
    """Print the table; what measures the same stands together."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    columns = ("measure", "size", "value", "", "goal", "met", "beside")
    shown = Table(*columns, box=box.SIMPLE_HEAD, title=machine(), title_justify="left")
    shown.columns[0].no_wrap = True
    for column in (2, 4):
        shown.columns[column].justify = "right"
    before = ""
    for row in rows:
        measure = "" if row.measure == before else row.measure
        if measure and before:
            shown.add_section()
        value = number(row.value, row.unit)
        shown.add_row(measure, row.size, value, row.unit, goal(row), MET[row.met], row.beside)
        before = row.measure
    console.print(shown)
    with_goal = [row.met for row in rows if row.goal]
    console.print(f"{sum(map(bool, with_goal))} of {len(with_goal)} goals are met.")


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
