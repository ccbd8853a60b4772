"""Every event and notification beside AWS's published example of it: same members, types and values.

What differs is named here, each with its reason; a difference that is not named, and a name that is no difference
any more, fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailroom.local.engine.ses.compose import headers_of
from mailroom.local.engine.ses.events import publishing, topics
from mailroom.local.engine.ses.events.mail import Told
from mailroom.local.engine.ses.events.outcomes import (
    Bounce,
    Click,
    Complaint,
    Delivery,
    DeliveryDelay,
    Moment,
    Open,
    Outcome,
    Preferences,
    Reject,
    RenderingFailure,
    Send,
    Subscription,
)
from mailroom.local.engine.ses.identities import new_identity
from mailroom.local.engine.ses.simulator import DELAYED, UNKNOWN
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.engine.ses.store import Sent

PUBLISHED = Path(__file__).parent / "published_events"
SENT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BROWSER = "Mozilla/5.0"

VARIES = frozenset(
    (
        "timestamp", "feedbackId", "arrivalDate", "expirationTime", "processingTimeMillis", "messageId", "sourceArn",
        "sendingAccountId", "sourceIp", "ipAddress", "remoteMtaIp", "reportingMTA", "userAgent", "callerIdentity",
        "ses:caller-identity", "ses:source-ip", "ses:outgoing-ip",
    )
)  # fmt: skip
"""Members whose value is another one each time, or each place; their type is compared."""

AUTO_TAGS = {
    "more mail.tags.ses:source-tls-version": "an auto-tag that is younger than the examples",
    "more mail.tags.ses:operation": "seen in every event of today; the Subscription example has it",
}
OF_DELIVERY = {"more mail.tags.ses:outgoing-tls-version": "an auto-tag that is younger than the examples"}
SHORT_TAGS = {
    "more mail.tags.ses:source-ip": "the example shows the configuration set alone; the table of auto-tags has all",
    "more mail.tags.ses:from-domain": "as above",
    "more mail.tags.ses:caller-identity": "as above",
}
BARE_SOURCE = {
    "value mail.source": "two examples show a display name; the table says the envelope's MAIL FROM, which has none"
}
NOTIFIED = {
    "more mail.callerIdentity": "in the table of the mail object, and younger than the examples",
    "length mail.commonHeaders.to": "the example joins three addresses in one text; the page says an array of values",
    "value mail.commonHeaders.to[0]": "as above",
}
NO_SUB_TYPE = {
    "more complaint.complaintSubType": "in the table of the complaint object: null where SES did send"
}

HEADERS = {
    "plain": (
        "From: sender@example.com\r\nTo: recipient@example.com\r\nSubject: Message sent from Amazon SES\r\n"
        "MIME-Version: 1.0\r\n"
    ),
    "named": (
        "From: Sender Name <sender@example.com>\r\nTo: recipient@example.com\r\n"
        "Subject: Message sent from Amazon SES\r\nMIME-Version: 1.0\r\n"
    ),
    "john": (
        'From: "John Doe" <john@example.com>\r\n'
        'To: "Jane Doe" <jane@example.com>, "Mary Doe" <mary@example.com>, "Richard Doe" <richard@example.com>\r\n'
        'Message-ID: custom-message-ID\r\nSubject: Hello\r\nContent-Type: text/plain; charset="UTF-8"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
    ),
}


def differences(published: Any, ours: Any, where: str = "") -> Iterator[str]:
    """How ours differs from what AWS published: members that one has and the other has not, types, values."""
    name = where.rpartition(".")[2].partition("[")[0]
    if type(published) is not type(ours):
        yield f"type {where}"
    elif isinstance(published, dict):
        yield from (f"lacking {where}.{one}".replace(" .", " ") for one in published.keys() - ours.keys())
        yield from (f"more {where}.{one}".replace(" .", " ") for one in ours.keys() - published.keys())
        for one in published.keys() & ours.keys():
            yield from differences(published[one], ours[one], f"{where}.{one}".lstrip("."))
    elif isinstance(published, list):
        if len(published) != len(ours):
            yield f"length {where}"
        for number, pair in enumerate(zip(published, ours, strict=False)):
            yield from differences(*pair, f"{where}[{number}]")
    elif published != ours and name not in VARIES:
        yield f"value {where}"


@pytest.fixture
def example(ses: Ses) -> Region:
    """SES in us-east-1, where the examples are; example.com may send."""
    region = ses.region("us-east-1")
    new_identity(region, "example.com")
    return region


def told(region: Region, published: dict[str, Any], headers: str) -> Told:
    """The message that an example is about, as near as our own can be."""
    mail = published["mail"]
    shown = mail.get("headers", [])
    known = {line.partition(":")[0] for line in headers.splitlines()}
    more = "".join(f"{one['name']}: {one['value']}\r\n" for one in shown if one["name"] not in known)
    own = [(name, values[0]) for name, values in mail.get("tags", {}).items() if not name.startswith("ses:")]
    sent = Sent(
        id=mail["messageId"],
        sender="sender@example.com" if "sender@example.com" in mail["source"] else mail["source"],
        recipients=tuple(mail["destination"]),
        configuration_set="ConfigSet",
        time=SENT.isoformat(timespec="milliseconds"),
        region=region.name,
        via="api-v2",
        tags=tuple(own),
        operation="SendEmail",
    )
    return Told(region, sent, headers_of((headers + more + "\r\n").encode()))


def moment(region: Region) -> Moment:
    return Moment(SENT + timedelta(milliseconds=11893), SENT, region.name, "01-feedback-000000")


EVENTS: list[tuple[str, str, Outcome, dict[str, str]]] = [
    ("send", "plain", Send(), AUTO_TAGS),
    ("delivery", "plain", Delivery(), {**AUTO_TAGS, **OF_DELIVERY}),
    ("reject", "plain", Reject(), AUTO_TAGS),
    ("bounce", "named", UNKNOWN, {
        **AUTO_TAGS, **BARE_SOURCE,
        "more bounce.remoteMtaIp": "documented for notifications, and seen in events",
    }),
    ("complaint", "named", Complaint(), {**AUTO_TAGS, **BARE_SOURCE, **NO_SUB_TYPE}),
    ("open", "", Open(BROWSER), AUTO_TAGS),
    (
        "click", "",
        Click(
            BROWSER, "http://docs.aws.amazon.com/ses/latest/DeveloperGuide/send-email-smtp.html",
            (("samplekey0", "samplevalue0"), ("samplekey1", "samplevalue1")),
        ),
        AUTO_TAGS,
    ),
    (
        "rendering_failure", "",
        RenderingFailure("MyTemplate", "Attribute 'attributeName' is not present in the rendering data."),
        {**AUTO_TAGS, **SHORT_TAGS},
    ),
    (
        "delivery_delay", "",
        DeliveryDelay("TransientCommunicationFailure", *DELAYED),
        {
            **AUTO_TAGS, **SHORT_TAGS,
            "more deliveryDelay.reportingMTA": "in the table of the deliveryDelay object, not in the example",
        },
    ),
    (
        "subscription", "plain",
        Subscription(
            "ContactListName",
            Preferences(True, (("ExampleTopicName", "OptOut"),)),
            Preferences(False, (("ExampleTopicName", "OptOut"),)),
        ),
        {"more mail.tags.ses:source-tls-version": "an auto-tag that is younger than the examples"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "headers", "outcome", "named"), EVENTS, ids=[one[0] for one in EVENTS])
def test_an_event_is_as_aws_publishes_it(
    name: str, headers: str, outcome: Outcome, named: dict[str, str], example: Region
) -> None:
    """Member by member, with every constant value; what differs is named above."""
    published = json.loads((PUBLISHED / f"{name}.json").read_text())
    about = told(example, published, HEADERS.get(headers, ""))
    recipients = ["recipient@example.com"]
    ours = json.loads(json.dumps(publishing.event(about, outcome, moment(example), recipients)))
    assert set(differences(published, ours)) == named.keys()


NOTIFICATIONS: list[tuple[str, Outcome, list[str], dict[str, str]]] = [
    (
        "bounce_with_dsn",
        Bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 <jane@example.com>... User"),
        ["jane@example.com"],
        NOTIFIED,
    ),
    (
        "bounce_without_dsn",
        Bounce("Permanent", "General"),
        ["jane@example.com", "richard@example.com"],
        {
            **NOTIFIED,
            "lacking bounce.remoteMtaIp": "here a bounce without a report is one that no server sent",
        },
    ),
    ("complaint_with_report", Complaint(), ["richard@example.com"], {**NOTIFIED, **NO_SUB_TYPE}),
    (
        "complaint_without_report",
        Complaint(sub_type="OnAccountSuppressionList"),
        ["richard@example.com"],
        {**NOTIFIED, **NO_SUB_TYPE},
    ),
    (
        "delivery",
        Delivery("250 ok:  Message 64111812 accepted"),
        ["jane@example.com"],
        {"more mail.callerIdentity": "in the table of the mail object, and younger than the examples"},
    ),
]


@pytest.mark.parametrize(
    ("name", "outcome", "recipients", "named"), NOTIFICATIONS, ids=[one[0] for one in NOTIFICATIONS]
)
def test_a_notification_is_as_aws_publishes_it(
    name: str,
    outcome: Outcome,
    recipients: list[str],
    named: dict[str, str],
    example: Region,
    cloud: Any,
) -> None:
    """Member by member, as the identity's topic gets it; what differs is named above."""
    published = json.loads((PUBLISHED / f"notified_{name}.json").read_text())
    kind = published["notificationType"]
    example.notifications["example.com"] = {kind: "arn:aws:sns:us-east-1:1:t", f"{kind}Headers": True}
    headers = "" if kind == "Delivery" else HEADERS["john"]
    about = told(example, published, headers)
    assert topics.notify(about, outcome.kind, outcome.detail(moment(example), recipients)) is None
    ((_, subject, text),) = cloud.published
    assert subject == ""
    assert set(differences(published, json.loads(text))) == named.keys()


def test_the_comparison_sees_a_difference() -> None:
    """A lacking, an added and a changed member, another type, another length: each is found where it is."""
    published = {"a": {"b": "1", "c": 1, "d": ["x"]}, "timestamp": "1"}
    ours = {"a": {"b": "2", "c": "1", "d": [], "e": None}, "timestamp": "2"}
    assert set(differences(published, ours)) == {"value a.b", "type a.c", "length a.d", "more a.e"}
    assert set(differences({"a": 1}, {})) == {"lacking a"}
