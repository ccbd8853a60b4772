"""An inbound door for example.com with one active rule set, and what came of a mail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from mailroom.local.engine.ses import identities, receiving
from mailroom.local.engine.ses.receipt import notices
from mailroom.local.engine.ses.state import Region
from mailroom.local.engine.ses.v1 import receipt_rules, rule_sets

PLAIN = b"From: Jane <jane@far.example>\r\nTo: user@example.com\r\nSubject: s\r\n\r\nhello\r\n"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:told"


@dataclass
class Door:
    """Makes rules in the active set, lets mail in, and reads what SES did."""

    region: Region
    cloud: Any

    def rule(self, *actions: dict[str, Any], name: str = "rule", scan: bool = True, **more: Any) -> None:
        """A rule at the end of the set that covers everybody; what trying it out left is forgotten."""
        rules = self.region.rule_sets["main"]["Rules"]
        after = {"After": rules[-1]["Name"]} if rules else {}
        rule = {"Name": name, "Enabled": True, "ScanEnabled": scan, "Actions": list(actions), **more}
        receipt_rules.create(self.region, {"RuleSetName": "main", "Rule": rule, **after})
        self.cloud.objects.clear()
        self.cloud.published.clear()
        self.cloud.sources.clear()
        self.cloud.roles.clear()
        self.cloud.data_keys.clear()

    def mail(
        self,
        message: bytes = PLAIN,
        *recipients: str,
        sender: str = "jane@far.example",
        helo: str = "mx.far.example",
    ) -> str:
        """Lets a mail in; its id."""
        to = list(recipients) or ["user@example.com"]
        return receiving.receive(
            self.region, receiving.Arrival(sender, to, message, "203.0.113.9", helo, tls=True)
        )

    def stored(self) -> Message:
        """The one object in the bucket."""
        (body,) = self.cloud.objects.values()
        return message_from_bytes(body)

    def told(self) -> list[dict[str, Any]]:
        """The notifications so far."""
        assert {subject for _, subject, _ in self.cloud.published} <= {notices.SUBJECT}
        return [json.loads(message) for _, _, message in self.cloud.published]

    def inbox(self) -> list[tuple[str, tuple[str, ...], Message]]:
        """What SES sent: sender, recipients, mail."""
        kept = self.region.mail
        return [
            (one.sender, one.recipients, message_from_bytes(kept.raw(one.id) or b""))
            for one in kept.listing()
        ]


@pytest.fixture
def door(region: Region, cloud: Any) -> Door:
    identities.new_identity(region, "example.com")
    rule_sets.create(region, {"RuleSetName": "main"})
    rule_sets.set_active(region, {"RuleSetName": "main"})
    return Door(region, cloud)
