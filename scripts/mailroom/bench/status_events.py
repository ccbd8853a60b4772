"""Events as they are published, by the thousand: whole lives of messages, the same from the same seed."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambda_src.status.values import moment

START = 1_795_600_000_000  # ms since 1970: a day in November 2026
ACCOUNT = "111122223333"
_AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0"


@dataclass
class Life:
    """One message: its id, its recipients, and a clock that goes on with every event."""

    number: int
    chance: random.Random
    now: int = 0

    def __post_init__(self) -> None:
        self.now = START + self.number * 1000

    @property
    def id(self) -> str:
        """SES's form of an id."""
        return f"0100019a{self.number:08x}-5f0d2f5e-6a55-4d0c-9c0e-{self.number:012x}-000000"

    @property
    def people(self) -> list[str]:
        """One recipient, or two for every tenth message."""
        return [f"reader{self.number}.{part}@example.com" for part in range(1 + (self.number % 10 == 0))]

    def later(self) -> int:
        """The time of the next event."""
        self.now += self.chance.randint(1, 600_000)
        return self.now


def records(messages: int, each: int, seed: int = 1) -> Iterator[str]:
    """The bodies of SQS messages: about `each` events for each of `messages`, in order."""
    for number in range(messages):
        life = Life(number, random.Random(f"{seed}/{number}"))  # noqa: S311
        yield from _MAKERS[number % len(_MAKERS)](life, each)


def ses(life: Life, each: int) -> Iterator[str]:
    """By EventBridge, as a rule hands them to the queue."""
    for kind, part in _ses_parts(life, each):
        yield json.dumps(_bridged("aws.ses", f"Email {kind}", _published(life, kind, part), life.now))


def ses_by_sns(life: Life, each: int) -> Iterator[str]:
    """By a topic without raw delivery."""
    for kind, part in _ses_parts(life, each):
        message = json.dumps(_published(life, kind, part))
        yield json.dumps({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": message})


def pinpoint(life: Life, each: int) -> Iterator[str]:
    """As the transform puts them on the queue."""
    names = {
        "Send": "send",
        "Delivery": "delivered",
        "Open": "open",
        "Click": "click",
        "Bounce": "hardbounce",
    }
    for kind, part in _ses_parts(life, each):
        if kind not in names:
            continue
        snake = {"Delivery": "delivery"}.get(kind, kind.lower())
        mail = {
            "message_id": life.id,
            "message_send_timestamp": START,
            "from_address": "news@example.org",
            "destination": life.people,
            "headers": _HEADERS,
        }
        named = {_snake(name): value for name, value in part.items()}
        yield json.dumps(
            {
                "event_type": f"_email.{names[kind]}",
                "event_timestamp": life.now,
                "arrival_timestamp": life.now,
                "event_version": "3.1",
                "application": {"app_id": "a1b2", "sdk": {}},
                "client": {"client_id": f"endpoint-{life.number}"},
                "device": {"platform": {}},
                "session": {},
                "attributes": {"campaign_id": "c1", "journey_id": "j1", "feedback": "received"},
                "awsAccountId": ACCOUNT,
                "facets": {"email_channel": {"mail_event": {"mail": mail, snake: named}}},
            }
        )


def sms(life: Life, each: int) -> Iterator[str]:
    """Of End User Messaging, by EventBridge."""
    kinds = ["TEXT_QUEUED", "TEXT_PENDING"] * (each // 2 - 1) + ["TEXT_SENT"]
    for kind in [*kinds, life.chance.choice(["TEXT_DELIVERED", "TEXT_UNREACHABLE", "TEXT_SUCCESSFUL"])]:
        detail = {
            "eventType": kind,
            "eventVersion": "1.0",
            "eventTimestamp": life.later(),
            "isFinal": kind in ("TEXT_DELIVERED", "TEXT_UNREACHABLE"),
            "originationPhoneNumber": "+12065550100",
            "destinationPhoneNumber": f"+1425555{life.number:04}",
            "isoCountryCode": "US",
            "messageId": life.id,
            "messageRequestTimestamp": START,
            "messageType": "TRANSACTIONAL",
            "messageStatus": kind.removeprefix("TEXT_"),
            "messageStatusDescription": "Message is on its way",
            "context": {"campaign_id": "c2"},
            "totalMessageParts": 1,
            "totalMessagePrice": 0.00581,
            "totalCarrierFee": 0.003,
        }
        yield json.dumps(_bridged("aws.sms-voice", "Text Message Delivery Status Updated", detail, life.now))


_MAKERS = (ses, ses, ses, pinpoint, ses, ses_by_sns, sms, ses)


def _ses_parts(life: Life, each: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kinds of one life, each with its own object."""
    yield "Send", {"timestamp": moment(life.later())}
    end = life.chance.choice(("read", "read", "read", "bounced", "soft", "complained", "rejected"))
    if end == "rejected":
        life.later()
        yield "Reject", {"reason": "Bad content"}
        return
    if end in ("bounced", "soft"):
        yield "DeliveryDelay", {"delayType": "MailboxFull", **_told(life, "delayedRecipients")}
        kind = "Permanent" if end == "bounced" else "Transient"
        yield "Bounce", {"bounceType": kind, "bounceSubType": "General", **_told(life, "bouncedRecipients")}
    if end != "bounced":
        told = {"recipients": life.people, "smtpResponse": "250 2.6.0 Message received"}
        yield "Delivery", {**told, "processingTimeMillis": 1204, "timestamp": moment(life.later())}
        for number in range(max(0, each - 3)):
            read = {"ipAddress": "192.0.2.1", "userAgent": _AGENT, "timestamp": moment(life.later())}
            kind = "Click" if number % 3 == 2 else "Open"
            yield kind, read | ({"link": f"https://example.com/{number}"} if kind == "Click" else {})
    if end == "complained":
        yield "Complaint", {"complaintFeedbackType": "abuse", **_told(life, "complainedRecipients")}


def _told(life: Life, name: str) -> dict[str, Any]:
    entries = [
        {"emailAddress": person, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        for person in life.people
    ]
    return {name: entries, "timestamp": moment(life.later()), "feedbackId": f"f-{life.number}"}


def _published(life: Life, kind: str, part: dict[str, Any]) -> dict[str, Any]:
    name = "deliveryDelay" if kind == "DeliveryDelay" else kind.lower()
    mail = {
        "timestamp": moment(START + life.number * 1000),
        "source": "News <news@example.org>",
        "sourceArn": f"arn:aws:ses:eu-west-1:{ACCOUNT}:identity/example.org",
        "sendingAccountId": ACCOUNT,
        "messageId": life.id,
        "destination": life.people,
        "headersTruncated": False,
        "headers": _HEADERS,
        "commonHeaders": {"from": ["news@example.org"], "to": life.people, "subject": "News of the week"},
        "tags": {
            "ses:configuration-set": ["bench"],
            "ses:from-domain": ["example.org"],
            "campaign_id": ["c1"],
            "reference": [f"order-{life.number}"],
        },
    }
    return {"eventType": kind, "mail": mail, name: part}


def _bridged(source: str, kind: str, detail: dict[str, Any], at: int) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": moment(at),
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


_HEADERS = [
    {"name": "From", "value": "News <news@example.org>"},
    {"name": "To", "value": "reader@example.com"},
    {"name": "Subject", "value": "News of the week"},
    {"name": "MIME-Version", "value": "1.0"},
    {
        "name": "Content-Type",
        "value": 'multipart/alternative; boundary="----=_Part_7307378_1629847660.1516840721503"',
    },
]
