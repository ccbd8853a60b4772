"""Metric math: what expressions come to."""

from __future__ import annotations

from typing import Any

import pytest

from mailroom.local.engine.metrics.sheet import Metric, Query, Sheet
from mailroom.local.engine.metrics.syntax import MathError, parse
from mailroom.local.engine.metrics.values import Series

TIMES = [0.0, 60.0, 120.0, 180.0]
STORED = {"a": {0.0: 1.0, 60.0: 2.0, 180.0: 4.0}, "b": {0.0: 0.0, 60.0: 4.0, 120.0: 6.0}, "none": {}}


def metric(name: str) -> Query:
    return Query(name, Metric("N", name, {}, "Sum", 60.0))


def read(asked: Metric) -> Series:
    return Series(STORED[asked.name], asked.period, asked.name)


def search(text: str, statistic: str, period: float) -> list[Series]:
    return [read(Metric("N", name, {}, statistic, period)) for name in ("a", "b") if text == "both"]


def value(expression: str, **more: str) -> Any:
    """What an expression of a, b, none and others by name comes to: numbers, or values by time."""
    queries = [metric("a"), metric("b"), metric("none"), Query("e", None, expression)]
    queries += [Query(name, None, text) for name, text in more.items()]
    found = Sheet(queries, read, TIMES, search).value("e")
    if isinstance(found, list):
        return [dict(one.points) for one in found]
    return dict(found.points) if isinstance(found, Series) else found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a+b", {0.0: 1.0, 60.0: 6.0}),
        ("a/b", {60.0: 0.5}),  # nothing where b is 0, or is missing
        ("100*(b/(a+b))", {0.0: 0.0, 60.0: pytest.approx(400 / 6)}),
        ("a - 1", {0.0: 0.0, 60.0: 1.0, 180.0: 3.0}),
        ("-a ^ 2", {0.0: -1.0, 60.0: -4.0, 180.0: -16.0}),
        ("2 ^ 3 ^ 2", 512.0),
        ("10 - 2 - 3", 5.0),
        ("a > 1", {0.0: 0.0, 60.0: 1.0, 180.0: 1.0}),
        ("a >= 2 && b == 4", {0.0: 0.0, 60.0: 1.0}),
        ("a > 3 OR b > 3", {0.0: 0.0, 60.0: 1.0}),
        ("FILL(a, 0) + FILL(b, 0)", {0.0: 1.0, 60.0: 6.0, 120.0: 6.0, 180.0: 4.0}),
        ("FILL(a, REPEAT)", {0.0: 1.0, 60.0: 2.0, 120.0: 2.0, 180.0: 4.0}),
        ("FILL(a, LINEAR)", {0.0: 1.0, 60.0: 2.0, 120.0: 3.0, 180.0: 4.0}),
        ("FILL(none, REPEAT)", {}),
        ("FILL(none, LINEAR)", {}),
        ("FILL(a, b)", {0.0: 1.0, 60.0: 2.0, 120.0: 6.0, 180.0: 4.0}),
        ("IF(b > 0, a / b, 0)", {0.0: 0.0, 60.0: 0.5}),
        ("IF(a > 1, a)", {60.0: 2.0, 180.0: 4.0}),
        ("IF(a > 1, 7, b)", {0.0: 0.0, 60.0: 7.0, 180.0: 7.0}),
        ("IF(SUM(a) > 100, a, b)", STORED["b"]),
        ("IF(FILL(a, 0) == 0, 1, 0)", {0.0: 0.0, 60.0: 0.0, 120.0: 1.0, 180.0: 0.0}),
        ("SUM([a, b])", {0.0: 1.0, 60.0: 6.0, 120.0: 6.0, 180.0: 4.0}),
        ("SUM(METRICS())", {0.0: 1.0, 60.0: 6.0, 120.0: 6.0, 180.0: 4.0}),
        ('MAX(METRICS("b"))', STORED["b"]),
        ("AVG([a, b])", {0.0: 0.5, 60.0: 3.0, 120.0: 6.0, 180.0: 4.0}),
        ("MIN(a)", 1.0),
        ("MAX(a) / SUM(b)", 0.4),
        ("SUM(none)", {}),
        ("RATE(a)", {60.0: 1 / 60, 180.0: 2 / 120}),
        ("DIFF(b)", {60.0: 4.0, 120.0: 2.0}),
        ("RUNNING_SUM(b)", {0.0: 0.0, 60.0: 4.0, 120.0: 10.0}),
        ("a / PERIOD(a)", {0.0: 1 / 60, 60.0: 2 / 60, 180.0: 4 / 60}),
        ("CEIL(a / 3)", {0.0: 1.0, 60.0: 1.0, 180.0: 2.0}),
        ("ABS(0 - a)", STORED["a"]),
        ("LOG10(b)", {60.0: pytest.approx(0.60206), 120.0: pytest.approx(0.778151)}),
        ("METRIC_COUNT(METRICS())", 3.0),
        ("DATAPOINT_COUNT([a, b])", {0.0: 2.0, 60.0: 2.0, 120.0: 1.0, 180.0: 1.0}),
        ("DATAPOINT_COUNT(a)", 3.0),
        ("TIME_SERIES(5)", {0.0: 5.0, 60.0: 5.0, 120.0: 5.0, 180.0: 5.0}),
        ("REMOVE_EMPTY(METRICS())", [STORED["a"], STORED["b"]]),
        ("METRICS() * 2", [{0.0: 2.0, 60.0: 4.0, 180.0: 8.0}, {0.0: 0.0, 60.0: 8.0, 120.0: 12.0}, {}]),
        ("SEARCH('both', 'Sum', 300)", [STORED["a"], STORED["b"]]),
        ("SUM(SEARCH('both', 'Sum'))", {0.0: 1.0, 60.0: 6.0, 120.0: 6.0, 180.0: 4.0}),
        (".5e1", 5.0),
    ],
)
def test_an_expression_comes_to(expression: str, expected: Any) -> None:
    """Each as the table of functions in CloudWatch's user guide says."""
    assert value(expression) == expected


def test_expressions_name_one_another() -> None:
    """In whatever order they are written."""
    assert value("total * 2", total="sum_of_two", sum_of_two="a + b") == {0.0: 2.0, 60.0: 12.0}


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("a +", "end"), ("(a", "Expected '\\)'"), ("a b", "Unexpected 'b'"), ("a ? b", "Unexpected '\\?'"), ("", "end"),
        ("c", "Undefined variable c"), ("e + 1", "part of itself"), ("ANOMALY_DETECTION_BAND(a)", "not in the local"),
        ("FILL(a)", "2 arguments"), ("1 / 0", "no number"), ("a + 'x'", "text"), ("PERIOD(1)", "time series"),
        ("[a, 1]", "time series"), ("IF(a)", "two or three"), ("METRICS() + [a]", "one length"), ("SUM(a, b)", "1 arg"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_says_why(expression: str, problem: str) -> None:
    """And nothing but MathError escapes."""
    with pytest.raises(MathError, match=problem):
        value(expression)


def test_a_deep_expression_is_read() -> None:
    """Brackets in brackets, as machines write them."""
    assert parse("(" * 50 + "1" + ")" * 50).word == "1"
