"""The functions of metric math that the local cloud has ("Metric math syntax and functions", user guide)."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from .syntax import MathError
from .values import Series, Value, as_list

Times: TypeAlias = "Sequence[float]"
"""All times that are looked at, the oldest first: what FILL fills."""
Function: TypeAlias = "Callable[[Sequence[Value], Times], Value]"


def _over(reduce: Callable[[list[float]], float]) -> Function:
    """Of an array the series of what is reduced at each time; of a series one number."""

    def call(given: Sequence[Value], times: Times) -> Value:
        (value,) = _count(given, 1)
        if isinstance(value, list):
            found = {time: [one.points[time] for one in value if time in one.points] for time in times}
            return Series({time: reduce(values) for time, values in found.items() if values}, _period(value))
        points = list(_series(value).points.values())
        return float(reduce(points)) if points else Series({}, _series(value).period)

    return call


def _of_each(change: Callable[[float], float | None]) -> Function:
    def call(given: Sequence[Value], times: Times) -> Value:
        (value,) = _count(given, 1)
        if isinstance(value, float):
            return change(value) or 0.0
        changed = [one.each(change) for one in as_list(value)]
        return changed if isinstance(value, list) else changed[0]

    return call


def _along(step: Callable[[list[tuple[float, float]]], Mapping[float, float]]) -> Function:
    """Of a series, or of each of an array, what is made of its points in their order."""

    def call(given: Sequence[Value], times: Times) -> Value:
        (value,) = _count(given, 1)
        made = [Series(step(one.in_order()), one.period, one.label) for one in as_list(value)]
        return made if isinstance(value, list) else made[0]

    return call


def _differences(points: list[tuple[float, float]]) -> dict[float, float]:
    return {then: value - before for (_, before), (then, value) in itertools.pairwise(points)}


def _rates(points: list[tuple[float, float]]) -> dict[float, float]:
    return {
        then: (value - before) / (then - at) for (at, before), (then, value) in itertools.pairwise(points)
    }


def _running(points: list[tuple[float, float]]) -> dict[float, float]:
    total, found = 0.0, {}
    for time, value in points:
        total += value
        found[time] = total
    return found


def _fill(given: Sequence[Value], times: Times) -> Value:
    value, filler = _count(given, 2)
    filled = [_filled(one, filler, times) for one in as_list(value)]
    return filled if isinstance(value, list) else filled[0]


def _filled(series: Series, filler: Value, times: Times) -> Series:
    """REPEAT goes on with the last value, LINEAR draws a line between two; before the first there is nothing
    to go on with."""
    points = dict(series.points)
    for time in times:
        if time in points:
            continue
        earlier = max((at for at in series.points if at < time), default=None)
        later = min((at for at in series.points if at > time), default=None)
        if isinstance(filler, Series):
            found = filler.points.get(time)
        elif filler == "LINEAR" and earlier is not None and later is not None:
            share = (time - earlier) / (later - earlier)
            found = series.points[earlier] + share * (series.points[later] - series.points[earlier])
        elif isinstance(filler, str):
            found = series.points[earlier] if filler == "REPEAT" and earlier is not None else None
        else:
            found = _number(filler)
        if found is not None:
            points[time] = found
    return Series(points, series.period, series.label)


def _if(given: Sequence[Value], times: Times) -> Value:
    """IF(condition, true[, false]): where the condition has no value, or no value is named, there is none."""
    if len(given) not in (2, 3):
        raise MathError("IF has two or three arguments")
    condition, *branches = given
    if isinstance(condition, float):
        return branches[0] if condition else branches[1] if len(branches) > 1 else Series({})
    asked, found = _series(condition), {}
    for time, value in asked.points.items():
        branch = branches[0] if value else branches[1] if len(branches) > 1 else Series({})
        chosen = branch.points.get(time) if isinstance(branch, Series) else _number(branch)
        if chosen is not None:
            found[time] = chosen
    return Series(found, asked.period, asked.label)


def _period_of(given: Sequence[Value], times: Times) -> Value:
    (value,) = _count(given, 1)
    return _series(value).period


def _metric_count(given: Sequence[Value], times: Times) -> Value:
    (value,) = _count(given, 1)
    return float(len(as_list(value)))


def _datapoint_count(given: Sequence[Value], times: Times) -> Value:
    (value,) = _count(given, 1)
    if isinstance(value, list):
        return Series(
            {time: float(sum(time in one.points for one in value)) for time in times}, _period(value)
        )
    return float(len(_series(value).points))


def _time_series(given: Sequence[Value], times: Times) -> Value:
    (value,) = _count(given, 1)
    return Series(dict.fromkeys(times, _number(value)))


def _remove_empty(given: Sequence[Value], times: Times) -> Value:
    (value,) = _count(given, 1)
    return [one for one in as_list(value) if one.points]


def _logarithm(of: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: of(value) if value > 0 else None


FUNCTIONS: Mapping[str, Function] = {
    "ABS": _of_each(abs),
    "AVG": _over(statistics.fmean),
    "CEIL": _of_each(lambda value: float(math.ceil(value))),
    "DATAPOINT_COUNT": _datapoint_count,
    "DIFF": _along(_differences),
    "FILL": _fill,
    "FLOOR": _of_each(lambda value: float(math.floor(value))),
    "IF": _if,
    "LOG": _of_each(_logarithm(math.log)),
    "LOG10": _of_each(_logarithm(math.log10)),
    "MAX": _over(max),
    "METRIC_COUNT": _metric_count,
    "MIN": _over(min),
    "PERIOD": _period_of,
    "RATE": _along(_rates),
    "REMOVE_EMPTY": _remove_empty,
    "RUNNING_SUM": _along(_running),
    "STDDEV": _over(statistics.pstdev),
    "SUM": _over(math.fsum),
    "TIME_SERIES": _time_series,
}


def _count(given: Sequence[Value], wanted: int) -> Sequence[Value]:
    if len(given) != wanted:
        raise MathError(f"{wanted} arguments are needed, {len(given)} are given")
    return given


def _series(value: Value) -> Series:
    if not isinstance(value, Series):
        raise MathError("A time series is needed")
    return value


def _number(value: Value) -> float:
    if not isinstance(value, float):
        raise MathError("A number is needed")
    return value


def _period(many: list[Series]) -> float:
    return min((one.period for one in many), default=60.0)
