"""Firehose streams of the local cloud: who may write into them, what a function makes of records, what the bucket has
then, and what the stream's role must be allowed for it."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.archive import FIREHOSE, Archive, allow, make_archive, trusting
from tests.integration.local.conftest import Hands

CODE = """
import base64, json, time

def handle(event, context):
    answers = []
    for record in event["records"]:
        said = json.loads(base64.b64decode(record["data"]))
        if said.get("raise"):
            raise ValueError("as asked")
        time.sleep(said.get("sleep", 0))
        changed = base64.b64encode(json.dumps({**said, "seen": True}).encode()).decode()
        answer = {"recordId": record["recordId"], "result": said.get("result", "Ok"), "data": changed}
        answers.append({**answer, "metadata": {"partitionKeys": {"kind": said.get("kind", "none")}}})
    return {"records": answers}
"""


@pytest.fixture(scope="module")
def archive(hands: Hands) -> Archive:
    archive = make_archive(hands)
    hands.function("change", CODE)
    return archive


def transform(hands: Hands, **parameters: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:eu-west-1:{hands.account}:function:change"
    named = {"LambdaArn": arn, "NumberOfRetries": "1", **parameters}
    listed = [{"ParameterName": name, "ParameterValue": value} for name, value in named.items()]
    return {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": listed}]}


def test_an_object_holds_a_batch_compressed_under_its_prefix(archive: Archive) -> None:
    """One object for what came together: gzip, its suffix and encoding, the bucket's key, by the stream's role."""
    name = archive.stream(CompressionFormat="GZIP")
    archive.put(name, *({"number": number} for number in range(20)))
    (key,) = archive.wait(f"{name}/")
    assert re.fullmatch(rf"{name}/\d{{4}}/\d\d/\d\d/{name}-1-\d{{4}}(-\d\d){{5}}-[0-9a-f-]{{36}}\.gz", key)
    body, answer = archive.read(key)
    assert [json.loads(line)["number"] for line in gzip.decompress(body).splitlines()] == list(range(20))
    assert (answer["ContentEncoding"], answer["ContentType"]) == ("gzip", "application/octet-stream")
    assert answer["ServerSideEncryption"] == "aws:kms"


def test_a_function_changes_records_and_what_it_fails_on_is_kept(archive: Archive) -> None:
    """Ok is delivered by its partition key, Dropped is gone, ProcessingFailed is below the error prefix as it came."""
    name = archive.stream(
        Prefix="by/!{partitionKeyFromLambda:kind}/!{timestamp:yyyy}/",
        ErrorOutputPrefix="not-by/!{firehose:error-output-type}/",
        DynamicPartitioningConfiguration={"Enabled": True},
        ProcessingConfiguration=transform(archive.hands),
    )
    sent = [{"kind": "a"}, {"kind": "b"}, {"result": "Dropped"}, {"result": "ProcessingFailed", "n": 4}]
    archive.put(name, *sent)
    (failed,) = archive.wait("not-by/processing-failed/")
    (good,) = archive.wait("by/a/")
    assert json.loads(archive.read(good)[0]) == {"kind": "a", "seen": True}
    archive.wait("by/b/")
    line = json.loads(archive.read(failed)[0])
    assert json.loads(base64.b64decode(line["rawData"])) == sent[3]
    assert (line["errorCode"], line["attemptsMade"]) == ("Lambda.ProcessingFailedStatus", 1)
    assert line["lambdaARN"].endswith(":function:change")
    assert not archive.keys("by/none/")


def test_a_function_that_raises_is_called_again_and_its_batch_is_kept(archive: Archive) -> None:
    """NumberOfRetries more times; every record of the batch is below the error prefix."""
    name = archive.stream(ProcessingConfiguration=transform(archive.hands))
    archive.put(name, {"number": 1}, {"raise": True})
    (failed,) = archive.wait(f"{name}-errors/processing-failed/")
    lines = [json.loads(line) for line in archive.read(failed)[0].splitlines()]
    assert [(one["errorCode"], one["attemptsMade"]) for one in lines] == [("Lambda.FunctionError", 2)] * 2


def test_a_function_that_takes_too_long_has_failed(archive: Archive) -> None:
    """As one that raises; without retries after the first call."""
    hands = archive.hands
    hands.function("change-slowly", CODE)
    hands.client("lambda").update_function_configuration(FunctionName="change-slowly", Timeout=1)
    arn = f"arn:aws:lambda:eu-west-1:{hands.account}:function:change-slowly"
    name = archive.stream(ProcessingConfiguration=transform(hands, LambdaArn=arn, NumberOfRetries="0"))
    archive.put(name, {"sleep": 10})
    (failed,) = archive.wait(f"{name}-errors/processing-failed/")
    line = json.loads(archive.read(failed)[0])
    assert (line["errorCode"], line["attemptsMade"]) == ("Lambda.FunctionError", 1)


def test_a_role_that_may_not_call_the_function_is_told_of(archive: Archive) -> None:
    """The records are below the error prefix with Firehose's code, not in the archive."""
    hands = archive.hands
    writer = trusting(hands, FIREHOSE, allow(["s3:PutObject", "kms:GenerateDataKey"], "*"))
    name = archive.stream(RoleARN=writer, ProcessingConfiguration=transform(hands))
    archive.put(name, {"number": 1})
    (failed,) = archive.wait(f"{name}-errors/processing-failed/")
    assert json.loads(archive.read(failed)[0])["errorCode"] == "Lambda.InvokeAccessDenied"
    assert not archive.keys(f"{name}/")


@pytest.mark.parametrize("lacking", ["s3:PutObject", "kms:GenerateDataKey"])
def test_nothing_is_written_until_the_role_may(archive: Archive, lacking: str) -> None:
    """What could not be written waits, and is there once the policy allows it."""
    hands = archive.hands
    actions = ["s3:PutObject", "kms:GenerateDataKey"]
    role = trusting(hands, FIREHOSE, allow([one for one in actions if one != lacking], "*"))
    name = archive.stream(RoleARN=role)
    archive.put(name, {"number": 1})
    metrics = hands.client("cloudwatch")
    dimensions = [{"Name": "DeliveryStreamName", "Value": name}]
    asked = {"Namespace": "AWS/Firehose", "MetricName": "DeliveryToS3.Success", "Dimensions": dimensions}
    asked |= {
        "StartTime": time.time() - 600,
        "EndTime": time.time() + 600,
        "Period": 3600,
        "Statistics": ["Minimum"],
    }
    hands.until(lambda: metrics.get_metric_statistics(**asked)["Datapoints"])
    assert not archive.keys(f"{name}/")
    policy = hands.document(allow(actions, "*"))
    hands.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="more", PolicyDocument=policy
    )
    archive.wait(f"{name}/")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"Prefix": "a/!{timestamp:yyyy}/", "ErrorOutputPrefix": ""}, "ErrorOutputPrefix cannot be null or empty"),
        ({"RoleARN": "arn:aws:iam::000000000000:role/nobody"}, "Firehose is unable to assume role"),
        ({"CompressionFormat": "Snappy"}, "Snappy"),
    ],
    ids=["prefix", "role", "compression"],
)  # fmt: skip
def test_a_stream_that_could_not_work_is_not_made(
    archive: Archive, config: dict[str, str], said: str
) -> None:
    """Prefixes, the role's trust, and what is not built here."""
    with pytest.raises(ClientError, match=said) as caught:
        archive.stream(**config)
    assert caught.value.response["Error"]["Code"] == "InvalidArgumentException"


def test_a_record_may_have_a_thousand_kibibytes_and_no_more(archive: Archive) -> None:
    """The whole call is refused, by name of the record."""
    firehose, name = archive.hands.client("firehose"), archive.stream()
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"a" * 1024000})
    archive.wait(f"{name}/")
    with pytest.raises(ClientError, match=r"records\.2\.member\.data.*1024000"):
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"a"}, {"Data": b"a" * 1024001}])
    with pytest.raises(ClientError, match="4 MB"):
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"a" * 1024000}] * 5)


def rule_to(hands: Hands, target: dict[str, Any], **pattern: Any) -> str:
    """An enabled rule with one target; its ARN."""
    events, name = hands.client("events"), f"rule-{uuid.uuid4().hex[:12]}"
    arn: str = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    answer = events.put_targets(Rule=name, Targets=[{"Id": "one", **target}])
    assert answer["FailedEntryCount"] == 0
    return arn


def say(hands: Hands, source: str, **detail: Any) -> None:
    entry = {"Source": source, "DetailType": "said", "Detail": json.dumps(detail)}
    assert hands.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"word": "a"}),
        ({"InputPath": "$.detail.word"}, "a"),
        ({"Input": '{"fixed":1}'}, {"fixed": 1}),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"w": "$.detail.word"},
                    "InputTemplate": '{"said": "<w>"}',
                }
            },
            {"said": "a"},
        ),
    ],
    ids=["whole", "path", "fixed", "template"],
)
def test_a_rule_puts_events_into_a_stream_by_its_role(
    archive: Archive, given: dict[str, Any], expected: Any
) -> None:
    """The whole event, a part of it, or what the target makes of it; nothing is added to it."""
    hands, name, source = archive.hands, archive.stream(), f"test.{uuid.uuid4().hex}"
    arn = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{name}"
    role = trusting(hands, "events.amazonaws.com", allow("firehose:PutRecord", arn))
    rule_to(hands, {"Arn": arn, "RoleArn": role, **given}, source=[source])
    say(hands, source, word="a")
    found = json.loads(archive.read(archive.wait(f"{name}/")[0])[0])
    assert (found if given else found["detail"]) == expected


def test_a_rule_whose_role_may_not_put_leaves_the_event_to_its_dead_letter_queue(archive: Archive) -> None:
    """PutRecordBatch alone does not do; the queue has the event and why."""
    hands, name, source = archive.hands, archive.stream(), f"test.{uuid.uuid4().hex}"
    arn = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{name}"
    role = trusting(hands, "events.amazonaws.com", allow("firehose:PutRecordBatch", arn))
    url, queue = hands.queue(f"dead-{uuid.uuid4().hex[:12]}")
    rule = rule_to(hands, {"Arn": arn, "RoleArn": role, "DeadLetterConfig": {"Arn": queue}}, source=[source])
    let = {**allow("sqs:SendMessage", queue), "Principal": {"Service": "events.amazonaws.com"}}
    let["Condition"] = {"ArnEquals": {"aws:SourceArn": rule}}
    hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(let)})
    say(hands, source, word="a")
    asked = {"QueueUrl": url, "MessageAttributeNames": ["All"]}
    (message,) = hands.until(lambda: hands.client("sqs").receive_message(**asked).get("Messages"))
    assert json.loads(message["Body"])["detail"] == {"word": "a"}
    said = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert (said["RULE_ARN"], said["TARGET_ARN"], said["ERROR_CODE"]) == (rule, arn, "NO_PERMISSIONS")
    assert "firehose:PutRecord" in said["ERROR_MESSAGE"]
    assert not archive.keys(f"{name}/")


def test_a_stream_is_no_target_without_a_role(archive: Archive) -> None:
    """As AWS says it."""
    arn = f"arn:aws:firehose:eu-west-1:{archive.hands.account}:deliverystream/none"
    with pytest.raises(ClientError, match="RoleArn is required for target"):
        rule_to(archive.hands, {"Arn": arn}, source=["test"])


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "envelope"])
def test_a_topic_puts_messages_into_a_stream_by_its_role(archive: Archive, raw: bool) -> None:
    """Raw messages as they are; else SNS's envelope without a signature, on a line."""
    hands, name = archive.hands, archive.stream()
    arn = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{name}"
    role = trusting(hands, "sns.amazonaws.com", allow("firehose:PutRecordBatch", arn))
    sns = hands.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid.uuid4().hex[:12]}")["TopicArn"]
    attributes = {"SubscriptionRoleArn": role, "RawMessageDelivery": str(raw).lower()}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="said", Subject="s")
    body = archive.read(archive.wait(f"{name}/")[0])[0]
    if raw:
        assert body == b"said"
    else:
        found = json.loads(body)
        assert (found["Message"], found["Subject"], "Signature" in found) == ("said", "s", False)
        assert body.endswith(b"\n")


@pytest.mark.parametrize(
    ("attributes", "said"), [({}, "SubscriptionRoleArn"), ({"SubscriptionRoleArn": "no"}, "may not assume")]
)
def test_a_stream_subscribes_to_a_topic_with_a_role_only(
    archive: Archive, attributes: dict[str, str], said: str
) -> None:
    """One that SNS may assume."""
    sns = archive.hands.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid.uuid4().hex[:12]}")["TopicArn"]
    arn = f"arn:aws:firehose:eu-west-1:{archive.hands.account}:deliverystream/none"
    with pytest.raises(ClientError, match=said):
        sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes=attributes)
