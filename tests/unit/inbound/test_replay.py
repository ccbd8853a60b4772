"""`mailroom inbound replay`: a stored message back into its queue, and out of the dead-letter queue."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_src.inbound.records import mails
from mailroom.errors import MailroomError
from mailroom.inbound.replay import replay


class Environment:
    """Answers as mailroom.environment.Environment does, with one client per service."""

    name = "test"

    def __init__(self) -> None:
        sqs = boto3.client("sqs")
        self.outputs = {
            "raw_bucket": "raw",
            "ledger_table": "ledger",
            "inbound_queue_url": sqs.create_queue(QueueName="q")["QueueUrl"],
            "inbound_dead_letter_queue_url": sqs.create_queue(QueueName="dead")["QueueUrl"],
        }

    def output(self, name: str) -> str:
        return self.outputs[name]

    def client(self, service: str) -> Any:
        return boto3.client(service)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        found = Environment()
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket="raw", VersioningConfiguration={"Status": "Enabled"})
        boto3.client("dynamodb").create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "mail", "KeyType": "HASH"},
                {"AttributeName": "part", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("mail", "part")],
        )
        yield found


def dead(environment: Environment, *keys: str) -> None:
    for key in keys:
        record = {"s3": {"bucket": {"name": "raw"}, "object": {"key": key, "versionId": "v"}}}
        boto3.client("sqs").send_message(
            QueueUrl=environment.outputs["inbound_dead_letter_queue_url"],
            MessageBody=json.dumps({"Records": [record]}),
        )


def visible(environment: Environment, queue: str) -> list[str]:
    answer = boto3.client("sqs").receive_message(QueueUrl=environment.outputs[queue], MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def record(environment: Environment, ledger_key: str, **parts: dict[str, Any]) -> None:
    for part, values in parts.items():
        item = {"mail": ledger_key, "part": part.replace("_", "#"), **values}
        boto3.client("dynamodb").put_item(
            TableName="ledger", Item={name: {"S": str(value)} for name, value in item.items()}
        )


def test_only_the_match_leaves_the_dead_letter_queue(environment: Environment) -> None:
    """The message is queued in S3's own form, its dead letter goes, and the others are visible again at once."""
    version = boto3.client("s3").put_object(Bucket="raw", Key="incoming/a b", Body=b"12345")["VersionId"]
    dead(environment, "incoming/x", "incoming/a+b", *(f"incoming/{number}" for number in range(7)))
    lines = list(replay(environment, "incoming/a b"))  # type: ignore[arg-type]
    assert lines == [
        "incoming/a b: the ledger does not know it yet",
        "queued again: the ledger decides what is left to do",
        "taken out of the dead-letter queue: 1",
    ]
    [body] = visible(environment, "inbound_queue_url")
    [mail] = mails(body)
    assert (mail.bucket, mail.key, mail.version, mail.size) == ("raw", "incoming/a b", version, 5)
    left = [mails(body)[0].key for body in visible(environment, "inbound_dead_letter_queue_url")]
    assert sorted(left) == sorted(["incoming/x", *(f"incoming/{number}" for number in range(7))])


def test_a_key_that_is_not_stored(environment: Environment) -> None:
    """An unknown key is named with the bucket and where to look, and nothing is queued."""
    with pytest.raises(MailroomError, match="no stored message incoming/nothing in the bucket raw") as caught:
        list(replay(environment, "nothing"))  # type: ignore[arg-type]
    assert caught.value.hint == "aws s3 ls s3://raw/incoming/"
    assert visible(environment, "inbound_queue_url") == []


def test_a_noticed_mail_is_opened_again(environment: Environment) -> None:
    """A mail that ended as a notice can be worked again; the message id alone will do as its name."""
    version = boto3.client("s3").put_object(Bucket="raw", Key="incoming/m1", Body=b"x")["VersionId"]
    record(environment, f"incoming/m1#{version}", mail={"state": "noticed", "reason": "oversize"})
    lines = list(replay(environment, "m1"))  # type: ignore[arg-type]
    assert lines[0] == "incoming/m1: it ended as a notice (oversize) and is opened again"
    assert lines[2] == "it was not in the dead-letter queue"
    key = {"mail": {"S": f"incoming/m1#{version}"}, "part": {"S": "mail"}}
    item = boto3.client("dynamodb").get_item(TableName="ledger", Key=key)["Item"]
    assert (item["state"]["S"], item["owned_until"]["N"]) == ("open", "0")


def test_says_how_far_a_mail_is(environment: Environment) -> None:
    """What the ledger knows is said in words, with the number of recipients in each state."""
    version = boto3.client("s3").put_object(Bucket="raw", Key="incoming/m1", Body=b"x")["VersionId"]
    record(
        environment,
        f"incoming/m1#{version}",
        mail={"state": "open"},
        recipient_001_1={"state": "sent"},
        recipient_002_1={"state": "pending"},
        recipient_003_1={"state": "sent"},
    )
    lines = list(replay(environment, "m1"))  # type: ignore[arg-type]
    assert lines[0] == "incoming/m1: open in the ledger: 1 pending, 2 sent"
