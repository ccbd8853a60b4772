"""What the demo looks at while a mail moves: raw bucket, ledger, dead-letter queue, notices."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mailroom.environment import Environment
from mailroom.errors import MailroomError

Found = TypeVar("Found")
NOTICE_QUEUE = "mailroom-demo-notices"


def until(what: str, look: Callable[[], Found | None], seconds: float = 60.0) -> Found:
    """What `look` finds, as soon as it does. Raises MailroomError, naming `what`, when time is up."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise MailroomError(
                f"Waited {seconds:.0f} seconds for {what}.", "mailroom local status --name demo"
            )
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Progress:
    """How far a mail has come: its state in the ledger, and each recipient's."""

    state: str
    reason: str
    recipients: dict[str, str]


class Watch:
    """Looks into what Terraform made."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._s3 = environment.client("s3")
        self._dynamodb = environment.client("dynamodb")
        self._sqs = environment.client("sqs")
        self._notices = ""

    def listen(self) -> None:
        """Subscribe a queue to the notices, as a team would subscribe its mail or chat."""
        self._notices = self._sqs.create_queue(QueueName=NOTICE_QUEUE)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._notices, AttributeNames=["QueueArn"])
        arn, topic = attributes["Attributes"]["QueueArn"], self._environment.output("notice_topic_arn")
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self._sqs.set_queue_attributes(QueueUrl=self._notices, Attributes={"Policy": policy})
        self._environment.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def notice(self) -> dict[str, Any]:
        """The next notice, as SNS delivers it; waits for it."""

        def look() -> dict[str, Any] | None:
            answer = self._sqs.receive_message(QueueUrl=self._notices, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._notices, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])
            return None

        return until("the notice", look)

    def raw(self, key: str) -> tuple[str, int]:
        """The stored raw message: its version and its size in bytes."""
        head = self._s3.head_object(Bucket=self._environment.output("raw_bucket"), Key=key)
        return head["VersionId"], head["ContentLength"]

    def progress(self, mail: str) -> Progress | None:
        """What the ledger says of a mail (`<key>#<version>`); None while it says nothing."""
        items = self._dynamodb.query(
            TableName=self._environment.output("ledger_table"),
            KeyConditionExpression="mail = :mail",
            ExpressionAttributeValues={":mail": {"S": mail}},
            ConsistentRead=True,
        )["Items"]
        parts = {item["part"]["S"]: item for item in items}
        own = parts.pop("mail", None)
        if own is None:
            return None
        people = {item["address"]["S"]: item["state"]["S"] for item in parts.values()}
        return Progress(own["state"]["S"], own.get("reason", {}).get("S", ""), people)

    def finished(self, mail: str, seconds: float = 60.0) -> Progress:
        """The mail's progress once it is no longer open; waits for that."""

        def look() -> Progress | None:
            progress = self.progress(mail)
            return progress if progress and progress.state != "open" else None

        return until(f"{mail} to be finished", look, seconds)

    def dead_letters(self) -> int:
        """How many messages lie in the dead-letter queue."""
        url = self._environment.output("inbound_dead_letter_queue_url")
        name = "ApproximateNumberOfMessages"
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def stored(self) -> list[tuple[str, int, int]]:
        """What lies where: (place, number of things, bytes)."""
        rows = []
        for what in ("raw_bucket", "attachments_bucket"):
            bucket = self._environment.output(what)
            objects = self._s3.list_objects_v2(Bucket=bucket).get("Contents", [])
            rows.append((f"s3://{bucket}", len(objects), sum(item["Size"] for item in objects)))
        for what in ("ledger_table", "links_table"):
            table = self._environment.output(what)
            rows.append((f"table {table}", self._dynamodb.scan(TableName=table, Select="COUNT")["Count"], 0))
        return rows
