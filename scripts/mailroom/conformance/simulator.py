"""The mailbox simulator: which events follow a mail to each of its addresses."""

import json
import time
from typing import Any

from mailroom.conformance.case import Answer, Case
from mailroom.conformance.desk import Desk
from mailroom.listening import Listening

_SOURCE = "developer guide, Using the Amazon SES mailbox simulator"
TYPES = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY")
PATIENCE_SECONDS = 90.0
"""For the events that are expected: the simulator is seldom slower."""
QUIET_SECONDS = 5.0
"""And this long for one that is not."""


class Listener:
    """A configuration set of this run whose events come to a queue of this run, by a topic."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.listening = Listening(desk.environment, desk.name)
        self.heard: dict[str, list[dict[str, Any]]] = {}
        self._make()

    def events_of(self, message_id: str, wanted: int) -> list[str]:
        """The kinds of events of a message; waits for as many as are wanted, then for silence."""
        deadline, quiet = time.monotonic() + PATIENCE_SECONDS, 0.0
        while time.monotonic() < deadline:
            if self._listen():
                quiet = 0.0
                continue
            quiet += 1.0
            if len(self.heard.get(message_id, [])) >= wanted and quiet >= QUIET_SECONDS:
                break
        return [_kind(event) for event in self.heard.get(message_id, [])]

    def _listen(self) -> bool:
        bodies = self.listening.fetch(1)
        for told in (body["Message"] for body in bodies):
            if told.startswith("{"):  # SES tries the topic with a sentence
                event = json.loads(told)
                self.heard.setdefault(event["mail"]["messageId"], []).append(event)
        return bool(bodies)

    def _make(self) -> None:
        desk, name, region = self.desk, self.desk.name, self.listening.region_option
        self.listening.make(desk.leavings)
        desk.leavings.add(
            f"configuration set {name}",
            f"aws sesv2 delete-configuration-set {region} --configuration-set-name {name}",
            self._remove_set,
        )
        desk.v2.create_configuration_set(ConfigurationSetName=name)
        desk.v2.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName="events",
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": list(TYPES),
                "SnsDestination": {"TopicArn": self.listening.topic},
            },
        )

    def _remove_set(self) -> None:
        try:
            self.desk.v2.delete_configuration_set(ConfigurationSetName=self.desk.name)
        except self.desk.v2.exceptions.NotFoundException:
            return


def _kind(event: dict[str, Any]) -> str:
    """An event's kind, a bounce's with its types, a complaint's with what it is about."""
    kind = str(event["eventType"])
    if kind == "Bounce":
        return f"Bounce {event['bounce']['bounceType']}/{event['bounce']['bounceSubType']}"
    if kind == "Complaint":
        return f"Complaint {event['complaint'].get('complaintFeedbackType', '')}".strip()
    return kind


def _mailbox(name: str, *expected: str) -> Case:
    """A mail to one address of the simulator. Events come in any order, so they are compared sorted."""

    def ask(desk: Desk) -> Answer:
        desk.listener = desk.listener or Listener(desk)
        desk.pause()
        sent = desk.v2.send_email(
            FromEmailAddress=desk.sender,
            Destination={"ToAddresses": [f"{name}@simulator.amazonses.com"]},
            Content={"Simple": {"Subject": {"Data": "conformance"}, "Body": {"Text": {"Data": "a test"}}}},
            ConfigurationSetName=desk.name,
        )
        return Answer(", ".join(sorted(desk.listener.events_of(sent["MessageId"], len(expected)))))

    return Case(f"mail to {name}@", ask, Answer(", ".join(sorted(expected))), _SOURCE, mails=1)


CASES = (
    _mailbox("success", "Send", "Delivery"),
    _mailbox("bounce", "Send", "Bounce Permanent/General"),
    _mailbox("ooto", "Send", "Delivery", "Bounce Transient/General"),
    _mailbox("complaint", "Send", "Delivery", "Complaint abuse"),
    _mailbox("suppressionlist", "Send", "Bounce Permanent/Suppressed"),
)
