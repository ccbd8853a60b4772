"""Texts of the local cloud: their events go over the default bus by a rule into an encrypted queue, as `status` has
it, and to a configuration set's destinations by policies and roles."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.archive import allow, embedded_only, make_archive, trusting
from tests.integration.local.conftest import Hands

SUCCESS = "+14254147755"
KINDS = {"TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_DELIVERED"}
VOICE = "sms-voice.amazonaws.com"


@pytest.fixture(scope="module")
def number(hands: Hands) -> str:
    made = hands.client("pinpoint-sms-voice-v2").request_phone_number(
        IsoCountryCode="US", MessageType="TRANSACTIONAL", NumberCapabilities=["SMS"], NumberType="SIMULATOR"
    )
    named: str = made["PhoneNumberId"]
    return named


def send(hands: Hands, number: str, **more: Any) -> str:
    asked = {"DestinationPhoneNumber": SUCCESS, "OriginationIdentity": number, "MessageBody": "Hello"}
    answer: str = hands.client("pinpoint-sms-voice-v2").send_text_message(**asked, **more)["MessageId"]
    return answer


def drained(hands: Hands, url: str, count: int) -> list[dict[str, Any]]:
    """The bodies of so many messages of a queue."""
    sqs, found = hands.client("sqs"), []

    def enough() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= count

    hands.until(enough)
    return found


def test_events_come_by_a_rule_into_an_encrypted_queue(hands: Hands, number: str) -> None:
    """From the source aws.sms-voice, without any event destination; the queue's key lets EventBridge use it."""
    kms, events = hands.client("kms"), hands.client("events")
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{hands.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    service = {"Principal": {"Service": "events.amazonaws.com"}}
    use = {**allow(["kms:GenerateDataKey", "kms:Decrypt"], "*"), **service}
    key = kms.create_key(Policy=hands.document(root, use))["KeyMetadata"]["Arn"]
    url, arn = hands.queue(f"texts-{uuid.uuid4().hex[:8]}", KmsMasterKeyId=key)
    rule = f"texts-{uuid.uuid4().hex[:8]}"
    pattern = {"source": ["aws.sms-voice"], "detail-type": ["Text Message Delivery Status Updated"]}
    source = events.put_rule(Name=rule, EventPattern=json.dumps(pattern))["RuleArn"]
    let = {**allow("sqs:SendMessage", arn), **service, "Condition": {"ArnEquals": {"aws:SourceArn": source}}}
    hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(let)})
    events.put_targets(Rule=rule, Targets=[{"Id": "q", "Arn": arn}])
    message_id = send(hands, number, Context={"campaign_id": "c1"})
    found = drained(hands, url, 3)
    assert {one["detail"]["eventType"] for one in found} == KINDS
    assert {(one["source"], one["detail-type"]) for one in found} == {
        ("aws.sms-voice", pattern["detail-type"][0])
    }
    assert {one["detail"]["messageId"] for one in found} == {message_id}
    assert {one["detail"]["context"]["campaign_id"] for one in found} == {"c1"}
    events.remove_targets(Rule=rule, Ids=["q"])


def test_a_set_tells_a_topic_a_stream_and_a_log_group(hands: Hands, number: str) -> None:
    """The topic by its policy, the others by their roles, on behalf of the set."""
    sms, name = hands.client("pinpoint-sms-voice-v2"), f"set-{uuid.uuid4().hex[:8]}"
    source = sms.create_configuration_set(ConfigurationSetName=name)["ConfigurationSetArn"]
    condition = {"ArnEquals": {"aws:SourceArn": source}}
    archive = make_archive(hands)
    stream = archive.stream()
    there = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{stream}"
    topic = hands.client("sns").create_topic(Name=name)["TopicArn"]
    let = {**allow("sns:Publish", topic), "Principal": {"Service": VOICE}, "Condition": condition}
    hands.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=hands.document(let)
    )
    url, arn = hands.queue(f"{name}-ears")
    hear = {**allow("sqs:SendMessage", arn), "Principal": {"Service": "sns.amazonaws.com"}}
    hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": hands.document(hear)})
    hands.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    hands.client("logs").create_log_group(logGroupName=name)
    group = f"arn:aws:logs:eu-west-1:{hands.account}:log-group:{name}"
    writing = ["logs:CreateLogStream", "logs:PutLogEvents"]
    targets = {
        "SnsDestination": {"TopicArn": topic},
        "KinesisFirehoseDestination": {
            "DeliveryStreamArn": there,
            "IamRoleArn": trusting(
                hands, VOICE, allow("firehose:PutRecordBatch", there), condition=condition
            ),
        },
        "CloudWatchLogsDestination": {
            "LogGroupArn": group,
            "IamRoleArn": trusting(hands, VOICE, allow(writing, f"{group}:*"), condition=condition),
        },
    }
    for member, target in targets.items():
        sms.create_event_destination(
            ConfigurationSetName=name,
            EventDestinationName=member,
            MatchingEventTypes=["TEXT_ALL"],
            **{member: target},
        )
    send(hands, number, ConfigurationSetName=name)
    assert {one["eventType"] for one in drained(hands, url, 3)} == KINDS
    body = archive.read(archive.wait(f"{stream}/")[0])[0]
    assert {json.loads(line)["eventType"] for line in body.splitlines()} <= KINDS
    logs = hands.client("logs")
    written = hands.until(
        lambda: len(found := logs.filter_log_events(logGroupName=name)["events"]) >= 3 and found
    )
    assert {json.loads(one["message"])["eventType"] for one in written} == KINDS


def test_a_user_sends_from_the_number_that_their_policy_names(hands: Hands, number: str) -> None:
    """And from no other."""
    embedded_only()
    iam, name = hands.client("iam"), f"texter-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    arn = f"arn:aws:sms-voice:eu-west-1:{hands.account}:phone-number/{number}"
    policy = hands.document(allow("sms-voice:SendTextMessage", arn))
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    sms = hands.client("pinpoint-sms-voice-v2", key["AccessKeyId"], key["SecretAccessKey"])
    asked = {"DestinationPhoneNumber": SUCCESS, "MessageBody": "Hello"}
    assert sms.send_text_message(**asked, OriginationIdentity=number)["MessageId"]
    with pytest.raises(ClientError, match="not authorized to perform: sms-voice:SendTextMessage"):
        sms.send_text_message(**asked, OriginationIdentity="OTHER")
