"""Rates: sums of the metric, hour by hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambda_src.status import view
from tests.unit.status.api import description
from tests.unit.status.api.conftest import NOW, Api

NONE = {"sent": 0, "delivered": 0, "failed": 0}


class CloudWatch:
    """Answers GetMetricData from points: (channel, status, hours ago) to a sum; two results a page."""

    def __init__(self, points: dict[tuple[str, str, int], float]) -> None:
        self.points = points
        self.asked: list[dict[str, Any]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        results = [
            result for query in request["MetricDataQueries"] if (result := self._result(query, request))
        ]
        start = int(request.get("NextToken", 0))
        answer: dict[str, Any] = {"MetricDataResults": results[start : start + 2], "Messages": []}
        return answer | ({"NextToken": str(start + 2)} if start + 2 < len(results) else {})

    def _result(self, query: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        named = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        assert (metric["Namespace"], metric["MetricName"], named.pop("function")) == (
            "Mailroom", "messages", "test-status",
        )  # fmt: skip
        assert (query["MetricStat"]["Period"], query["MetricStat"]["Stat"]) == (3600, "Sum")
        found = {
            datetime.fromtimestamp(NOW, UTC) - timedelta(hours=hours): value
            for (channel, status, hours), value in self.points.items()
            if named == {"channel": channel, "status": status}
        }
        found = {at: value for at, value in found.items() if request["StartTime"] <= at < request["EndTime"]}
        return {
            "Id": query["Id"],
            "Timestamps": list(found),
            "Values": list(found.values()),
            "StatusCode": "Complete",
        }


def rates(api: Api, points: dict[tuple[str, str, int], float], **query: Any) -> dict[str, Any]:
    api.cloudwatch = CloudWatch(points)
    answer = api.get("/rates", **query)
    description.check("GET", "/rates", answer, answer["said"])
    return answer["said"]


def test_every_hour_stands_there(query_api: Api) -> None:
    """Oldest first, the one that has begun included, zeros where nothing was counted."""
    query_api.now = NOW + 1799
    found = rates(query_api, {}, hours=3)
    assert found["hours"] == 3
    assert [row["at"] for row in found["items"]] == [f"2026-11-27T{hour}:00:00.000Z" for hour in (10, 11, 12)]
    assert all(row["email"] == row["sms"] == NONE for row in found["items"])


@pytest.mark.parametrize(("query", "hours"), [({}, 24), ({"hours": 1}, 1), ({"hours": 720}, 720)])
def test_as_many_hours_as_were_asked_for(query_api: Api, query: dict[str, Any], hours: int) -> None:
    """24 where nothing was said; no request asks CloudWatch for more than it answers."""
    assert len(rates(query_api, {}, **query)["items"]) == hours
    assert len(query_api.cloudwatch.asked[0]["MetricDataQueries"]) <= 500


def test_sums_by_channel_and_together(query_api: Api) -> None:
    """Over all pages of the answer."""
    found = rates(
        query_api,
        {
            ("email", "send", 0): 10.0,
            ("email", "delivered", 0): 8.0,
            ("email", "hardbounce", 0): 1.0,
            ("email", "complaint", 0): 1.0,
            ("sms", "buffered", 0): 5.0,
            ("sms", "success", 0): 3.0,
            ("sms", "optout", 0): 2.0,
            ("email", "send", 1): 7.0,
            ("email", "send", 2): 99.0,
        },
        hours=2,
    )
    before, now = found["items"]
    assert {name: before[name] for name in NONE} == {"sent": 7, "delivered": 0, "failed": 0}
    assert now["email"] == {"sent": 10, "delivered": 8, "failed": 2}
    assert now["sms"] == {"sent": 5, "delivered": 3, "failed": 2}
    assert {name: now[name] for name in NONE} == {"sent": 15, "delivered": 11, "failed": 4}
    assert len(query_api.cloudwatch.asked) > 2


@pytest.mark.parametrize("status", sorted(view.FAILURES))
def test_every_failure_counts_as_one(query_api: Api, status: str) -> None:
    """Whatever the design calls a failure."""
    channel = "sms" if status in view.SMS_RANKS else "email"
    [row] = rates(query_api, {(channel, status, 0): 2.0}, hours=1)["items"]
    assert row[channel] == {**NONE, "failed": 2}


@pytest.mark.parametrize("status", ["open", "click", "unsubscribe", "delayed"])
def test_what_is_neither_is_not_asked_for(query_api: Api, status: str) -> None:
    """An open is no second delivery."""
    [row] = rates(query_api, {("email", status, 0): 2.0}, hours=1)["items"]
    assert row["email"] == NONE
