"""A topic with a queue behind it, made for one run: what smoke and conformance hear by."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom.environment import Environment
from mailroom.leavings import Leavings

KEPT_SECONDS = "3600"
"""What nobody fetched is gone by then, should a queue be left."""
MOST_MESSAGES = 10


@dataclass
class Listening:
    """`name` is that of the topic and of the queue; `event_rule` is that of an EventBridge rule that
    may write to the queue as well."""

    environment: Environment
    name: str
    event_rule: str = ""
    _url: str = ""

    @property
    def topic(self) -> str:
        """The topic's ARN."""
        return self._arn("sns", self.name)

    @property
    def queue(self) -> str:
        """The queue's ARN."""
        return self._arn("sqs", self.name)

    @property
    def region_option(self) -> str:
        """For the commands by which somebody removes things by hand."""
        return f"--region {self.environment.output('region')}"

    def make(self, leavings: Leavings) -> None:
        """Make both. Raises botocore's ClientError where something is refused."""
        sqs, sns, region = self.environment.client("sqs"), self.environment.client("sns"), self.region_option
        leavings.add(
            f"queue {self.name}",
            f"aws sqs delete-queue {region} --queue-url $(aws sqs get-queue-url {region}"
            f" --queue-name {self.name} --output text)",
            self._remove_queue,
        )
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(self._senders())})
        attributes = {"Policy": policy, "MessageRetentionPeriod": KEPT_SECONDS}
        self._url = sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]
        leavings.add(
            f"topic {self.name}",
            f"aws sns delete-topic {region} --topic-arn {self.topic}",
            lambda: sns.delete_topic(TopicArn=self.topic),  # with its subscription
        )
        # SES needs no permission for a topic of the same account (SES API reference, SNSAction).
        sns.create_topic(Name=self.name)
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.queue)

    def fetch(self, wait_seconds: int) -> list[dict[str, Any]]:
        """The bodies of what came; waits so long for the first."""
        sqs = self.environment.client("sqs")
        answer = sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=MOST_MESSAGES, WaitTimeSeconds=wait_seconds
        )
        bodies = []
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(json.loads(message["Body"]))
        return bodies

    def _senders(self) -> Iterator[dict[str, Any]]:
        sources = {"sns": self.topic}
        if self.event_rule:
            sources["events"] = self._arn("events", f"rule/{self.event_rule}")
        for service, source in sources.items():
            yield {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": self.queue,
                "Condition": {"ArnEquals": {"aws:SourceArn": source}},
            }

    def _arn(self, service: str, resource: str) -> str:
        region, account = self.environment.output("region"), self.environment.output("account_id")
        partition = self.environment.session.get_partition_for_region(region)
        return f"arn:{partition}:{service}:{region}:{account}:{resource}"

    def _remove_queue(self) -> None:
        sqs = self.environment.client("sqs")
        try:
            url = sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
        except sqs.exceptions.QueueDoesNotExist:
            return
        sqs.delete_queue(QueueUrl=url)
