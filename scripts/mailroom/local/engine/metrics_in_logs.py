"""Metrics in log lines: the embedded metric format.

Source: "Specification: Embedded metric format" (CloudWatch user guide). A line that is not of the format is a
log line and no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_DIMENSIONS = 30
MOST_VALUES = 100
"""In one metric of a line."""


@dataclass(frozen=True)
class Datum:
    """One value of a metric. `at` is in epoch seconds."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    value: float
    unit: str
    at: float


def data(line: str) -> Iterator[Datum]:
    """The metrics in a log line, one for each value and each set of dimensions."""
    if '"_aws"' not in line:
        return
    start = line.find("{")
    try:
        document = json.loads(line[start:])
        about = document["_aws"]
        for directive in about["CloudWatchMetrics"]:
            yield from _of(document, directive, float(about["Timestamp"]) / 1000)
    except (KeyError, TypeError, ValueError):
        return


def _of(document: dict[str, Any], directive: dict[str, Any], at: float) -> Iterator[Datum]:
    for names in directive.get("Dimensions") or [[]]:
        if len(names) > MOST_DIMENSIONS or not all(isinstance(document.get(name), str) for name in names):
            continue
        dimensions = {name: document[name] for name in names}
        for metric in directive["Metrics"]:
            found = document.get(metric["Name"])
            values = found if isinstance(found, list) else [found]
            for value in values[:MOST_VALUES]:
                if isinstance(value, int | float) and not isinstance(value, bool):
                    unit = metric.get("Unit", "None")
                    yield Datum(directive["Namespace"], metric["Name"], dimensions, float(value), unit, at)
