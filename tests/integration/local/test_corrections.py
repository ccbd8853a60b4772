"""What was corrected in the emulator, seen from outside: the contract tests of the patches."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.cloud import LocalCloud

ACCOUNT = "000000000000"

pytestmark = pytest.mark.integration


def test_an_alarm_is_about_its_own_queue_and_comes_and_goes(hands: Any) -> None:
    """The depth of one queue trips its own alarm, not its neighbour's; the topic hears; it is OK again by itself."""
    sqs, sns, watch = hands.client("sqs"), hands.client("sns"), hands.client("cloudwatch")
    full, _ = hands.queue("full")
    hands.queue("empty")
    ears, ears_arn = hands.queue("ears")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    publish["Principal"] = {"Service": "cloudwatch.amazonaws.com"}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(publish))
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": ears_arn,
    }
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": hands.document(allow)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ears_arn)
    for name in ("full", "empty"):
        watch.put_metric_alarm(
            AlarmName=f"depth-{name}",
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": name}],
            Statistic="Maximum",
            Period=10,
            EvaluationPeriods=1,
            Threshold=3,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic],
        )
    for number in range(3):
        sqs.send_message(QueueUrl=full, MessageBody=str(number))

    def states() -> dict[str, str]:
        return {one["AlarmName"]: one["StateValue"] for one in watch.describe_alarms()["MetricAlarms"]}

    hands.until(lambda: states()["depth-full"] == "ALARM")
    assert states()["depth-empty"] == "OK"
    (notice,) = hands.until(lambda: hands.heard(ears))
    assert (notice["AlarmName"], notice["NewStateValue"]) == ("depth-full", "ALARM")
    sqs.purge_queue(QueueUrl=full)
    hands.until(lambda: states()["depth-full"] == "OK", 25)


def test_an_alarm_that_the_topic_does_not_let_in_is_not_heard(hands: Any) -> None:
    """A topic policy without CloudWatch loses the notice here too."""
    sns, sqs, watch = hands.client("sns"), hands.client("sqs"), hands.client("cloudwatch")
    ears, ears_arn = hands.queue("deaf-ears")
    topic = sns.create_topic(Name="deaf")["TopicArn"]
    nobody = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sns:Subscribe", "Resource": topic}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(nobody))
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": ears_arn,
    }
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": hands.document(allow)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ears_arn)
    watch.put_metric_alarm(
        AlarmName="unheard",
        Namespace="Own",
        MetricName="m",
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    watch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "m", "Value": 5}])
    hands.until(
        lambda: watch.describe_alarms(AlarmNames=["unheard"])["MetricAlarms"][0]["StateValue"] == "ALARM"
    )
    assert hands.heard(ears) == []


def test_an_alarm_is_heard_by_a_topic_as_it_was_made(hands: Any) -> None:
    """The default policy of a topic lets CloudWatch in, and a queue that refuses plain HTTP gets the notice."""
    sns, sqs, watch = hands.client("sns"), hands.client("sqs"), hands.client("cloudwatch")
    ears, arn = hands.queue("tls-ears")
    plain = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": arn}
    plain["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    deliver = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    policy = hands.document(plain, {**deliver, "Action": "sqs:SendMessage", "Resource": arn})
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": policy})
    topic = sns.create_topic(Name="as-made")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    watch.put_metric_alarm(
        AlarmName="by-itself",
        Namespace="Own",
        MetricName="never",
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="notBreaching",
        OKActions=[topic],
    )
    assert hands.until(lambda: hands.heard(ears))[0]["NewStateValue"] == "OK"
    watch.set_alarm_state(AlarmName="by-itself", StateValue="ALARM", StateReason="to be seen")
    # Nobody asks for anything now: the second notice is of the clock's own making.
    (notice,) = hands.until(lambda: hands.heard(ears))
    assert (notice["AlarmName"], notice["OldStateValue"], notice["NewStateValue"]) == (
        "by-itself",
        "ALARM",
        "OK",
    )


def test_queue_metrics_are_those_of_aws(hands: Any) -> None:
    """Sent, received and deleted messages are counted under AWS's names, by QueueName."""
    sqs, watch = hands.client("sqs"), hands.client("cloudwatch")
    url, _ = hands.queue("counted")
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])

    def total(name: str) -> float:
        now = time.time()
        answer = watch.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName=name,
            Dimensions=[{"Name": "QueueName", "Value": "counted"}],
            StartTime=now - 600,
            EndTime=now + 60,
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    names = ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted")
    hands.until(lambda: [total(name) for name in names] == [3.0, 2.0, 1.0])


def test_dead_letters_go_back_where_they_came_from(hands: Any) -> None:
    """StartMessageMoveTask brings a dead letter back to its source, with a receive count of its own again."""
    sqs = hands.client("sqs")
    dead, dead_arn = hands.queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    source, source_arn = hands.queue("source", RedrivePolicy=redrive, VisibilityTimeout="0")
    sqs.send_message(QueueUrl=source, MessageBody="poison")
    sqs.receive_message(QueueUrl=source)
    hands.until(lambda: not sqs.receive_message(QueueUrl=source).get("Messages"))
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [source]
    sqs.start_message_move_task(SourceArn=dead_arn)
    (task,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    (back,) = sqs.receive_message(QueueUrl=source, AttributeNames=["All"])["Messages"]
    assert (back["Body"], back["Attributes"]["ApproximateReceiveCount"]) == ("poison", "1")
    with pytest.raises(ClientError, match="Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=source_arn)
    with pytest.raises(ClientError):
        sqs.cancel_message_move_task(TaskHandle="no")


def test_an_http_api_has_an_address_that_resolves(own: LocalCloud, hands: Any) -> None:
    """ApiEndpoint is on 127.0.0.1; path, query and headers reach the function."""
    code = """
def handle(event, context):
    return [event["rawPath"], event["rawQueryString"], event["headers"].get("x-one")]
"""
    hands.function("api", code)
    gateway, functions = hands.client("apigatewayv2"), hands.client("lambda")
    arn = functions.get_function(FunctionName="api")["Configuration"]["FunctionArn"]
    api = gateway.create_api(Name="a", ProtocolType="HTTP")
    assert api["ApiEndpoint"] == f"{own.aws}/_mailroom/http-api/{api['ApiId']}"
    assert gateway.get_api(ApiId=api["ApiId"])["ApiEndpoint"] == api["ApiEndpoint"]
    integration = gateway.create_integration(
        ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api["ApiId"], RouteKey="GET /{token}", Target=target)
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    functions.add_permission(
        FunctionName="api",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    request = urllib.request.Request(f"{api['ApiEndpoint']}/to-ken_1?a=b%20c", headers={"x-one": "1"})
    with urllib.request.urlopen(request, timeout=15) as answer:
        assert json.loads(answer.read()) == ["/to-ken_1", "a=b%20c", "1"]


def test_members_that_were_forgotten_are_kept(hands: Any) -> None:
    """MetricsConfig of an event source mapping and CustomTimeZone of a Firehose stream come back as they were put."""
    _, arn = hands.queue("mapped")
    hands.function("mapped", "def handle(event, context): pass")
    functions = hands.client("lambda")
    asked = {"MetricsConfig": {"Metrics": ["EventCount"]}}
    made = functions.create_event_source_mapping(FunctionName="mapped", EventSourceArn=arn, **asked)
    assert functions.get_event_source_mapping(UUID=made["UUID"])["MetricsConfig"] == asked["MetricsConfig"]
    functions.update_event_source_mapping(UUID=made["UUID"], MetricsConfig={"Metrics": []})
    assert functions.get_event_source_mapping(UUID=made["UUID"])["MetricsConfig"] == {"Metrics": []}
    stream, trust = hands.client("firehose"), {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust["Principal"] = {"Service": "firehose.amazonaws.com"}
    hands.client("iam").create_role(RoleName="zoned", AssumeRolePolicyDocument=hands.document(trust))
    stream.create_delivery_stream(
        DeliveryStreamName="s",
        ExtendedS3DestinationConfiguration={
            "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/zoned",
            "BucketARN": "arn:aws:s3:::archive",
            "CustomTimeZone": "Europe/Madrid",
        },
    )
    described = stream.describe_delivery_stream(DeliveryStreamName="s")["DeliveryStreamDescription"]
    assert (
        described["Destinations"][0]["ExtendedS3DestinationDescription"]["CustomTimeZone"] == "Europe/Madrid"
    )


def test_an_encrypted_queue_needs_its_key_s_policy_too(hands: Any) -> None:
    """SNS delivers to a queue with a customer key only where the key's policy lets SNS use it."""
    kms, sns, sqs = hands.client("kms"), hands.client("sns"), hands.client("sqs")
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    everything = {**root, "Action": "kms:*", "Resource": "*"}
    key = kms.create_key(Policy=hands.document(everything))["KeyMetadata"]["KeyId"]
    ears, arn = hands.queue("locked-ears", KmsMasterKeyId=key)
    deliver = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    policy = hands.document({**deliver, "Action": "sqs:SendMessage", "Resource": arn})
    sqs.set_queue_attributes(QueueUrl=ears, Attributes={"Policy": policy})
    topic = sns.create_topic(Name="to-locked-ears")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message='"lost"')
    use = {**deliver, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=hands.document(everything, use))
    sns.publish(TopicArn=topic, Message='"heard"')
    assert hands.until(lambda: hands.heard(ears)) == ["heard"]


def test_a_failing_function_trips_its_own_alarm(hands: Any) -> None:
    """AWS/Lambda Errors by FunctionName: the one that fails is in alarm, the one that works is not."""
    watch = hands.client("cloudwatch")
    for name, code in (("works", "pass"), ("fails", "raise ValueError")):
        watch.put_metric_alarm(
            AlarmName=f"errors-{name}",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": name}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )
        hands.function(name, f"def handle(event, context): {code}")()

    def states() -> dict[str, str]:
        return {one["AlarmName"]: one["StateValue"] for one in watch.describe_alarms()["MetricAlarms"]}

    hands.until(lambda: states()["errors-fails"] == "ALARM")
    assert states()["errors-works"] == "OK"
