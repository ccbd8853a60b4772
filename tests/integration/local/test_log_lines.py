"""What a function writes into its log, and what comes of it."""

from __future__ import annotations

import time
from typing import Any

import pytest

pytestmark = pytest.mark.integration


def test_all_lines_of_a_call_are_that_call_s(hands: Any) -> None:
    """However many come last: none is left for the next call, none is lost."""
    code = """
def handle(event, context):
    for number in range(400):
        print(f"{context.aws_request_id} {number}")
"""
    call = hands.function("talks", code)
    for _ in range(3):
        call()
    logs = hands.client("logs")
    found = logs.filter_log_events(logGroupName="/aws/lambda/talks", limit=10_000)["events"]
    by_call: dict[str, list[str]] = {}
    for stream, words in ((one["logStreamName"], one["message"].split()) for one in found):
        if len(words) == 2:
            by_call.setdefault(f"{stream} {words[0]}", []).append(words[1])
    assert list(by_call.values()) == [[str(number) for number in range(400)]] * 3


def test_a_line_in_the_embedded_metric_format_is_a_metric(hands: Any) -> None:
    """Its namespace, dimensions, unit and sum, without a call of CloudWatch."""
    code = """
import json, time
def handle(event, context):
    about = {"Namespace": "Mailroom", "Dimensions": [["function"]], "Metrics": [{"Name": "messages", "Unit": "Count"}]}
    stamp = int(time.time() * 1000)
    print(json.dumps({"_aws": {"Timestamp": stamp, "CloudWatchMetrics": [about]}, "function": "told", "messages": 3}))
"""
    call = hands.function("tells", code)
    for _ in range(2):
        call()
    asked = {
        "Namespace": "Mailroom",
        "MetricName": "messages",
        "Period": 3600,
        "Statistics": ["Sum", "SampleCount"],
    }
    asked["Dimensions"] = [{"Name": "function", "Value": "told"}]
    asked |= {"StartTime": time.time() - 3600, "EndTime": time.time() + 3600}
    metrics = hands.client("cloudwatch")

    def counted() -> bool:
        points = metrics.get_metric_statistics(**asked)["Datapoints"]
        return sum(point["Sum"] for point in points) == 6 and {point["Unit"] for point in points} == {"Count"}

    hands.until(counted)
