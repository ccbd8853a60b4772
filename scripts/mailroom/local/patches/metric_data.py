"""GetMetricData with metric math and searches, GetMetricStatistics, ListMetrics.

The emulator had no expressions, took a metric without dimensions for all of its name, and answered the oldest
first. CloudWatch's API reference of these operations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..engine.alarms.evaluate import Sample, statistic
from ..engine.metrics.search import matcher
from ..engine.metrics.sheet import Metric, Query, Sheet
from ..engine.metrics.syntax import MathError
from ..engine.metrics.values import Series, as_list
from ..engine.protocol.messages import ServiceError
from ..engine.protocol.values import parse_timestamp
from .patch import Patch
from .watch_protocols import answered_by, by_json

SHORT_PERIODS = (1, 5, 10, 20, 30)
MOST_RESULTS = 100
"""Of one search."""


def samples(metric: Metric) -> list[Sample]:
    """All stored values of a metric in the current account and Region: exactly these dimensions."""
    from ministack.services import cloudwatch

    key = (metric.namespace, metric.name, cloudwatch._dims_key(dict(metric.dimensions)))
    return [_sample(point) for point in list(cloudwatch._metrics.get(key) or [])]


def _sample(point: dict[str, Any]) -> Sample:
    stored = point.get("_stat")
    if stored is None:
        return Sample(point["Timestamp"], point["Value"], point.get("Count", 1.0))
    low, high = float(stored.get("Minimum", point["Value"])), float(stored.get("Maximum", point["Value"]))
    return Sample(point["Timestamp"], point["Value"], float(stored.get("SampleCount", 0)), low, high)


def queries(asked: Sequence[dict[str, Any]]) -> list[Query]:
    """MetricDataQueries, as the sheet wants them."""
    return [
        Query(
            one["Id"],
            _metric(one["MetricStat"]) if one.get("MetricStat") else None,
            one.get("Expression") or "",
            one.get("Label") or "",
        )
        for one in asked
    ]


def _metric(asked: dict[str, Any]) -> Metric:
    metric = asked["Metric"]
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions") or []}
    period, name = float(asked["Period"]), asked["Stat"]
    if not (period in SHORT_PERIODS or (period and period % 60 == 0)):
        raise ServiceError(
            "ValidationError", f"Period must be 1, 5, 10, 20, 30 or a multiple of 60: {period:g}"
        )
    return Metric(metric["Namespace"], metric["MetricName"], dimensions, name, period)


def check(asked: Sequence[dict[str, Any]]) -> None:
    """Refuse expressions that cannot be read, or name what is not there."""
    known = queries(asked)
    sheet = Sheet(known, lambda metric: Series({}, metric.period), [], lambda *_: [])
    for one in known:
        _value(sheet, one)


def _value(sheet: Sheet, query: Query) -> Series | list[Series]:
    """What a query comes to. Raises ServiceError in CloudWatch's words."""
    try:
        value = sheet.value(query.id)
        if not isinstance(value, Series | list):
            raise MathError("Should return time series")
    except MathError as problem:
        raise ServiceError("ValidationError", f"Error in expression '{query.id}' [{problem}]") from problem
    return value


def _get_data(asked: dict[str, Any]) -> dict[str, Any]:
    known = queries(asked.get("MetricDataQueries") or [])
    start, end = _time(asked, "StartTime"), _time(asked, "EndTime")
    if start >= end:
        raise ServiceError(
            "ValidationError", "The parameter StartTime must be less than the parameter EndTime."
        )
    period = min((one.metric.period for one in known if one.metric), default=300.0)
    first = math.floor(start / period) * period
    times = [first + step * period for step in range(math.ceil((end - first) / period))]

    def read(metric: Metric) -> Series:
        return _series(metric, start, end)

    def search(text: str, name: str, every: float) -> list[Series]:
        return [read(one) for one in _found(text, name, every)]

    sheet = Sheet(known, read, times, search)
    newest_first = asked.get("ScanBy") != "TimestampAscending"
    shown = {one["Id"] for one in asked.get("MetricDataQueries") or [] if one.get("ReturnData", True)}
    results = []
    for query in known:
        found = _value(sheet, query)
        if query.id in shown:
            several = isinstance(found, list)
            results += [_result(query, one, several, newest_first) for one in as_list(found)]
    return {"MetricDataResults": results, "Messages": []}


def _result(query: Query, series: Series, several: bool, newest_first: bool) -> dict[str, Any]:
    """One series of the answer. Where an expression comes to several, each has its own label beside."""
    points = series.in_order()[:: -1 if newest_first else 1]
    label = query.label or (query.metric.name if query.metric else "" if several else query.id)
    return {
        "Id": query.id,
        "Label": f"{label} {series.label}".strip() if several else label,
        "Timestamps": [datetime.fromtimestamp(time, UTC) for time, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def _series(metric: Metric, start: float, end: float) -> Series:
    """A metric's values from a start to before an end, each at the beginning of its period."""
    buckets: dict[float, list[Sample]] = {}
    for sample in samples(metric):
        if start <= sample.time < end:
            buckets.setdefault(sample.time // metric.period * metric.period, []).append(sample)
    try:
        points = {time: statistic(metric.statistic, found) for time, found in buckets.items()}
    except KeyError as problem:
        raise ServiceError("ValidationError", f"The local CloudWatch has no statistic {problem}") from problem
    label = " ".join([metric.name, *metric.dimensions.values()])
    return Series(points, metric.period, label)


def _found(text: str, name: str, period: float) -> list[Metric]:
    """The metrics that a search means, in the order of their names."""
    from ministack.services import cloudwatch

    means = matcher(text)
    found = []
    for (namespace, metric, _), points in sorted(cloudwatch._metrics.items()):
        dimensions = points[0].get("Dimensions", {}) if points else {}
        if points and means(namespace, metric, dimensions):
            found.append(Metric(namespace, metric, dimensions, name, period))
    return found[:MOST_RESULTS]


def _get_statistics(asked: dict[str, Any]) -> dict[str, Any]:
    names = [*(asked.get("Statistics") or []), *(asked.get("ExtendedStatistics") or [])]
    if not names:
        raise ServiceError(
            "MissingParameter",
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        )
    dimensions = {one["Name"]: one["Value"] for one in asked.get("Dimensions") or []}
    start, end = _time(asked, "StartTime"), _time(asked, "EndTime")
    read = {
        name: _series(
            Metric(asked["Namespace"], asked["MetricName"], dimensions, name, float(asked["Period"])),
            start,
            end,
        ).points
        for name in names
    }
    points = []
    for time in sorted(read[names[0]]):
        point: dict[str, Any] = {
            "Timestamp": datetime.fromtimestamp(time, UTC),
            "Unit": _unit(asked, dimensions),
        }
        point |= {name: read[name][time] for name in asked.get("Statistics") or []}
        if extended := {name: read[name][time] for name in asked.get("ExtendedStatistics") or []}:
            point["ExtendedStatistics"] = extended
        points.append(point)
    return {"Label": asked["MetricName"], "Datapoints": points}


def _unit(asked: dict[str, Any], dimensions: dict[str, str]) -> str:
    from ministack.services import cloudwatch

    key = (asked["Namespace"], asked["MetricName"], cloudwatch._dims_key(dimensions))
    points = cloudwatch._metrics.get(key) or [{}]
    return str(points[0].get("Unit", "None"))


def _time(asked: dict[str, Any], member: str) -> float:
    value = asked.get(member)
    if value is None:
        raise ServiceError("MissingParameter", f"The parameter {member} is required.")
    return (value if isinstance(value, datetime) else parse_timestamp(value)).timestamp()


_CW = "ministack.services.cloudwatch:"
PATCHES = (
    Patch(
        _CW + "_get_metric_data",
        "expressions were not evaluated, and a metric without dimensions was all of its name",
        "bf6a8e1132a2230cb4f52d9e180016cf6a281ceb2283eb37ec66a45c87707fc0",
        answered_by("GetMetricData", _get_data),
    ),
    Patch(
        _CW + "_get_metric_statistics",
        "a metric without dimensions was all of its name, extended statistics could not be read",
        "332ec61708c8a90e71417619883b96f593ebedb95bfcf7b791cb0c9b69fba186",
        answered_by("GetMetricStatistics", _get_statistics),
    ),
    Patch(
        _CW + "_list_metrics",
        "Terraform's and the CLI's protocol asked for no dimension",
        "2464a5f77c2813ab7fa8a49b76878881b206ee351e6f50605d3a04ab8c07ad79",
        by_json("ListMetrics"),
    ),
)
