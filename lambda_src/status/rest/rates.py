"""How many items newly reached sent, delivered and failed, hour by hour.

It is read from the metric that the function writes; CloudWatch keeps an hour's sums for 15 months, longer
than the table keeps most items.
docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from datetime import UTC, datetime
from typing import Any

from lambda_src.shared.logs import NAMESPACE
from lambda_src.status.values import moment
from lambda_src.status.view import EMAIL_RANKS, FAILURES, SMS_RANKS

METRIC = "messages"
HOUR = 3600
CHANNELS = {"email": EMAIL_RANKS, "sms": SMS_RANKS}
GROUPS = {
    "sent": frozenset(("send", "buffered")),
    "delivered": frozenset(("delivered", "success")),
    "failed": FAILURES,
}
_GROUP_OF = {status: group for group, statuses in GROUPS.items() for status in statuses}


def rates(client: Any, function: str, hours: int, now: float) -> list[dict[str, Any]]:
    """The last `hours` hours, oldest first, the one that has begun included; zeros where nothing was counted.

    Each: `at` (its beginning), `sent`, `delivered`, `failed`, and the same by channel. `function` is the name
    of the function that folds the events, `client` CloudWatch's.
    """
    first = int(now) // HOUR * HOUR - (hours - 1) * HOUR
    counts = {first + number * HOUR: _nothing() for number in range(hours)}
    asked: dict[str, Any] = {
        "MetricDataQueries": _queries(function),
        "StartTime": datetime.fromtimestamp(first, UTC),
        "EndTime": datetime.fromtimestamp(first + hours * HOUR, UTC),
        "ScanBy": "TimestampAscending",
    }
    while True:
        answer = client.get_metric_data(**asked)
        for result in answer["MetricDataResults"]:
            _add(counts, result)
        if not (token := answer.get("NextToken")):
            return [_row(at, by_channel) for at, by_channel in counts.items()]
        asked["NextToken"] = token


def _queries(function: str) -> list[dict[str, Any]]:
    return [
        _query(function, channel, status)
        for channel, statuses in CHANNELS.items()
        for status in statuses
        if status in _GROUP_OF
    ]


def _query(function: str, channel: str, status: str) -> dict[str, Any]:
    dimensions = {"function": function, "channel": channel, "status": status}
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": METRIC,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    return {"Id": f"{channel}_{status}", "MetricStat": {"Metric": metric, "Period": HOUR, "Stat": "Sum"}}


def _add(counts: dict[int, dict[str, dict[str, int]]], result: dict[str, Any]) -> None:
    channel, _, status = result["Id"].partition("_")
    for at, value in zip(result["Timestamps"], result["Values"], strict=True):
        hour = int(at.timestamp()) // HOUR * HOUR
        if hour in counts:
            counts[hour][channel][_GROUP_OF[status]] += int(value)


def _nothing() -> dict[str, dict[str, int]]:
    return {channel: dict.fromkeys(GROUPS, 0) for channel in CHANNELS}


def _row(at: int, by_channel: dict[str, dict[str, int]]) -> dict[str, Any]:
    total = {group: sum(counts[group] for counts in by_channel.values()) for group in GROUPS}
    return {"at": moment(at), **total, **by_channel}
