"""What is wrong with a dashboard's body ("Dashboard body structure and syntax", CloudWatch API reference)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

TYPES = ("alarm", "custom", "explorer", "log", "metric", "text")
WIDTH = 24
HIGHEST = 1000
VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
NEEDED = {"text": "markdown", "log": "query", "alarm": "alarms", "custom": "endpoint"}
"""What a widget of a type cannot be without."""
LEGAL_PERIODS = (1, 5, 10, 20, 30)

Problem = tuple[str, str]
"""Where, as CloudWatch writes it (/widgets/0/properties/region), and what."""


def problems(body: str) -> list[Problem]:
    """All that is wrong with a body, in its order; none where it is right."""
    try:
        document = json.loads(body)
    except ValueError:
        return [("", "The field DashboardBody must be a valid JSON object")]
    if not isinstance(document, dict) or not isinstance(document.get("widgets"), list):
        return [("/widgets", "Should be array")]
    return [
        found for at, widget in enumerate(document["widgets"]) for found in _widget(f"/widgets/{at}", widget)
    ]


def _widget(where: str, widget: Any) -> Iterator[Problem]:
    if not isinstance(widget, dict):
        yield where, "Should be object"
        return
    kind = widget.get("type")
    if kind not in TYPES:
        yield f"{where}/type", f"Should be equal to one of: {', '.join(TYPES)}"
        return
    yield from _place(where, widget)
    properties = widget.get("properties")
    if not isinstance(properties, dict):
        yield f"{where}/properties", "Should be object"
        return
    if kind in NEEDED and not properties.get(NEEDED[kind]):
        yield f"{where}/properties/{NEEDED[kind]}", "Should be defined"
    if kind in ("metric", "log") and not isinstance(properties.get("region"), str):
        yield f"{where}/properties/region", "Should be defined"
    if kind == "metric":
        yield from _metric_widget(f"{where}/properties", properties)


def _place(where: str, widget: dict[str, Any]) -> Iterator[Problem]:
    x, width = widget.get("x", 0), widget.get("width", 6)
    for name, least, most in (
        ("x", 0, WIDTH - 1),
        ("width", 1, WIDTH),
        ("height", 1, HIGHEST),
        ("y", 0, None),
    ):
        value = widget.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{where}/{name}", "Should be integer"
            return
        if value < least or (most is not None and value > most):
            yield (
                f"{where}/{name}",
                f"Should be between {least} and {most}" if most else f"Should be >= {least}",
            )
    if isinstance(x, int) and isinstance(width, int) and x + width > WIDTH:
        yield f"{where}/width", f"Should not reach beyond column {WIDTH}"


def _metric_widget(where: str, properties: dict[str, Any]) -> Iterator[Problem]:
    if "metrics" not in properties and "annotations" not in properties:
        yield f"{where}/metrics", "Should be defined"
        return
    if properties.get("view", VIEWS[0]) not in VIEWS:
        yield f"{where}/view", f"Should be equal to one of: {', '.join(VIEWS)}"
    period = properties.get("period", 300)
    if not isinstance(period, int) or not (period in LEGAL_PERIODS or (period > 0 and period % 60 == 0)):
        yield f"{where}/period", f"Should be one of {LEGAL_PERIODS} or a multiple of 60"
    metrics = properties.get("metrics", [])
    if not isinstance(metrics, list):
        yield f"{where}/metrics", "Should be array"
        return
    for at, metric in enumerate(metrics):
        yield from _metric(f"{where}/metrics/{at}", metric)


def _metric(where: str, metric: Any) -> Iterator[Problem]:
    """Namespace, name, then dimensions in pairs, and an object of options last; `.` and `...` repeat what
    stands above. An expression is its object alone."""
    if not isinstance(metric, list) or not metric:
        yield where, "Should be array"
        return
    options = metric[-1] if isinstance(metric[-1], dict) else {}
    words = metric[:-1] if isinstance(metric[-1], dict) else metric
    if not all(isinstance(word, str) for word in words):
        yield where, "Should be text, with an object of options last"
    elif "expression" in options:
        if words:
            yield where, "An expression has neither a namespace nor a name"
    elif "..." not in words and (len(words) < 2 or len(words) % 2):
        yield where, "Should have a namespace, a name and dimensions in pairs"
