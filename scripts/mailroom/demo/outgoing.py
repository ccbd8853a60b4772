"""The demo's steps about sending: a domain's records, signatures that hold, the simulator's five answers."""

import email
import email.policy
import re
from dataclasses import dataclass
from typing import Any

from mailroom.demo.story import Story
from mailroom.demo.watch import until
from mailroom.demo.where import ended
from mailroom.errors import MailroomError
from mailroom.local.reader import Reader
from mailroom.status.drill_sources import MAIL_ENDS

SIMULATOR = "simulator.amazonses.com"
ANSWERS = {
    "success": ["Send", "Delivery"],
    "bounce": ["Send", "Bounce"],
    "ooto": ["Send", "Delivery", "Bounce"],
    "complaint": ["Send", "Delivery", "Complaint"],
    "suppressionlist": ["Send", "Bounce"],
}
"""The simulator's five addresses, and the events that each must bring ("Using the mailbox simulator")."""


def records(story: Story) -> None:
    """What DNS must hold for the domain that sends, as a table."""
    domain = story.environment.output("sender_address").partition("@")[2]
    story.command("sending", "records", domain)


def signed(story: Story) -> None:
    """A mail that was sent on is DKIM-signed, and the keys are where DNS says."""
    sent = Reader(story.cloud.name).listing()[0]
    raw = Reader(story.cloud.name).raw(sent["id"])
    asked = _Dns(**story.cloud.dns)
    signatures = email.message_from_bytes(raw, policy=email.policy.default).get_all("DKIM-Signature", [])
    for number, signature in enumerate(signatures):
        domain = re.search(r"\bd=([^;\s]+)", str(signature))
        who = domain[1] if domain else "nobody"
        if not _holds(raw, number, asked):
            raise MailroomError(f"The signature of {who} on {sent['id']} does not hold.")
        story.screen.say(f"signed by {who}, and it holds: the key is at {asked.last}")
    if len(signatures) < 2:
        raise MailroomError(f"{sent['id']} has {len(signatures)} signatures, and should have two.")
    if _holds(raw + b"one line more\r\n", 0, asked):
        raise MailroomError("A mail that somebody changed still verifies.")
    story.screen.say("the same mail with one more line: it does not hold any more")


def simulated(story: Story) -> None:
    """The mailbox simulator answers as in AWS, SES tells of it, and the status is what it should be."""
    sesv2, reader = story.environment.client("sesv2"), Reader(story.cloud.name)
    sender = story.environment.output("sender_address")
    named = {"ConfigurationSetName": story.environment.output("configuration_set")}
    words = {
        "Subject": {"Data": "Are you there?"},
        "Body": {"Text": {"Data": "A question to the simulator."}},
    }
    sent = {
        who: sesv2.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": [f"{who}@{SIMULATOR}"]},
            Content={"Simple": words},
            **named,
        )["MessageId"]
        for who in ANSWERS
    }
    for who, message_id in sent.items():
        events = until(f"what became of the mail to {who}", lambda: _all_told(reader, message_id, who))  # noqa: B023 - asked at once
        item = ended(story, message_id, MAIL_ENDS[who])
        told = f"{', then '.join(_word(event) for event in events)}: {item['status']}"
        story.screen.say(f"{who + '@' + SIMULATOR:<40} {told}")
        story.screen.say(f"{'':<40} {item['words']}")


def _all_told(reader: Reader, message_id: str, who: str) -> list[dict[str, Any]] | None:
    events = reader.events(message_id)
    return events if [event["eventType"] for event in events] == ANSWERS[who] else None


def _word(event: dict[str, Any]) -> str:
    kind = event["eventType"]
    if kind == "Bounce":
        return f"Bounce ({event['bounce']['bounceType']}, {event['bounce']['bounceSubType']})"
    if kind == "Complaint":
        return f"Complaint ({event['complaint'].get('complaintFeedbackType', 'no word why')})"
    return str(kind)


@dataclass
class _Dns:
    """The local cloud's DNS server, asked for TXT records as a receiver's verifier asks."""

    host: str
    port: int
    last: str = ""

    def __call__(self, name: bytes, timeout: int = 5) -> bytes | None:
        from dns import resolver

        asking = resolver.Resolver(configure=False)
        asking.nameservers, asking.port = [self.host], self.port
        self.last = name.decode().rstrip(".")
        try:
            answer = asking.resolve(self.last, "TXT", lifetime=timeout)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return None
        return b"".join(answer[0].strings)


def _holds(raw: bytes, number: int, dns: _Dns) -> bool:
    """Whether a signature of a mail (from 0, from the top) holds, by dkimpy."""
    import dkim

    try:
        return bool(dkim.DKIM(raw).verify(number, dnsfunc=dns))
    except dkim.DKIMException:
        return False


STEPS = {
    "The domain's DNS records": records,
    "A mail's DKIM signatures hold": signed,
    "The mailbox simulator's five answers": simulated,
}
