"""The state of a metric alarm from its datapoints.

After "Evaluating an alarm" and "How alarm state is evaluated when data is missing" of the CloudWatch user
guide; the tables there are the tests. One thing differs: a period here ends now, not at the full minute, so
that a local alarm does not wait for the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

EXTRA_PERIODS = 2
"""How many datapoints beyond EvaluationPeriods are looked at where some are missing (5 for 3 in the
guide)."""

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


@dataclass(frozen=True)
class Rule:
    """What an alarm asks. `statistic` turns one period's samples into one value."""

    periods: int
    datapoints: int
    comparison: str
    threshold: float
    missing: str
    """TreatMissingData: breaching, notBreaching, ignore or missing."""


@dataclass(frozen=True)
class Sample:
    """One stored value of a metric: when (epoch seconds), what, and how often. Of a statistic set `value` is
    the average, and `low` and `high` are what it says."""

    time: float
    value: float
    count: float = 1.0
    low: float | None = None
    high: float | None = None


def statistic(name: str, samples: Sequence[Sample]) -> float:
    """A basic statistic (Average, Sum, Minimum, Maximum, SampleCount) or a percentile (p95) of some
    samples."""
    count = sum(sample.count for sample in samples)
    total = sum(sample.value * sample.count for sample in samples)
    if name.lower().startswith("p") and name[1:].replace(".", "", 1).isdecimal():
        return _percentile(sorted((sample.value, sample.count) for sample in samples), float(name[1:]))
    basic = {
        "Sum": total,
        "SampleCount": count,
        "Average": total / count if count else 0.0,
        "Minimum": min(sample.value if sample.low is None else sample.low for sample in samples),
        "Maximum": max(sample.value if sample.high is None else sample.high for sample in samples),
    }
    return basic[name]


def _percentile(values: Sequence[tuple[float, float]], percent: float) -> float:
    """Linear interpolation between the closest ranks of values with their counts, the smallest first."""
    at = (sum(count for _, count in values) - 1) * percent / 100
    below = int(at)
    low, high = _ranked(values, below), _ranked(values, below + 1)
    return low + (high - low) * (at - below)


def _ranked(values: Sequence[tuple[float, float]], rank: int) -> float:
    """The value at a rank, from nought on; the largest beyond the last."""
    seen = 0.0
    for value, count in values:
        seen += count
        if rank < seen:
            return value
    return values[-1][0]


def datapoints(
    samples: Sequence[Sample], name: str, period: float, count: int, now: float
) -> list[float | None]:
    """The last `count` periods' values of a statistic, newest first; None where a period has no sample."""
    buckets: list[list[Sample]] = [[] for _ in range(count)]
    for sample in samples:
        age = int((now - sample.time) // period)
        if 0 <= age < count:
            buckets[age].append(sample)
    return [statistic(name, bucket) if bucket else None for bucket in buckets]


def state(rule: Rule, points: Sequence[float | None], current: str) -> str:
    """ALARM, OK or INSUFFICIENT_DATA.

    `points` are newest first, EvaluationPeriods + EXTRA_PERIODS of them; `current` is the state until now.
    """
    breaching = [
        point is not None and COMPARISONS[rule.comparison](point, rule.threshold) for point in points
    ]
    ages = [age for age, point in enumerate(points) if point is not None][: rule.periods]
    hits = sum(breaching[age] for age in ages)
    lacking = rule.periods - len(ages)
    if rule.missing == "breaching":
        hits += lacking
    if hits >= rule.datapoints:
        return "ALARM"
    if lacking == 0 or rule.missing in ("breaching", "notBreaching"):
        return "OK"
    if not ages:
        return current if rule.missing == "ignore" else "INSUFFICIENT_DATA"
    if hits < len(ages):
        return "OK"
    # Only breaching points, too few of them: an alarm where the oldest is as old as the alarm asks for.
    old_enough = ages[-1] + 1 >= rule.datapoints
    return "ALARM" if old_enough and rule.missing == "missing" else current
