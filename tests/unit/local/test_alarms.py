"""The states of an alarm, by the tables of the CloudWatch user guide."""

from __future__ import annotations

import pytest

from mailroom.local.engine.alarms.evaluate import EXTRA_PERIODS, Rule, Sample, datapoints, state, statistic

MISSING = ("missing", "ignore", "breaching", "notBreaching")
KEPT = "KEPT"


def points(drawn: str) -> list[float | None]:
    """A row of the guide (oldest first; X breaches, 0 does not, - is missing), newest first."""
    return [{"X": 9.0, "0": 1.0, "-": None}[one] for one in reversed(drawn.split())]


def rule(datapoints: int, missing: str, comparison: str = "GreaterThanThreshold") -> Rule:
    return Rule(periods=3, datapoints=datapoints, comparison=comparison, threshold=5.0, missing=missing)


@pytest.mark.parametrize(
    ("drawn", "datapoints", "expected"),
    [
        # 3 out of 3
        ("0 - X - X", 3, ("OK", "OK", "OK", "OK")),
        ("- - - - 0", 3, ("OK", "OK", "OK", "OK")),
        ("- - - - -", 3, ("INSUFFICIENT_DATA", KEPT, "ALARM", "OK")),
        ("0 X X - X", 3, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("- - X - -", 3, ("ALARM", KEPT, "ALARM", "OK")),
        # 2 out of 3
        ("0 - X - X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 0 X 0 X", 2, ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 - X - -", 2, ("OK", "OK", "ALARM", "OK")),
        ("- - - - 0", 2, ("OK", "OK", "ALARM", "OK")),
        ("- - - X -", 2, ("ALARM", KEPT, "ALARM", "OK")),
        # not in the guide's table, but in its words: too young for an alarm where data is missing
        ("- - - - X", 3, (KEPT, KEPT, "ALARM", "OK")),
    ],
)
def test_missing_data_is_treated_as_the_guide_says(
    drawn: str, datapoints: int, expected: tuple[str, ...]
) -> None:
    """Each row of "How alarm state is evaluated when data is missing", under each treatment."""
    found = tuple(state(rule(datapoints, missing), points(drawn), KEPT) for missing in MISSING)
    assert found == expected


@pytest.mark.parametrize(
    ("comparison", "breaches"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_comparisons_are_exact_at_the_threshold(comparison: str, breaches: list[bool]) -> None:
    """Below, at and above the threshold."""
    one = Rule(periods=1, datapoints=1, comparison=comparison, threshold=5.0, missing="notBreaching")
    assert [state(one, [value], "OK") == "ALARM" for value in (4.0, 5.0, 6.0)] == breaches


def test_samples_fall_into_periods_that_end_now() -> None:
    """A sample belongs to the period of its age; one from the future or too old to none."""
    samples = [Sample(100, 1), Sample(95, 2), Sample(41, 3), Sample(39, 4), Sample(101, 5), Sample(-500, 6)]
    assert datapoints(samples, "Sum", 60, 1 + EXTRA_PERIODS, now=100) == [6.0, 4.0, None]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Average", 2.5),
        ("Sum", 10.0),
        ("Minimum", 1.0),
        ("Maximum", 4.0),
        ("SampleCount", 4.0),
        ("p50", 2.5),
        ("p100", 4.0),
    ],
)
def test_statistics_are_those_of_cloudwatch(name: str, value: float) -> None:
    """The five basic statistics and percentiles."""
    assert statistic(name, [Sample(0, 4), Sample(0, 1), Sample(0, 3), Sample(0, 2)]) == value


def test_a_value_with_a_count_counts_so_often() -> None:
    """PutMetricData may say that a value was seen several times."""
    assert statistic("Average", [Sample(0, 1, count=3), Sample(0, 5)]) == 2.0
