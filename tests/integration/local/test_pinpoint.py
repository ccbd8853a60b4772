"""Pinpoint of the local cloud: its events go through a real stream into a real bucket, by a role that IAM asks."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.archive import Archive, allow, make_archive, trusting
from tests.integration.local.conftest import Hands

PINPOINT = "pinpoint.amazonaws.com"
STREAMING = ["firehose:PutRecordBatch", "firehose:DescribeDeliveryStream"]


@pytest.fixture(scope="module")
def archive(hands: Hands) -> Archive:
    hands.client("sesv2").create_email_identity(EmailIdentity="mail.example")
    return make_archive(hands)


@pytest.fixture
def app(hands: Hands) -> str:
    made = hands.client("pinpoint").create_app(CreateApplicationRequest={"Name": "mail"})
    app_id: str = made["ApplicationResponse"]["Id"]
    return app_id


def put_stream(hands: Hands, app: str, role: str, arn: str) -> None:
    asked = {"DestinationStreamArn": arn, "RoleArn": role}
    hands.client("pinpoint").put_event_stream(ApplicationId=app, WriteEventStream=asked)


def lines(archive: Archive, name: str, count: int) -> list[dict[str, Any]]:
    """The events in a stream's objects once there are so many."""

    def found() -> list[dict[str, Any]]:
        return [
            json.loads(line) for key in archive.keys(f"{name}/") for line in archive.read(key)[0].splitlines()
        ]

    return archive.hands.until(lambda: len(events := found()) >= count and events)


def test_what_becomes_of_messages_is_in_the_archive(archive: Archive, app: str) -> None:
    """An e-mail and a text through the application's stream, by its role, as the guide streams them."""
    hands, name = archive.hands, archive.stream()
    arn = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{name}"
    source = {"ArnEquals": {"aws:SourceArn": f"arn:aws:mobiletargeting:eu-west-1:{hands.account}:apps/{app}"}}
    put_stream(hands, app, trusting(hands, PINPOINT, allow(STREAMING, arn), condition=source), arn)
    pinpoint = hands.client("pinpoint")
    pinpoint.update_email_channel(
        ApplicationId=app, EmailChannelRequest={"FromAddress": "a@mail.example", "Identity": "i"}
    )
    pinpoint.update_sms_channel(ApplicationId=app, SMSChannelRequest={"Enabled": True})
    mail = {"SimpleEmail": {"Subject": {"Data": "Hello"}, "TextPart": {"Data": "there"}}}
    addresses = {
        "bounce@simulator.amazonses.com": {"ChannelType": "EMAIL"},
        "+14254147755": {"ChannelType": "SMS"},
    }
    configuration = {"EmailMessage": mail, "SMSMessage": {"Body": "Hello"}}
    pinpoint.send_messages(
        ApplicationId=app, MessageRequest={"Addresses": addresses, "MessageConfiguration": configuration}
    )
    kinds = [event["event_type"] for event in lines(archive, name, 5)]
    assert sorted(kinds) == [
        "_SMS.BUFFERED",
        "_SMS.SUCCESS",
        "_SMS.SUCCESS",
        "_email.hardbounce",
        "_email.send",
    ]


@pytest.mark.parametrize("lacking", [*STREAMING, "trust"])
def test_a_role_that_could_not_write_is_refused_at_once(archive: Archive, app: str, lacking: str) -> None:
    """Pinpoint tries before it keeps: to assume the role, to describe the stream, to put."""
    hands, name = archive.hands, archive.stream()
    arn = f"arn:aws:firehose:eu-west-1:{hands.account}:deliverystream/{name}"
    service = "events.amazonaws.com" if lacking == "trust" else PINPOINT
    role = trusting(hands, service, allow([one for one in STREAMING if one != lacking], arn))
    with pytest.raises(ClientError, match=f"Destination stream validation failed.*{lacking}"):
        put_stream(hands, app, role, arn)


def test_a_kinesis_stream_gets_events_too(hands: Hands, app: str) -> None:
    """Each record with the endpoint as its partition key."""
    kinesis, name = hands.client("kinesis"), f"events-{uuid.uuid4().hex[:8]}"
    kinesis.create_stream(StreamName=name, ShardCount=1)
    described = hands.until(
        lambda: (
            (found := kinesis.describe_stream(StreamName=name)["StreamDescription"])["StreamStatus"]
            == "ACTIVE"
            and found
        )
    )
    arn = described["StreamARN"]
    put_stream(
        hands,
        app,
        trusting(hands, PINPOINT, allow(["kinesis:PutRecords", "kinesis:DescribeStream"], arn)),
        arn,
    )
    event = {"EventType": "said", "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    batch = {"BatchItem": {"endpoint-1": {"Endpoint": {}, "Events": {"one": event}}}}
    hands.client("pinpoint").put_events(ApplicationId=app, EventsRequest=batch)
    shard = described["Shards"][0]["ShardId"]
    at = kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    (record,) = hands.until(lambda: kinesis.get_records(ShardIterator=at)["Records"])
    assert record["PartitionKey"] == "endpoint-1"
    assert json.loads(record["Data"])["event_type"] == "said"
