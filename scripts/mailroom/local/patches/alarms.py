"""CloudWatch alarms: kept and described whole, evaluated as CloudWatch does, heard only where policies let
it.

The emulator answered Terraform's protocol (query) with half of an alarm's members, forgot `metric_query`,
and took any queue's metric for any other's.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ..engine.alarms.evaluate import EXTRA_PERIODS, Rule, Sample, datapoints, state
from ..engine.protocol.messages import request_id
from ..engine.protocol.model import service_model
from ..engine.protocol.query import form_fields, read_form, write_members
from .patch import Patch

log = logging.getLogger(__name__)

Handler = Callable[..., tuple[int, dict[str, str], bytes]]
NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/"
OPTIONAL = (
    "AlarmDescription", "ExtendedStatistic", "Statistic", "Period", "Threshold", "Unit", "Namespace",
    "MetricName", "TreatMissingData", "Dimensions",
)  # fmt: skip
"""Members that an alarm has only where it was put with them."""


def _decoded(operation: str, params: dict[str, list[str]]) -> dict[str, Any]:
    form = {name: values[-1] if isinstance(values, list) else values for name, values in params.items()}
    shape = service_model("cloudwatch").operation_model(operation).input_shape
    return read_form(shape, (), form_fields(form))


def _as_query(operation: str, answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    """An answer that was made as JSON, as the query protocol writes it."""
    status, _, body = answer
    document = json.loads(body or b"{}")
    rid = request_id()
    if status >= 400:
        code = str(document.get("__type", "InternalFailure")).rpartition("#")[2]
        message = escape(str(document.get("message") or document.get("Message") or ""))
        inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        root, inner = "ErrorResponse", f"{inner}<RequestId>{rid}</RequestId>"
    else:
        output = service_model("cloudwatch").operation_model(operation).output_shape
        result = write_members(output, _typed(output, document)) if output is not None else ""
        root = f"{operation}Response"
        inner = f"<{operation}Result>{result}</{operation}Result>" if output is not None else ""
        inner += f"<ResponseMetadata><RequestId>{rid}</RequestId></ResponseMetadata>"
    return status, {"Content-Type": "text/xml"}, f'<{root} xmlns="{NAMESPACE}">{inner}</{root}>'.encode()


def _typed(shape: Any, value: Any) -> Any:
    """JSON values as the XML writer wants them: times as times, no members that the model has not."""
    if shape.type_name == "structure":
        known = {
            name: item for name, item in value.items() if name in shape.members and item not in (None, "")
        }
        return {name: _typed(shape.members[name], item) for name, item in known.items()}
    if shape.type_name == "list":
        return [_typed(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return (
            datetime.fromtimestamp(value, UTC)
            if isinstance(value, int | float)
            else datetime.fromisoformat(value)
        )
    return value


def _by_json(
    operation: str, kept: Callable[[dict[str, Any]], None] | None = None
) -> Callable[[Handler], Handler]:
    """Let a handler work on JSON whatever protocol was spoken, then answer in that protocol."""

    def make(original: Handler) -> Handler:
        def handler(params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:
            query = not (is_cbor or is_json)
            asked = _decoded(operation, params) if query else data
            answer = original({}, asked, is_cbor, is_json or query)
            if kept is not None and answer[0] == 200:
                kept(asked)
            return _as_query(operation, answer) if query else answer

        return handler

    return make


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


def _evaluate(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def _evaluate_alarm(alarm: dict[str, Any]) -> None:
        from ministack.services import cloudwatch

        name = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
        if not (name and alarm.get("Namespace") and alarm.get("MetricName")):
            return  # metric math is kept and described, not evaluated
        rule = _rule(alarm)
        dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions", [])}
        key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
        now = time.time()
        samples = [
            Sample(point["Timestamp"], point["Value"], point.get("Count", 1.0))
            for point in list(cloudwatch._metrics.get(key) or [])
        ]
        points = datapoints(samples, name, alarm.get("Period", 60), rule.periods + EXTRA_PERIODS, now)
        new = state(rule, points, alarm["StateValue"])
        if new != alarm["StateValue"]:
            _change(alarm, new, f"{name} of the last periods, newest first: {points[: rule.periods]}; {rule}")

    return _evaluate_alarm


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
        _by_json("PutMetricAlarm", _keep_whole),
    ),
    Patch(
        _CW + "_put_composite_alarm",
        "answered with half its members",
        "d1c8174c3d5b96fb72a335506f1962c4e61678bf088e467cc4efe1283100e888",
        _by_json("PutCompositeAlarm"),
    ),
    Patch(
        _CW + "_describe_alarms",
        "half of the members were missing",
        "ab8f092ff9ae6f023a72ecbaf2ae1ee6145f61fea5ff80c20d48293c87458316",
        _by_json("DescribeAlarms"),
    ),
    Patch(
        _CW + "_describe_alarms_for_metric",
        "half of the members were missing",
        "432ea29ba8ab0977fc83060a46910517336fa3e3b2cb5e0e0ef5d163acaccdaa",
        _by_json("DescribeAlarmsForMetric"),
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
