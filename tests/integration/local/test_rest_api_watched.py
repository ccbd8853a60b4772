"""What is told of the calls of a REST API of the local cloud: access logs, metrics, alarms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.conftest import Hands
from tests.integration.local.rest_api import Api

pytestmark = pytest.mark.integration

FORMAT = json.dumps(
    {
        "id": "$context.requestId",
        "ip": "$context.identity.sourceIp",
        "route": "$context.httpMethod $context.resourcePath",
        "status": "$context.status",
        "length": "$context.responseLength",
        "backend": "$context.integrationErrorMessage",
        "refused": "$context.error.responseType",
        "words": "$context.error.message",
    }
)
FAILS = """
def handle(event, context):
    if event["path"] == "/fail":
        raise ValueError("no")
    return {"body": "ok"}
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
WRITE = {"Effect": "Allow", "Resource": "*", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"]}


@pytest.fixture
def api(hands: Hands) -> Api:
    made = Api(hands)
    function = made.function(FAILS)
    made.route("GET", "/good/{name}", function)
    made.route("GET", "/fail", function)
    made.deploy()
    return made


def role(hands: Hands, name: str, trust: dict[str, Any], *statements: dict[str, Any]) -> str:
    iam = hands.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=hands.document(trust))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=hands.document(*statements))
    return arn


def set_role(api: Api, arn: str) -> None:
    operations = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    api.gateway.update_account(patchOperations=operations)


def log_to(api: Api, group: str, form: str = FORMAT) -> None:
    arn = f"arn:aws:logs:{api.hands.cloud.region}:{api.hands.account}:log-group:{group}"
    api.change_stage(("/accessLogSettings/destinationArn", arn), ("/accessLogSettings/format", form))


def test_a_stage_logs_once_the_account_has_a_role_that_may(hands: Hands, api: Api) -> None:
    """A line for each call in the stage's format, refused ones included; refusals where something is missing."""
    logs = hands.client("logs")
    logs.create_log_group(logGroupName="/access")
    set_role(api, "")
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set in account settings"):
        log_to(api, "/access")
    lambdas = {**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}
    for wrong in (role(hands, "distrusts", lambdas, WRITE), role(hands, "powerless", TRUST)):
        with pytest.raises(ClientError, match="does not have required permissions configured"):
            set_role(api, wrong)
    set_role(api, role(hands, "api-logs", TRUST, WRITE))
    with pytest.raises(ClientError, match=r"must include either \$context.requestId"):
        log_to(api, "/access", "$context.status")
    assert "accessLogSettings" not in api.gateway.get_stage(restApiId=api.id, stageName="v1")
    log_to(api, "/access")
    answers = [api.call("GET", path) for path in ("/good/a%20b", "/fail", "/nothing")]
    lines = [
        json.loads(event["message"]) for event in logs.filter_log_events(logGroupName="/access")["events"]
    ]
    good, failed, refused = lines
    assert [line["id"] for line in lines] == [answer.headers["x-amzn-requestid"] for answer in answers]
    assert (good["route"], good["status"], good["length"], good["ip"]) == (
        "GET /good/{name}", "200", "2", "127.0.0.1",
    )  # fmt: skip
    assert (good["backend"], good["refused"], good["words"]) == ("-", "-", "-")
    assert (failed["status"], failed["words"]) == ("502", "Internal server error")
    assert failed["backend"].startswith(
        "Lambda execution failed with status 200 due to customer function error"
    )
    assert (refused["status"], refused["route"], refused["refused"]) == (
        "403", "GET -", "MISSING_AUTHENTICATION_TOKEN",
    )  # fmt: skip


def test_calls_are_counted_and_the_alarm_on_5xx_fires(hands: Hands, api: Api) -> None:
    """AWS's names and dimensions; sums are numbers of calls, averages their share."""
    watch = hands.client("cloudwatch")
    stage = [{"Name": "ApiName", "Value": api.name}, {"Name": "Stage", "Value": "v1"}]
    watch.put_metric_alarm(
        AlarmName=f"{api.name}-5xx",
        Namespace="AWS/ApiGateway",
        MetricName="5XXError",
        Dimensions=stage,
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=2,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    for path in ("/good/1", "/good/2", "/fail", "/nothing"):
        api.call("GET", path)

    def state() -> str:
        found: str = watch.describe_alarms(AlarmNames=[f"{api.name}-5xx"])["MetricAlarms"][0]["StateValue"]
        return found

    assert hands.until(lambda: state() == "OK")
    api.call("GET", "/fail")
    assert hands.until(lambda: state() == "ALARM")

    def statistics(name: str, *dimensions: dict[str, str]) -> dict[str, float]:
        now = datetime.now(UTC)
        points = watch.get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=list(dimensions),
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum", "SampleCount", "Maximum"],
        )["Datapoints"]
        return {what: sum(point[what] for point in points) for what in ("Sum", "SampleCount")}

    assert statistics("Count", *stage) == {"Sum": 5, "SampleCount": 5}
    assert statistics("4XXError", *stage) == {"Sum": 1, "SampleCount": 5}
    assert statistics("5XXError", stage[0]) == {"Sum": 2, "SampleCount": 5}
    assert statistics("Latency", *stage)["SampleCount"] == 5
    assert statistics("IntegrationLatency", *stage)["SampleCount"] == 4


def test_a_function_behind_an_api_or_a_queue_is_counted_too(hands: Hands, api: Api) -> None:
    """Lambda's metrics are of every call: an alarm on a function's errors is not deaf to the queue's."""
    name = api.function(FAILS).rpartition(":")[2]
    sqs, functions, watch = hands.client("sqs"), hands.client("lambda"), hands.client("cloudwatch")
    url, arn = hands.queue("feeds")
    permit = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    hands.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=hands.document(permit))
    functions.create_event_source_mapping(FunctionName=name, EventSourceArn=arn, BatchSize=1)
    sqs.send_message(QueueUrl=url, MessageBody="its event has no path")

    def errors() -> float:
        now = datetime.now(UTC)
        points = watch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": name}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    assert hands.until(lambda: errors() >= 1)
