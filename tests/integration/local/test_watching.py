"""CloudWatch of the local cloud: metric data with math, alarms on it, dashboards, saved queries, metrics."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.faults import Fault, add, clear
from tests.integration.local.conftest import Hands

pytestmark = pytest.mark.integration


def around_now(minutes: int = 10) -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=minutes), "EndTime": now + timedelta(minutes=minutes)}


def metric(name: str, identity: str, returned: bool = False, **dimensions: str) -> dict[str, Any]:
    """A query of a metric's hourly sums."""
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    stat = {
        "Metric": {"Namespace": "Own", "MetricName": name, "Dimensions": named},
        "Period": 3600,
        "Stat": "Sum",
    }
    return {"Id": identity, "MetricStat": stat, "ReturnData": returned}


def values(watch: Any, *queries: dict[str, Any], **more: Any) -> dict[str, list[float]]:
    """What GetMetricData answers: all values by label."""
    found = watch.get_metric_data(MetricDataQueries=list(queries), **around_now(), **more)[
        "MetricDataResults"
    ]
    return {one["Label"]: [sum(one["Values"])] for one in found}


@pytest.fixture(scope="module")
def watch(hands: Hands) -> Any:
    """CloudWatch with some values of Own: mails by channel, and without."""
    client = hands.client("cloudwatch")
    of = {"email": 8, "sms": 2}
    data = [
        {"MetricName": "mails", "Dimensions": [{"Name": "channel", "Value": c}], "Value": v}
        for c, v in of.items()
    ]
    data += [
        {"MetricName": "mails", "Value": 100},
        {"MetricName": "lost", "Values": [1.0, 2.0], "Counts": [2.0, 1.0]},
    ]
    client.put_metric_data(Namespace="Own", MetricData=data)
    return client


def test_metric_math_is_evaluated(watch: Any) -> None:
    """Ratios, FILL and IF; only what is to be returned; a metric is exactly its dimensions."""
    queries = [
        metric("mails", "email", channel="email"),
        metric("mails", "sms", channel="sms"),
        metric("mails", "bare"),
        metric("nothing", "nothing"),
        {"Id": "share", "Expression": "100 * sms / (email + sms)", "Label": "share"},
        {"Id": "whole", "Expression": "bare + FILL(nothing, 0)", "Label": "whole"},
    ]
    assert values(watch, *queries) == {"share": [20.0], "whole": [100.0]}


def test_a_search_finds_what_has_its_dimensions(watch: Any) -> None:
    """A series for each, under its own label."""
    search = {"Id": "s", "Expression": "SEARCH('{Own,channel} MetricName=\"mails\"', 'Sum', 3600)"}
    assert values(watch, search) == {"mails email": [8.0], "mails sms": [2.0]}


def test_the_newest_comes_first_unless_asked_otherwise(hands: Hands) -> None:
    """ScanBy."""
    watch = hands.client("cloudwatch")
    now = datetime.now(UTC)
    for age in (3, 1, 2):
        point = {"MetricName": "ordered", "Value": age, "Timestamp": now - timedelta(minutes=age)}
        watch.put_metric_data(Namespace="Own", MetricData=[point])
    query = metric("ordered", "o", True)
    query["MetricStat"]["Period"] = 60
    asked = {"MetricDataQueries": [query], **around_now()}
    assert watch.get_metric_data(**asked)["MetricDataResults"][0]["Values"] == [1, 2, 3]
    answer = watch.get_metric_data(**asked, ScanBy="TimestampAscending")["MetricDataResults"][0]
    assert answer["Values"] == [3, 2, 1]
    assert answer["Timestamps"] == sorted(answer["Timestamps"])


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("m +", "Error in expression 'e'"),
        ("other", "Undefined variable other"),
        ("SUM(m)", "Should return time series"),
    ],
)
def test_an_expression_that_is_wrong_is_refused(watch: Any, expression: str, words: str) -> None:
    """By name, with the reason, as CloudWatch does."""
    with pytest.raises(ClientError, match=words):
        values(watch, metric("mails", "m"), {"Id": "e", "Expression": expression})


def test_statistics_weigh_values_by_their_counts(watch: Any) -> None:
    """Percentiles too."""
    points = watch.get_metric_statistics(
        Namespace="Own",
        MetricName="lost",
        Period=3600,
        Statistics=["Sum", "SampleCount", "Maximum"],
        **around_now(),
    )["Datapoints"]
    assert sum(point["Sum"] for point in points) == 4
    (extended,) = watch.get_metric_statistics(
        Namespace="Own", MetricName="lost", Period=3600, ExtendedStatistics=["p50"], **around_now()
    )["Datapoints"]
    assert extended["ExtendedStatistics"] == {"p50": 1.0}
    assert watch.list_metrics(Namespace="Own", MetricName="mails", Dimensions=[{"Name": "channel"}])[
        "Metrics"
    ]


def test_an_alarm_on_metric_math_comes_and_goes(hands: Hands) -> None:
    """A share of failures, where there were enough of all; its state follows the values."""
    watch = hands.client("cloudwatch")

    def put(**values: float) -> None:
        watch.put_metric_data(
            Namespace="Own",
            MetricData=[{"MetricName": name, "Value": value} for name, value in values.items()],
        )

    def seen(name: str) -> dict[str, Any]:
        query = metric(name, name)
        query["MetricStat"]["Period"] = 10
        return query

    share = {
        "Id": "share",
        "Expression": "IF(FILL(all, 0) > 9, FILL(failed, 0) / all, 0)",
        "ReturnData": True,
    }
    watch.put_metric_alarm(
        AlarmName="share",
        Metrics=[seen("failed"), seen("all"), share],
        EvaluationPeriods=1,
        Threshold=0.1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )

    def state() -> str:
        found: str = watch.describe_alarms(AlarmNames=["share"])["MetricAlarms"][0]["StateValue"]
        return found

    put(failed=1, all=2)
    assert hands.until(lambda: state() == "OK")
    put(failed=2, all=20)
    assert hands.until(lambda: state() == "ALARM")
    assert hands.until(lambda: state() == "OK", 30)


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ([{"Id": "e", "Expression": "m + 1"}], "Undefined variable m"),
        ([metric("a", "m", True), {"Id": "e", "Expression": "m"}], "Exactly one element"),
        ([{"Id": "e", "Expression": "SEARCH('{Own} a', 'Sum', 60)"}], "SEARCH is not supported"),
    ],
)
def test_an_alarm_that_could_never_be_evaluated_is_refused(
    watch: Any, metrics: list[Any], words: str
) -> None:
    """When it is put, not when it is missed."""
    rule = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    with pytest.raises(ClientError, match=words):
        watch.put_metric_alarm(AlarmName="bad", Metrics=metrics, **rule)


def test_a_dashboard_is_kept_or_refused(watch: Any) -> None:
    """Whatever letters are in it; what is wrong is named by its place."""
    good = {"widgets": [{"type": "text", "properties": {"markdown": 'a < b && c > "d"'}}]}
    watch.put_dashboard(DashboardName="good", DashboardBody=json.dumps(good))
    assert json.loads(watch.get_dashboard(DashboardName="good")["DashboardBody"]) == good
    bad = {
        "widgets": [
            {"type": "metric", "properties": {"metrics": [["OnlyANamespace"]], "region": "eu-west-1"}}
        ]
    }
    with pytest.raises(ClientError, match="/widgets/0/properties/metrics/0"):
        watch.put_dashboard(DashboardName="bad", DashboardBody=json.dumps(bad))
    with pytest.raises(ClientError, match="must be a valid JSON object"):
        watch.put_dashboard(DashboardName="bad", DashboardBody="{")
    watch.delete_dashboards(DashboardNames=["good"])


def test_saved_queries_of_logs_are_kept(hands: Hands) -> None:
    """Put, changed by id, listed by prefix, page by page, deleted."""
    logs = hands.client("logs")
    names = ("status/one", "status/two", "other")
    made = {name: logs.put_query_definition(name=name, queryString="fields @message") for name in names}
    one = made["status/one"]["queryDefinitionId"]
    changed = logs.put_query_definition(
        queryDefinitionId=one, name="status/one", queryString="stats count(*)", logGroupNames=["/x"]
    )
    assert changed["queryDefinitionId"] == one
    first = logs.describe_query_definitions(queryDefinitionNamePrefix="status/", maxResults=1)
    (found,) = first["queryDefinitions"]
    assert (found["queryString"], found["logGroupNames"]) == ("stats count(*)", ["/x"])
    rest = logs.describe_query_definitions(queryDefinitionNamePrefix="status/", nextToken=first["nextToken"])
    assert [one["name"] for one in rest["queryDefinitions"]] == ["status/two"]
    assert logs.delete_query_definition(queryDefinitionId=one)["success"]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_query_definition(queryDefinitionId=one)


def test_tables_are_counted(hands: Hands) -> None:
    """Conditions that failed, calls that were throttled or failed by a fault; latency of what went well."""
    tables, watch = hands.client("dynamodb"), hands.client("cloudwatch")
    tables.create_table(
        TableName="counted",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    item = {"TableName": "counted", "Item": {"k": {"S": "1"}}}
    tables.put_item(**item)
    with pytest.raises(tables.exceptions.ConditionalCheckFailedException):
        tables.put_item(**item, ConditionExpression="attribute_not_exists(k)")
    for kind in ("throttle", "error"):
        add(hands.cloud, Fault(kind=kind, service="dynamodb", operation="PutItem"))
        with pytest.raises(ClientError):
            tables.put_item(**item)
    clear(hands.cloud)

    def total(name: str, statistic: str = "Sum", **dimensions: str) -> float:
        points = watch.get_metric_statistics(
            Namespace="AWS/DynamoDB",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Period=3600,
            Statistics=[statistic],
            **around_now(),
        )["Datapoints"]
        return float(sum(point[statistic] for point in points))

    put = {"TableName": "counted", "Operation": "PutItem"}
    assert total("ConditionalCheckFailedRequests", TableName="counted") == 1
    assert total("ThrottledRequests", **put) == 1
    assert total("WriteThrottleEvents", TableName="counted") == 1
    assert total("SystemErrors", **put) == 1
    assert total("SuccessfulRequestLatency", "SampleCount", **put) == 1


def test_log_groups_and_rules_are_counted(hands: Hands) -> None:
    """IncomingLogEvents by group; rules that matched, and what they could not deliver."""
    logs, events, watch = hands.client("logs"), hands.client("events"), hands.client("cloudwatch")
    logs.create_log_group(logGroupName="/counted")
    logs.create_log_stream(logGroupName="/counted", logStreamName="s")
    at = int(datetime.now(UTC).timestamp() * 1000)
    logs.put_log_events(
        logGroupName="/counted", logStreamName="s", logEvents=[{"timestamp": at, "message": "m"}] * 2
    )
    _, arn = hands.queue("refuses")
    events.put_rule(Name="counted", EventPattern=json.dumps({"source": ["own"]}), State="ENABLED")
    events.put_targets(Rule="counted", Targets=[{"Id": "q", "Arn": arn}])
    events.put_events(Entries=[{"Source": "own", "DetailType": "t", "Detail": "{}"}])

    def total(namespace: str, name: str, **dimension: str) -> float:
        points = watch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimension.items()],
            Period=3600,
            Statistics=["Sum"],
            **around_now(),
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    assert total("AWS/Logs", "IncomingLogEvents", LogGroupName="/counted") == 2
    assert total("AWS/Events", "TriggeredRules", RuleName="counted") == 1
    assert total("AWS/Events", "Invocations", RuleName="counted") == 1
    assert total("AWS/Events", "FailedInvocations", RuleName="counted") == 1
