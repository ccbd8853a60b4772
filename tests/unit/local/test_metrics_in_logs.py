"""The embedded metric format: which metrics a log line has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailroom.local.engine.metrics_in_logs import Datum, data

AT = 1795521600.0


def line(directive: dict[str, Any], **members: Any) -> str:
    about = {"Timestamp": AT * 1000, "CloudWatchMetrics": [{"Namespace": "Mailroom", **directive}]}
    return json.dumps({"_aws": about, **members})


def test_a_value_counts_once_for_each_set_of_dimensions() -> None:
    """The guide's example: one metric, two sets."""
    metrics = [{"Name": "events", "Unit": "Count"}]
    text = line(
        {"Dimensions": [["function"], ["function", "outcome"]], "Metrics": metrics},
        function="f",
        outcome="o",
        events=2,
    )
    assert list(data(text)) == [
        Datum("Mailroom", "events", {"function": "f"}, 2.0, "Count", AT),
        Datum("Mailroom", "events", {"function": "f", "outcome": "o"}, 2.0, "Count", AT),
    ]


def test_several_values_several_metrics_and_no_dimensions() -> None:
    """A list is as many values; a metric without a unit has None."""
    text = line({"Metrics": [{"Name": "a"}, {"Name": "b", "Unit": "Seconds"}]}, a=[1, 2], b=0.5)
    assert [(one.name, one.value, one.unit, one.dimensions) for one in data(text)] == [
        ("a", 1.0, "None", {}), ("a", 2.0, "None", {}), ("b", 0.5, "Seconds", {}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "START RequestId: 1",
        '{"level": "INFO", "message": "no metrics"}',
        '{"_aws": "nonsense"}',
        '{"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Metrics": [{"Name": "a"}]}]}, "a": 1}',
        '"_aws" and no more',
        line({"Metrics": [{"Name": "a"}]}, a="text"),
        line({"Metrics": [{"Name": "a"}]}, a=True),
        line({"Metrics": [{"Name": "gone"}]}),
        line({"Dimensions": [["gone"]], "Metrics": [{"Name": "a"}]}, a=1),
    ],
)
def test_what_is_not_of_the_format_is_a_log_line(text: str) -> None:
    """And nothing fails by it."""
    assert list(data(text)) == []
