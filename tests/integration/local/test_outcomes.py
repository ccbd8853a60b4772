"""One mail to the simulator's five addresses, and everybody who is told of it: SNS, EventBridge, Firehose, CloudWatch,
the identity's topic, the inbox, and our own inbound door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

FIVE = ("success", "bounce", "ooto", "complaint", "suppressionlist")
EXPECTED = sorted(
    [
        ("Send", FIVE),
        ("Delivery", ("success",)),
        ("Bounce", ("bounce",)),
        ("Delivery", ("ooto",)),
        ("Bounce", ("ooto",)),
        ("Delivery", ("complaint",)),
        ("Complaint", ("complaint",)),
        ("Bounce", ("suppressionlist",)),
    ]
)
"""Which events, and whom each is about."""
KINDS = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT"]

pytestmark = pytest.mark.integration


def about(event: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The kind of an event or notification, and the local parts of whom it is about."""
    kind = event.get("eventType") or event["notificationType"]
    if kind == "Delivery":
        addresses = event["delivery"]["recipients"]
    elif kind in ("Bounce", "Complaint"):
        what = event.get("bounce") or event["complaint"]
        listed = what.get("bouncedRecipients") or what["complainedRecipients"]
        addresses = [one["emailAddress"] for one in listed]
    else:
        addresses = event["mail"]["destination"]
    return kind, tuple(address.partition("@")[0] for address in addresses)


def let_in(hands: Any, url: str, arn: str, service: str) -> None:
    """Let a service fill a queue."""
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(allow)})


def topic(hands: Any, name: str) -> tuple[str, str]:
    """A topic and a queue that gets its messages as they are; the topic's ARN and the queue's address."""
    sns = hands.client("sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    url, queue = hands.queue(name)
    let_in(hands, url, queue, "sns.amazonaws.com")
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    return arn, url


def bus(hands: Any) -> str:
    """A queue behind a rule for everything that SES tells on the default bus."""
    url, arn = hands.queue("bus")
    let_in(hands, url, arn, "events.amazonaws.com")
    events = hands.client("events")
    events.put_rule(Name="everything", EventPattern=json.dumps({"source": ["aws.ses"]}))
    events.put_targets(Rule="everything", Targets=[{"Id": "q", "Arn": arn}])
    return str(url)


def role(hands: Any, name: str, service: str, *actions: str) -> str:
    """A role that a service may assume, and what it may do."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    iam = hands.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=hands.document(trust))["Role"]["Arn"]
    grant = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=hands.document(grant))
    return str(arn)


def archive(hands: Any) -> str:
    """The bucket behind Firehose; all clouds of a LocalStack share its names."""
    return f"archive-{hands.account}"


def stream(hands: Any) -> str:
    """A Firehose stream into the bucket of the archive."""
    hands.client("s3").create_bucket(
        Bucket=archive(hands), CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    made = hands.client("firehose").create_delivery_stream(
        DeliveryStreamName="archive",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role(hands, "archive", "firehose.amazonaws.com", "s3:PutObject"),
            "BucketARN": f"arn:aws:s3:::{archive(hands)}",
        },
    )
    return str(made["DeliveryStreamARN"])


def drain(hands: Any, url: str) -> Callable[[], list[dict[str, Any]]]:
    """What came to a queue so far, in all."""
    came: list[dict[str, Any]] = []

    def look() -> list[dict[str, Any]]:
        sqs = hands.client("sqs")
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if message["Body"].startswith("{"):  # SES's first word to a topic is no event
                came.append(json.loads(message["Body"]))
        return came

    return look


def archived(hands: Any) -> list[dict[str, Any]]:
    s3, bucket = hands.client("s3"), archive(hands)
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in hands.keys(bucket)]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


def counted(hands: Any, metric: str) -> float:
    """How often an event of the campaign was counted."""
    now = datetime.now(UTC)
    found = hands.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SES",
        MetricName=metric,
        Dimensions=[{"Name": "campaign", "Value": "spring"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def destinations(hands: Any, topic_arn: str) -> None:
    """A configuration set, "outcomes", with a destination of each kind."""
    sesv2 = hands.client("sesv2")
    dimension = {
        "DimensionName": "campaign",
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": "none",
    }
    targets = {
        "topic": {"SnsDestination": {"TopicArn": topic_arn}},
        "bus": {
            "EventBridgeDestination": {
                "EventBusArn": f"arn:aws:events:eu-west-1:{hands.account}:event-bus/default"
            }
        },
        "metric": {"CloudWatchDestination": {"DimensionConfigurations": [dimension]}},
        "stream": {
            "KinesisFirehoseDestination": {
                "IamRoleArn": role(hands, "ses", "ses.amazonaws.com", "firehose:PutRecordBatch"),
                "DeliveryStreamArn": stream(hands),
            }
        },
    }
    sesv2.create_configuration_set(ConfigurationSetName="outcomes")
    for name, target in targets.items():
        sesv2.create_configuration_set_event_destination(
            ConfigurationSetName="outcomes",
            EventDestinationName=name,
            EventDestination={"Enabled": True, "MatchingEventTypes": KINDS, **target},
        )


def test_the_simulator_s_five_answers_reach_every_kind_of_destination(hands: Any, receiving: str) -> None:
    """The same eight events on each way, by policies and roles as AWS wants them; the answers come in again."""
    topic_arn, topic_url = topic(hands, "told")
    feedback_arn, feedback_url = topic(hands, "feedback")
    bus_url = bus(hands)
    destinations(hands, topic_arn)
    hands.client("ses").set_identity_notification_topic(
        Identity="mail.example", NotificationType="Bounce", SnsTopic=feedback_arn
    )
    sent = hands.client("sesv2").send_email(
        FromEmailAddress="in@mail.example",  # the rule of `receiving` covers it
        Destination={"ToAddresses": [f"{name}@simulator.amazonses.com" for name in FIVE]},
        Content={"Simple": {"Subject": {"Data": "five"}, "Body": {"Text": {"Data": "x"}}}},
        ConfigurationSetName="outcomes",
        EmailTags=[{"Name": "campaign", "Value": "spring"}],
    )["MessageId"]

    def complete(look: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = hands.until(lambda: len(look()) >= len(EXPECTED) and look())
        return found

    by_topic = complete(drain(hands, topic_url))
    by_bus = [event["detail"] for event in complete(drain(hands, bus_url))]
    by_stream = complete(lambda: archived(hands))
    for events in (by_topic, by_bus, by_stream):
        assert sorted(about(event) for event in events) == EXPECTED
        assert {event["mail"]["messageId"] for event in events} == {sent}
    in_order = sorted(json.dumps(event, sort_keys=True) for event in by_topic)
    assert in_order == sorted(json.dumps(event, sort_keys=True) for event in by_bus)
    assert in_order == sorted(json.dumps(event, sort_keys=True) for event in by_stream)
    hands.until(
        lambda: [counted(hands, name) for name in ("Send", "Delivery", "Bounce", "Complaint")] == [1, 3, 3, 1]
    )
    look = drain(hands, feedback_url)
    hands.until(lambda: len(look()) == 4)
    told = [one for one in look() if one["notificationType"] == "Bounce"]
    assert sorted(about(one)[1] for one in told) == [("bounce",), ("ooto",), ("suppressionlist",)]
    hands.until(lambda: len(hands.keys(receiving)) == 4)  # two bounces, a complaint, an answer


def test_a_stream_or_topic_that_ses_may_not_use_is_no_destination(hands: Any) -> None:
    """The role's trust and the topic's policy are asked when it is made."""
    ses = hands.client("ses")
    ses.create_configuration_set(ConfigurationSet={"Name": "refused"})
    arn = hands.client("sns").create_topic(Name="refused")["TopicArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": arn}
    hands.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=hands.document(deny)
    )
    untrusting = role(hands, "untrusting", "lambda.amazonaws.com", "firehose:*")
    refused = {
        "InvalidSNSDestination": {"SNSDestination": {"TopicARN": arn}},
        "InvalidFirehoseDestination": {
            "KinesisFirehoseDestination": {
                "IAMRoleARN": untrusting,
                "DeliveryStreamARN": f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/archive",
            }
        },
    }
    for code, target in refused.items():
        with pytest.raises(ClientError) as caught:
            ses.create_configuration_set_event_destination(
                ConfigurationSetName="refused",
                EventDestination={"Name": "d", "MatchingEventTypes": ["send"], **target},
            )
        assert caught.value.response["Error"]["Code"] == code
