"""What the smoke test hears by: made for one run, and taken away with it.

A recipient's mail can be read back only where we receive it ourselves. So for one address that nobody else
has (smoke-<random> at the receipt domain) a receipt rule gives mail to a topic, the topic to a queue. The
rule covers that address alone; the bucket's policy, its notification and our own rule stay as they are. (A
rule of the smoke's own could not write to the raw bucket: its policy names our rule, and what lies below
incoming/ is worked.) The same queue hears, by a rule on EventBridge's default bus, what SES tells of the
simulator.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mailroom.environment import Environment
from mailroom.leavings import Leavings

SIMULATOR = "success@simulator.amazonses.com"
WAIT_SECONDS = 2


@dataclass
class Heard:
    """What came so far: mails as they were received, and SES's events."""

    mails: list[bytes] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class Ear:
    """Topic, queue, receipt rule and event rule of one run; `token` is what their names end with."""

    def __init__(self, environment: Environment, token: str) -> None:
        self.environment = environment
        self.name = f"{environment.output('name_prefix')}-smoke-{token}"
        self.address = f"smoke-{token}@{environment.output('receipt_address').rpartition('@')[2]}"
        self.heard = Heard()
        region = environment.output("region")
        partition = environment.session.get_partition_for_region(region)
        place = f"{region}:{environment.output('account_id')}"
        self._topic = f"arn:{partition}:sns:{place}:{self.name}"
        self._queue = f"arn:{partition}:sqs:{place}:{self.name}"
        self._rule = f"arn:{partition}:events:{place}:rule/{self.name}"
        self._region = f"--region {region}"
        self._url = ""

    def make(self, leavings: Leavings) -> None:
        """Make all four. Raises botocore's ClientError where something is refused."""
        self._make_queue(leavings)
        self._make_topic(leavings)
        self._make_event_rule(leavings)
        self._make_receipt_rule(leavings)

    def listen(self) -> Heard:
        """All that was heard until now; waits a moment for more."""
        sqs = self.environment.client("sqs")
        answer = sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            self._take(json.loads(message["Body"]))
        return self.heard

    def published(self) -> str:
        """The best event about the simulator that our configuration set tells EventBridge of."""
        ses = self.environment.client("sesv2")
        name = self.environment.output("configuration_set")
        found = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
        kinds = {
            kind
            for destination in found.get("EventDestinations", [])
            if destination.get("Enabled") and destination.get("EventBridgeDestination")
            for kind in destination["MatchingEventTypes"]
        }
        return "Email Delivered" if "DELIVERY" in kinds else "Email Sent"

    def _take(self, body: dict[str, Any]) -> None:
        if body.get("source") == "aws.ses":
            self.heard.events.append(body)
        elif body.get("Type") == "Notification":
            self._take_mail(body["Message"])

    def _take_mail(self, message: str) -> None:
        """A received mail, whole; SES also tries the topic when the rule is made, with a plain sentence."""
        with suppress(json.JSONDecodeError):
            told = json.loads(message)
            if "content" in told:
                self.heard.mails.append(base64.b64decode(told["content"]))

    def _make_queue(self, leavings: Leavings) -> None:
        sqs = self.environment.client("sqs")

        def remove() -> None:
            try:
                url = sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
            except sqs.exceptions.QueueDoesNotExist:
                return
            sqs.delete_queue(QueueUrl=url)

        leavings.add(
            f"queue {self.name}",
            f"aws sqs delete-queue {self._region} --queue-url $(aws sqs get-queue-url {self._region}"
            f" --queue-name {self.name} --output text)",
            remove,
        )
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(self._senders())})
        attributes = {"Policy": policy, "MessageRetentionPeriod": "3600"}
        self._url = sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]

    def _senders(self) -> Iterator[dict[str, Any]]:
        for service, source in (("sns", self._topic), ("events", self._rule)):
            yield {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": self._queue,
                "Condition": {"ArnEquals": {"aws:SourceArn": source}},
            }

    def _make_topic(self, leavings: Leavings) -> None:
        """SES needs no permission for a topic of the same account (SES API reference, SNSAction)."""
        sns = self.environment.client("sns")
        leavings.add(
            f"topic {self.name}",
            f"aws sns delete-topic {self._region} --topic-arn {self._topic}",
            lambda: sns.delete_topic(TopicArn=self._topic),  # with its subscription
        )
        sns.create_topic(Name=self.name)
        sns.subscribe(TopicArn=self._topic, Protocol="sqs", Endpoint=self._queue)

    def _make_event_rule(self, leavings: Leavings) -> None:
        events = self.environment.client("events")

        def remove() -> None:
            try:
                events.remove_targets(Rule=self.name, Ids=["queue"])
                events.delete_rule(Name=self.name)
            except events.exceptions.ResourceNotFoundException:
                return

        by_hand = f"aws events remove-targets {self._region} --rule {self.name} --ids queue; "
        leavings.add(
            f"event rule {self.name}",
            f"{by_hand}aws events delete-rule {self._region} --name {self.name}",
            remove,
        )
        tags = {"ses:configuration-set": [self.environment.output("configuration_set")]}
        mail = {"destination": [SIMULATOR], "tags": tags}
        pattern = {"source": ["aws.ses"], "detail": {"mail": mail}}
        events.put_rule(Name=self.name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=self.name, Targets=[{"Id": "queue", "Arn": self._queue}])

    def _make_receipt_rule(self, leavings: Leavings) -> None:
        """At the beginning of the rule set, where no rule of others can stop the mail."""
        ses, rule_set = self.environment.client("ses"), self.environment.output("rule_set_name")
        leavings.add(
            f"receipt rule {self.name}",
            f"aws ses delete-receipt-rule {self._region} --rule-set-name {rule_set} --rule-name {self.name}",
            lambda: ses.delete_receipt_rule(RuleSetName=rule_set, RuleName=self.name),
        )
        ses.create_receipt_rule(
            RuleSetName=rule_set,
            Rule={
                "Name": self.name,
                "Enabled": True,
                "TlsPolicy": "Require",
                "ScanEnabled": False,
                "Recipients": [self.address],
                "Actions": [{"SNSAction": {"TopicArn": self._topic, "Encoding": "Base64"}}],
            },
        )
