"""What metric math works on: numbers, series, and lists of series.

A series has a value at some of the times that are looked at. Where one side has none, the result has none;
what divides by nought has none either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .syntax import MathError


@dataclass(frozen=True)
class Series:
    """Values by time (epoch seconds). `period` is in seconds, `label` what a graph calls it."""

    points: Mapping[float, float]
    period: float = 60.0
    label: str = ""

    def each(self, change: Callable[[float], float | None]) -> Series:
        """The series of what a function makes of each value; None takes the point away."""
        changed = {time: change(value) for time, value in self.points.items()}
        return Series({t: v for t, v in changed.items() if v is not None}, self.period, self.label)

    def in_order(self) -> list[tuple[float, float]]:
        """Times and values, the oldest first."""
        return sorted(self.points.items())


Value: TypeAlias = "float | str | Series | list[Series]"

OPERATORS: Mapping[str, Callable[[float, float], float | None]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right if right else None,
    "^": lambda left, right: _power(left, right),
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "&&": lambda left, right: float(bool(left) and bool(right)),
    "||": lambda left, right: float(bool(left) or bool(right)),
}


def _power(left: float, right: float) -> float | None:
    try:
        found = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return found if isinstance(found, float) and math.isfinite(found) else None


def combine(operator: str, left: Value, right: Value) -> Value:
    """One operator between two values. Raises MathError where it does not go with them."""
    if isinstance(left, str) or isinstance(right, str):
        raise MathError(f"{operator} does not go with text")
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            raise MathError(f"{operator} goes with arrays of one length")
        return [_two(operator, one, other) for one, other in zip(left, right, strict=True)]
    if isinstance(left, list):
        return [_two(operator, one, right) for one in left]
    if isinstance(right, list):
        return [_two(operator, left, one) for one in right]
    if isinstance(left, Series) or isinstance(right, Series):
        return _two(operator, left, right)
    found = OPERATORS[operator](left, right)
    if found is None:
        raise MathError(f"{left} {operator} {right} is no number")
    return found


def _two(operator: str, left: Series | float | list[Series], right: Series | float | list[Series]) -> Series:
    """An operator of which one side at least is a series."""
    act = OPERATORS[operator]
    if isinstance(left, Series) and isinstance(right, Series):
        both = left.points.keys() & right.points.keys()
        found = {time: act(left.points[time], right.points[time]) for time in both}
        kept = {time: value for time, value in found.items() if value is not None}
        return Series(kept, left.period, left.label)
    if isinstance(left, Series) and isinstance(right, float):
        return left.each(lambda value: act(value, right))
    if isinstance(right, Series) and isinstance(left, float):
        return right.each(lambda value: act(left, value))
    raise MathError(f"{operator} does not go with arrays in arrays")


def as_list(value: Value) -> list[Series]:
    """An array of series; a single one is an array of one."""
    if isinstance(value, Series):
        return [value]
    if isinstance(value, list):
        return value
    raise MathError("A time series is needed")
