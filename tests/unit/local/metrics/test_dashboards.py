"""What CloudWatch says of a dashboard's body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailroom.local.engine.metrics.dashboards import problems


def widget(**more: Any) -> dict[str, Any]:
    """A metric widget that is right, but for `more`."""
    properties = {
        "metrics": [["AWS/SQS", "Sent", "QueueName", "q"]],
        "region": "eu-west-1",
        **more.pop("properties", {}),
    }
    return {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": properties, **more}


@pytest.mark.parametrize(
    ("one", "where"),
    [
        (widget(), ""),
        ({"type": "text", "properties": {"markdown": "# hello"}}, ""),
        ({"type": "log", "properties": {"region": "eu-west-1", "query": "SOURCE 'x' | fields @message"}}, ""),
        (
            widget(properties={"metrics": [["A", "b"], [".", "c", {"stat": "p95"}], ["..."], ["...", "d"]]}),
            "",
        ),
        (widget(properties={"metrics": [[{"expression": "SUM(METRICS())", "id": "e1"}]]}), ""),
        (widget(properties={"annotations": {"alarms": []}}), ""),
        ({"type": "chart", "properties": {}}, "/widgets/0/type"),
        ({"type": "text", "properties": {}}, "/widgets/0/properties/markdown"),
        ({"type": "metric"}, "/widgets/0/properties"),
        ("text", "/widgets/0"),
        (widget(x=20), "/widgets/0/width"),
        (widget(width=25), "/widgets/0/width"),
        (widget(height=0), "/widgets/0/height"),
        (widget(y="1"), "/widgets/0/y"),
        (widget(properties={"region": None}), "/widgets/0/properties/region"),
        (widget(properties={"period": 45}), "/widgets/0/properties/period"),
        (widget(properties={"view": "pies"}), "/widgets/0/properties/view"),
        (widget(properties={"metrics": [["A"]]}), "/widgets/0/properties/metrics/0"),
        (widget(properties={"metrics": [["A", "b", "dimension"]]}), "/widgets/0/properties/metrics/0"),
        (widget(properties={"metrics": [["A", {"stat": "Sum"}, "b"]]}), "/widgets/0/properties/metrics/0"),
        (
            widget(properties={"metrics": [["A", "b", {"expression": "1"}]]}),
            "/widgets/0/properties/metrics/0",
        ),
        (widget(properties={"metrics": "A"}), "/widgets/0/properties/metrics"),
    ],
)
def test_a_widget_is_right_or_is_named(one: Any, where: str) -> None:
    """By its place in the body."""
    found = problems(json.dumps({"widgets": [one]}))
    assert (found[0][0] if found else "") == where


@pytest.mark.parametrize("body", ["", "[]", "{", '{"widgets": {}}', "7"])
def test_a_body_that_is_none(body: str) -> None:
    """Is one problem, not a traceback."""
    assert len(problems(body)) == 1
