"""What the operator's commands work on, made of moto: a raw bucket, a ledger with its index, two queues."""

import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_src.inbound.records import mails
from mailroom import paths
from mailroom.inbound import rotate
from tests.unit.inbound.commands import sickroom
from tests.unit.inbound.commands.files import FILE


class Applied:
    """Answers as mailroom.environment.Environment does, and puts things in place for a test."""

    name = "test"

    def __init__(self) -> None:
        self.s3, self.sqs, self.dynamodb = map(_client, ("s3", "sqs", "dynamodb"))
        self.outputs = {
            "raw_bucket": "raw",
            "ledger_table": "ledger",
            "inbound_queue_url": self.sqs.create_queue(QueueName="q")["QueueUrl"],
            "inbound_dead_letter_queue_url": self.sqs.create_queue(QueueName="dead")["QueueUrl"],
        }
        self.s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.s3.put_bucket_versioning(Bucket="raw", VersioningConfiguration={"Status": "Enabled"})
        keys = {"mail": "S", "part": "S", "unsettled": "S", "updated_at": "N"}
        self.dynamodb.create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_schema("mail", "part"),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind} for name, kind in keys.items()
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "unsettled",
                    "KeySchema": _schema("unsettled", "updated_at"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def output(self, name: str) -> Any:
        return self.outputs[name]

    def client(self, service: str) -> Any:
        return {"s3": self.s3, "sqs": self.sqs, "dynamodb": self.dynamodb}[service]

    def store(self, name: str, body: bytes = b"x") -> str:
        """A stored message; answers the ledger's id of it."""
        key = f"incoming/{name}"
        return f"{key}#{self.s3.put_object(Bucket='raw', Key=key, Body=body)['VersionId']}"

    def record(self, mail: str, state: str, *people: str, generation: int = 1, **values: Any) -> None:
        """A mail in the ledger; its recipients are p1@x.example, p2@…, each in the state given."""
        self._put(
            mail, "mail", state=state, generation=generation, seed="s", recipients=len(people), **values
        )
        for number, person in enumerate(people, 1):
            doubt = {"unsettled": "yes"} if person in ("sending", "doubtful") else {}
            part = f"recipient#{number:03}#{generation}"
            address = f"p{number}@x.example"
            self._put(mail, part, state=person, address=address, updated_at=int(time.time()) - 600, **doubt)

    def item(self, mail: str, part: str = "mail") -> dict[str, Any]:
        """An item of the ledger, as plain texts."""
        key = {"mail": {"S": mail}, "part": {"S": part}}
        found = self.dynamodb.get_item(TableName="ledger", Key=key).get("Item", {})
        return {name: next(iter(value.values())) for name, value in found.items()}

    def bury(self, *bodies: str) -> None:
        """Put bodies into the dead-letter queue."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.outputs["inbound_dead_letter_queue_url"], MessageBody=body)

    def bury_mail(self, *ids: str, bucket: str = "raw") -> None:
        """Put S3 events about these mails into the dead-letter queue."""
        for mail in ids:
            key, _, version = mail.partition("#")
            stored = {"key": key.replace(" ", "+"), "versionId": version, "size": 1}
            self.bury(json.dumps({"Records": [{"s3": {"bucket": {"name": bucket}, "object": stored}}]}))

    def queued(self) -> list[str]:
        """The mails that wait in the inbound queue, in the order of their names; they are taken out."""
        return sorted(mail.id for body in self._drain("inbound_queue_url") for mail in mails(body))

    def dead(self) -> list[str]:
        """The bodies that are visible in the dead-letter queue; they are taken out."""
        return self._drain("inbound_dead_letter_queue_url")

    def _drain(self, queue: str) -> list[str]:
        url, bodies = self.outputs[queue], []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def _put(self, mail: str, part: str, **values: Any) -> None:
        item = {"mail": mail, "part": part, **values}
        self.dynamodb.put_item(
            TableName="ledger",
            Item={name: {"N" if isinstance(value, int) else "S": str(value)} for name, value in item.items()},
        )


@cache
def _client(service: str) -> Any:
    """Made once, since making one is most of a test's time; every mock answers it anew."""
    return boto3.client(service, aws_access_key_id="x", aws_secret_access_key="x")


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    kinds = ((hash_key, "HASH"), (range_key, "RANGE"))
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]


@pytest.fixture
def applied() -> Iterator[Any]:
    with mock_aws():
        yield Applied()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A healthy environment for the doctor. The smoke call has tests of its own: here it says `failed`."""
    made = sickroom.healthy()

    def failed(_: Any) -> Any:
        if isinstance(made["failed"], Exception):
            raise made["failed"]
        return made["failed"]

    monkeypatch.setattr("mailroom.smoke.functions.failed_functions", failed)
    return made


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environments folder with dev.tfvars."""
    monkeypatch.setattr(paths, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(rotate, "applied_address", lambda env, name: ("", "nobody answers"))
    (tmp_path / "dev.tfvars").write_text(FILE)
    return tmp_path / "dev.tfvars"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto waits the full time of a long poll."""
    monkeypatch.setattr("mailroom.inbound.queues.WAIT_SECONDS", 0)
