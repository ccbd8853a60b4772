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
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mailroom.environment import Environment
from mailroom.leavings import Leavings
from mailroom.listening import Listening

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
        self._listening = Listening(environment, self.name, event_rule=self.name)
        self._region = self._listening.region_option

    def make(self, leavings: Leavings) -> None:
        """Make all four. Raises botocore's ClientError where something is refused."""
        self._listening.make(leavings)
        self._make_event_rule(leavings)
        self._make_receipt_rule(leavings)

    def listen(self) -> Heard:
        """All that was heard until now; waits a moment for more."""
        for body in self._listening.fetch(WAIT_SECONDS):
            self._take(body)
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
        events.put_targets(Rule=self.name, Targets=[{"Id": "queue", "Arn": self._listening.queue}])

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
                "Actions": [{"SNSAction": {"TopicArn": self._listening.topic, "Encoding": "Base64"}}],
            },
        )
