"""CloudWatch alarms: kept and described whole, evaluated as CloudWatch does, heard only where policies let
it.

The emulator answered Terraform's protocol (query) with half of an alarm's members, forgot `metric_query`,
and took any queue's metric for any other's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from ..engine.alarms.evaluate import EXTRA_PERIODS, Rule, datapoints, state
from ..engine.metrics.sheet import Metric, Sheet
from ..engine.metrics.syntax import MathError
from ..engine.metrics.values import Series
from ..engine.protocol.messages import ServiceError
from . import metric_data
from .patch import Patch
from .watch_protocols import by_json

log = logging.getLogger(__name__)

OPTIONAL = (
    "AlarmDescription", "ExtendedStatistic", "Statistic", "Period", "Threshold", "Unit", "Namespace",
    "MetricName", "TreatMissingData", "Dimensions",
)  # fmt: skip
"""Members that an alarm has only where it was put with them."""


def _keep_whole(asked: dict[str, Any]) -> None:
    """The alarm as it was put: what it was not put with is not there, `Metrics` is."""
    from ministack.services import cloudwatch

    alarm = cloudwatch._alarms[asked["AlarmName"]]
    for member in OPTIONAL:
        if member not in asked:
            alarm.pop(member, None)
    for member in ("Metrics", "EvaluateLowSampleCountPercentile", "ThresholdMetricId"):
        if member in asked:
            alarm[member] = asked[member]


def _check(asked: dict[str, Any]) -> None:
    """Refuse an alarm whose metric math could never be evaluated (PutMetricAlarm, API reference)."""
    queries = asked.get("Metrics") or []
    shown = [one for one in queries if one.get("ReturnData", True)]
    if queries and len(shown) != 1:
        raise ServiceError("ValidationError", "Exactly one element of the metrics list should return data.")
    if any("SEARCH(" in str(one.get("Expression")) for one in queries):
        raise ServiceError("ValidationError", "SEARCH is not supported on Metric Alarms.")
    if queries:
        metric_data.check(queries)


def _evaluate(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def _evaluate_alarm(alarm: dict[str, Any]) -> None:
        rule = _rule(alarm)
        points, name = _points(alarm, rule.periods + EXTRA_PERIODS, time.time())
        new = state(rule, points, alarm["StateValue"])
        if new != alarm["StateValue"]:
            _change(alarm, new, f"{name} of the last periods, newest first: {points[: rule.periods]}; {rule}")

    return _evaluate_alarm


def _points(alarm: dict[str, Any], count: int, now: float) -> tuple[list[float | None], str]:
    """The last `count` datapoints of an alarm, newest first, and what they are of."""

    def last(metric: Metric) -> list[float | None]:
        return datapoints(metric_data.samples(metric), metric.statistic, metric.period, count, now)

    queries = alarm.get("Metrics") or []
    if not queries:
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions", [])}
        named = alarm.get("Namespace", ""), alarm.get("MetricName", "")
        return last(Metric(*named, dimensions, statistic, alarm.get("Period", 60))), statistic
    known = metric_data.queries(queries)
    period = next(one.metric.period for one in known if one.metric)
    times = [now - age * period for age in range(count)]

    def read(metric: Metric) -> Series:
        found = zip(times, last(metric), strict=True)
        return Series({at: value for at, value in found if value is not None}, metric.period)

    shown = next(one for one in queries if one.get("ReturnData", True))["Id"]
    try:
        value = Sheet(known, read, times[::-1], lambda *_: []).value(shown)
    except MathError as problem:
        return [None] * count, f"{shown} ({problem})"
    points = value.points if isinstance(value, Series) else {}
    return [points.get(at) for at in times], shown


def _rule(alarm: dict[str, Any]) -> Rule:
    periods = alarm.get("EvaluationPeriods", 1)
    return Rule(
        periods=periods,
        datapoints=alarm.get("DatapointsToAlarm") or periods,
        comparison=alarm["ComparisonOperator"],
        threshold=alarm.get("Threshold", 0.0),
        missing=alarm.get("TreatMissingData", "missing"),
    )


def _change(alarm: dict[str, Any], new: str, reason: str) -> None:
    """Move an alarm to a new state, tell its actions and the composite alarms above it."""
    from ministack.services import cloudwatch

    old = alarm["StateValue"]
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=time.time())
    log.info("alarm %s: %s -> %s (%s)", alarm["AlarmName"], old, new, reason)
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _heard(original: Callable[..., None]) -> Callable[..., None]:
    """CloudWatch publishes as cloudwatch.amazonaws.com: the topic's policy, and its key's, must let it."""

    def _dispatch_alarm_actions(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
        from ministack.core.responses import get_account_id
        from ministack.services import sns

        member = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}[
            new
        ]
        heard = []
        for topic in alarm.get(member) or []:
            source = (alarm["AlarmArn"], get_account_id())
            if ":sns:" not in topic or sns.topic_policy_allows(topic, "cloudwatch.amazonaws.com", *source):
                heard.append(topic)
            else:
                log.warning("alarm %s may not publish to %s", alarm["AlarmName"], topic)
        original({**alarm, member: heard}, old, new, reason)

    return _dispatch_alarm_actions


_CW = "ministack.services.cloudwatch:"
PATCHES = (
    Patch(
        _CW + "_put_metric_alarm",
        "metric_query was forgotten",
        "953a67ff4bb1ee4bc36f84b0c5c0fce770df1eb228c40a9fb59a83d67c310d5f",
        by_json("PutMetricAlarm", _keep_whole, _check),
    ),
    Patch(
        _CW + "_put_composite_alarm",
        "answered with half its members",
        "d1c8174c3d5b96fb72a335506f1962c4e61678bf088e467cc4efe1283100e888",
        by_json("PutCompositeAlarm"),
    ),
    Patch(
        _CW + "_describe_alarms",
        "half of the members were missing",
        "ab8f092ff9ae6f023a72ecbaf2ae1ee6145f61fea5ff80c20d48293c87458316",
        by_json("DescribeAlarms"),
    ),
    Patch(
        _CW + "_describe_alarms_for_metric",
        "half of the members were missing",
        "432ea29ba8ab0977fc83060a46910517336fa3e3b2cb5e0e0ef5d163acaccdaa",
        by_json("DescribeAlarmsForMetric"),
    ),
    Patch(
        _CW + "_evaluate_alarm",
        "dimensions, datapoints and missing data were not looked at",
        "a0b0acd3d432b711a4e0a2cc389b6acea5aab29ecc5e5986b13fb370cdad30fe",
        _evaluate,
    ),
    Patch(
        _CW + "_dispatch_alarm_actions",
        "published against the topic's policy",
        "fcf47c0d1e6ec4a03a219d7bf8d5a7218ed085cb29f497c8a98f417c45ecbd49",
        _heard,
    ),
)
