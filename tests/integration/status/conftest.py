"""What the tests of `status` on the applied environment share: a key, the API, and mails that go their way."""

import base64
import gzip
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner

from mailroom import cli
from mailroom.demo.watch import until
from mailroom.environment import Environment
from mailroom.local.cloud import LocalCloud
from mailroom.status import reader
from mailroom.status.asking import KEY_VARIABLE
from mailroom.status.questions import Questions

Found = TypeVar("Found")
SECONDS = 60.0


@dataclass
class Status:
    """The applied `status`: sends, asks the API, looks into the table, the queues and the archive."""

    cloud: LocalCloud
    environment: Environment
    questions: Questions
    configuration_set: str
    _bodies: dict[str, bytes] = field(default_factory=dict)
    """Of archived objects that were read: nobody changes them."""

    def client(self, service: str) -> Any:
        return self.environment.client(service)

    def output(self, name: str) -> Any:
        return self.environment.output(name)

    def mail(self, *to: str, **content: Any) -> str:
        """Send a mail to these recipients; answers SES's message id."""
        simple = {"Simple": {"Subject": {"Data": "thread"}, "Body": {"Text": {"Data": "x"}}}}
        answer = self.client("sesv2").send_email(
            FromEmailAddress=self.output("sender_address"),
            Destination={"ToAddresses": list(to)},
            Content=content or simple,
            ConfigurationSetName=self.configuration_set,
        )
        return str(answer["MessageId"])

    def items(self, message_id: str) -> dict[str, dict[str, Any]]:
        """What the API says of a message, by recipient."""
        return {one["recipient"]: one for one in reader.items(self.questions, message_id)}

    def until(
        self, message_id: str, holds: Callable[[dict[str, Any]], bool], recipient: str = ""
    ) -> dict[str, Any]:
        """The recipient's item (the only one, where none is named) by the API, once something holds of it."""

        def look() -> dict[str, Any] | None:
            items = self.items(message_id)
            found = items.get(recipient) if recipient else next(iter(items.values()), None)
            return found if found and holds(found) else None

        return until(f"{message_id} to be as it should, but it is {self.items(message_id)}", look, SECONDS)

    def ends(self, message_id: str, status: str, recipient: str = "") -> dict[str, Any]:
        """The item once it has this status."""
        return self.until(message_id, lambda item: item["status"] == status, recipient)

    def listed(self, **query: str) -> list[str]:
        """The messages that the API lists, once there are any."""

        def look() -> list[str] | None:
            return [one["message_id"] for one in self.questions.items("/messages", query, 100)] or None

        return until(f"messages with {query}", look, SECONDS)

    def put_in_queue(self, *bodies: str) -> None:
        """Past all sources, as if one of them had put it there."""
        sqs, url = self.client("sqs"), self.output("status_queue_url")
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + 10])
            ]
            assert not sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")

    def put_in_stream(self, source: str, *events: dict[str, Any]) -> None:
        """Into a source's Firehose, in one call, as JSON lines."""
        self.put_bytes(source, *(json.dumps(event).encode() + b"\n" for event in events))

    def put_bytes(self, source: str, *records: bytes) -> None:
        """Into a source's Firehose, in one call."""
        answer = self.client("firehose").put_record_batch(
            DeliveryStreamName=self.output("status_streams")[source],
            Records=[{"Data": record} for record in records],
        )
        assert answer["FailedPutCount"] == 0

    def objects(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """What the archive holds there: keys and bytes."""
        s3, bucket = self.client("s3"), self.output("status_archive_bucket")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                key = found["Key"]
                if key not in self._bodies:
                    self._bodies[key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                yield key, self._bodies[key]

    def archived(self, prefix: str, token: str) -> list[dict[str, Any]]:
        """The archived events there in which this text occurs."""
        return [
            json.loads(line)
            for _, body in self.objects(prefix)
            for line in _opened(body).splitlines()
            if token.encode() in line
        ]

    def failed_records(self, token: str) -> list[dict[str, Any]] | None:
        """What Firehose could not process, of the records in which this text occurs; None for none."""
        told = [
            json.loads(line) for _, body in self.objects("errors/") for line in _opened(body).splitlines()
        ]
        return [one for one in told if token.encode() in base64.b64decode(one["rawData"])] or None

    def dead_letters(self) -> list[dict[str, Any]]:
        """What lies in the dead-letter queue, and stays there."""
        sqs, url = self.client("sqs"), self.output("status_dead_letter_queue_url")
        found: dict[str, dict[str, Any]] = {}
        while True:
            answer = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=5, MessageAttributeNames=["All"]
            )
            new = {one["MessageId"]: one for one in answer.get("Messages", [])}
            if not new.keys() - found.keys():
                break
            found |= new
        for one in found.values():
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0
            )
        return list(found.values())

    def quiet(self) -> None:
        """Wait until the queue is empty and nothing of it is being worked."""
        sqs, url = self.client("sqs"), self.output("status_queue_url")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

        def look() -> bool | None:
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            return True if not any(int(counts[name]) for name in names) else None

        until("the queue to be empty", look, SECONDS)


def _opened(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


@pytest.fixture(scope="session")
def status(cloud: LocalCloud, environment: Environment) -> Iterator[Status]:
    """The applied environment, with a key, and a configuration set that tells EventBridge of everything."""
    sesv2, name = environment.client("sesv2"), f"thread-{uuid.uuid4().hex[:8]}"
    made = CliRunner().invoke(cli.app, ["status", "key", "create", name, "--name", cloud.name, "--json"])
    key = json.loads(made.stdout)["value"]
    bus = f"arn:aws:events:{environment.output('region')}:{cloud.account_id}:event-bus/default"
    sesv2.create_configuration_set(ConfigurationSetName=name)
    sesv2.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName="everything",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": [
                "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "OPEN", "CLICK", "RENDERING_FAILURE",
                "DELIVERY_DELAY", "SUBSCRIPTION",
            ],
            "EventBridgeDestination": {"EventBusArn": bus},
        },
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(KEY_VARIABLE, key)
        yield Status(cloud, environment, Questions.of(environment, key), name)
    sesv2.delete_configuration_set(ConfigurationSetName=name)
    CliRunner().invoke(cli.app, ["status", "key", "revoke", name, "--name", cloud.name])


@pytest.fixture(scope="session")
def number(status: Status) -> Iterator[str]:
    """A number of the SMS simulator's, got as `drill` tells one to get it."""
    sms = status.client("pinpoint-sms-voice-v2")
    made = sms.request_phone_number(
        IsoCountryCode="US",
        MessageType="TRANSACTIONAL",
        NumberCapabilities=["SMS"],
        NumberType="SIMULATOR",
    )
    yield made["PhoneNumber"]
    sms.release_phone_number(PhoneNumberId=made["PhoneNumberId"])
