"""The mailbox simulators: what becomes of mail to each address, and what counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailroom.local.engine import scan
from mailroom.local.engine.ses import delivery, identities, sending, simulator
from mailroom.local.engine.ses.compose import headers_of
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Region
from mailroom.local.engine.ses.store import Sent

RAW = b"From: m@mail.example\r\nTo: a@far.example\r\nSubject: x\r\n\r\nbody\r\n"
AWS = "simulator.amazonses.com"
OURS = "simulator.mailroom.example"


@pytest.fixture
def region(region: Region) -> Region:
    identities.new_identity(region, "mail.example")
    return region


def send(region: Region, *recipients: str, raw: bytes = RAW) -> list[dict[str, Any]]:
    """The events of a message to these recipients."""
    sent = sending.accept(region, Outgoing("m@mail.example", list(recipients), raw, "api-v2"))
    return region.mail.events(sent.id)


def short(event: dict[str, Any]) -> str:
    """An event in one word, with what tells it from others of its kind."""
    what = event.get("bounce") or event.get("complaint") or event.get("deliveryDelay") or {}
    more = [
        what[name]
        for name in ("bounceType", "bounceSubType", "complaintFeedbackType", "delayType")
        if name in what
    ]
    return " ".join((event["eventType"], *more))  # fmt: skip


@pytest.mark.parametrize(
    ("local_part", "follows"),
    [
        ("success", ["Delivery"]),
        ("SUCCESS", ["Delivery"]),
        ("success+label", ["Delivery"]),
        ("bounce", ["Bounce Permanent General"]),
        ("bounce+label-1", ["Bounce Permanent General"]),
        ("ooto", ["Delivery", "Bounce Transient General"]),
        ("complaint", ["Delivery", "Complaint abuse"]),
        ("suppressionlist", ["Bounce Permanent Suppressed"]),
        ("nobody", ["Bounce Permanent General"]),
        ("mailboxfull", ["Bounce Permanent General"]),
    ],
)
def test_aws_s_five_addresses_answer_as_documented(
    local_part: str, follows: list[str], region: Region
) -> None:
    """After Send; a label makes no difference, and nobody else lives there."""
    events = send(region, f"{local_part}@{AWS}")
    assert [short(event) for event in events] == ["Send", *follows]


@pytest.mark.parametrize(
    ("local_part", "follows"),
    [
        ("success", ["Delivery"]),
        ("bounce", ["Bounce Permanent General"]),
        ("complaint", ["Delivery", "Complaint abuse"]),
        ("latebounce", ["Delivery", "Bounce Permanent General"]),
        ("noemail", ["Bounce Permanent NoEmail"]),
        ("mailboxfull+1", ["Bounce Transient MailboxFull"]),
        ("messagetoolarge", ["Bounce Transient MessageTooLarge"]),
        ("contentrejected", ["Bounce Transient ContentRejected"]),
        ("attachmentrejected", ["Bounce Transient AttachmentRejected"]),
        ("transient", ["Bounce Transient General"]),
        ("timedout", ["Bounce Transient CustomTimeoutExceeded"]),
        ("undetermined", ["Bounce Undetermined Undetermined"]),
        ("optedout", ["Bounce Permanent UnsubscribedRecipient"]),
        ("delayed", ["DeliveryDelay TransientCommunicationFailure", "Delivery"]),
        ("expired", ["DeliveryDelay TransientCommunicationFailure", "Bounce Transient General"]),
        ("opened", ["Delivery", "Open"]),
        ("clicked", ["Delivery", "Open", "Click"]),
        ("unsubscribed", ["Delivery", "Subscription"]),
    ],
)
def test_our_own_addresses_bring_about_the_rest(local_part: str, follows: list[str], region: Region) -> None:
    """What AWS's simulator has not, for tests and drills, in the local cloud only."""
    assert [short(event) for event in send(region, f"{local_part}@{OURS}")] == ["Send", *follows]


def test_the_bounce_says_what_aws_documents(region: Region) -> None:
    """An SMTP 550 5.1.1, unknown user, reported by the server of SES that tried."""
    bounce = send(region, f"bounce@{AWS}")[1]["bounce"]
    assert bounce["bouncedRecipients"] == [
        {
            "emailAddress": f"bounce@{AWS}",
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ]
    assert bounce["reportingMTA"].startswith("dns; ")
    assert bounce["reportingMTA"].endswith(".eu-west-1.amazonses.com")


def test_bounces_of_one_request_come_together(region: Region) -> None:
    """One event for labels of the same address; each outcome its own; everybody in the Send event."""
    recipients = [f"{name}@{AWS}" for name in ("bounce+1", "success", "bounce+2", "complaint")]
    events = send(region, *recipients)
    assert events[0]["mail"]["destination"] == recipients
    assert [
        [one["emailAddress"] for one in event["bounce"]["bouncedRecipients"]]
        for event in events
        if event["eventType"] == "Bounce"
    ] == [[f"bounce+1@{AWS}", f"bounce+2@{AWS}"]]
    assert [event["delivery"]["recipients"] for event in events if event["eventType"] == "Delivery"] == [
        [f"success@{AWS}"],
        [f"complaint@{AWS}"],
    ]


def test_aws_s_simulator_counts_nowhere_and_ours_does(region: Region) -> None:
    """Only outcomes that could be real put somebody on the suppression list, with message and feedback id."""
    send(region, f"bounce@{AWS}", f"complaint@{AWS}", f"suppressionlist@{AWS}")
    assert region.suppressed == {}
    events = send(region, f"Bounce@{OURS}", f"complaint@{OURS}", f"mailboxfull@{OURS}", f"ooto@{OURS}")
    assert {address: entry["Reason"] for address, entry in region.suppressed.items()} == {
        f"bounce@{OURS}": "BOUNCE",
        f"complaint@{OURS}": "COMPLAINT",
    }
    entry = region.suppressed[f"bounce@{OURS}"]
    assert entry["EmailAddress"] == f"Bounce@{OURS}"
    assert entry["Attributes"]["MessageId"] == events[0]["mail"]["messageId"]
    assert entry["Attributes"]["FeedbackId"] in [
        event.get("bounce", {}).get("feedbackId") for event in events
    ]


@pytest.mark.parametrize(
    ("account", "of_set", "listed"),
    [
        (["BOUNCE", "COMPLAINT"], None, ["bounce", "complaint"]),
        (["COMPLAINT"], None, ["complaint"]),
        ([], None, []),
        ([], ["BOUNCE"], ["bounce"]),
        (["BOUNCE", "COMPLAINT"], [], []),
    ],
)
def test_who_comes_on_the_list_is_the_set_s_word_before_the_account_s(
    account: list[str], of_set: list[str] | None, listed: list[str], region: Region
) -> None:
    """As who is suppressed: a configuration set that says so overrides the account, an empty list included."""
    region.account.suppressed_reasons = account
    region.configuration_sets["own"] = {"SendingOptions": {"SendingEnabled": True}}
    if of_set is not None:
        region.configuration_sets["own"]["SuppressionOptions"] = {"SuppressedReasons": of_set}
    recipients = [f"bounce@{OURS}", f"complaint@{OURS}"]
    sending.accept(region, Outgoing("m@mail.example", recipients, RAW, "api-v2", "own"))
    assert sorted(address.partition("@")[0] for address in region.suppressed) == listed


def test_a_second_mail_to_who_bounced_is_not_sent(region: Region) -> None:
    """The list works at once: by a bounce where a bounce led there, by a complaint where a complaint did."""
    recipients = (f"bounce@{OURS}", f"complaint@{OURS}")
    send(region, *recipients)
    send_again, bounce, complaint = send(region, *recipients)
    assert short(send_again) == "Send"
    assert short(bounce) == "Bounce Permanent OnAccountSuppressionList"
    assert bounce["bounce"]["reportingMTA"] == "dns; amazonses.com"
    assert complaint["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
    assert "complaintFeedbackType" not in complaint["complaint"]


def test_who_opted_out_is_told_as_such(region: Region) -> None:
    """Not sent for another reason than the suppression list: list management's bounce, and no suppression."""
    sent = Sent(
        id="01-m",
        sender="m@mail.example",
        recipients=("a@far.example", "out@far.example"),
        configuration_set="",
        time="2026-11-24T12:00:00.000+00:00",
        region=region.name,
        via="api-v2",
        suppressed=("out@far.example",),
    )
    region.mail.keep(sent, RAW)
    delivery.hand_over(region, sent, RAW, headers_of(RAW))
    events = region.mail.events("01-m")
    assert [short(event) for event in events] == [
        "Send",
        "Delivery",
        "Bounce Permanent UnsubscribedRecipient",
    ]
    assert region.suppressed == {}


def test_a_virus_is_rejected_after_it_was_taken(region: Region) -> None:
    """Send, then Reject, and nobody gets anything; the string for spam is let through on the way out."""
    infected = RAW + scan.EICAR + b"\r\n"
    events = send(region, "a@far.example", f"bounce@{AWS}", raw=infected)
    assert [short(event) for event in events] == ["Send", "Reject"]
    assert events[1]["reject"] == {"reason": "Bad content"}
    assert [short(event) for event in send(region, "a@far.example", raw=RAW + scan.GTUBE)] == [
        "Send",
        "Delivery",
    ]


def test_a_template_that_could_not_be_filled_is_told_of_and_nothing_else(region: Region) -> None:
    """The event names the template and what was lacking."""
    problem = "Attribute 'name' is not present in the rendering data."
    sent = Sent(
        id="01-m",
        sender="m@mail.example",
        recipients=("a@far.example",),
        configuration_set="",
        time="2026-11-24T12:00:00.000+00:00",
        region=region.name,
        via="api-v2",
    )
    region.mail.keep(sent, b"")
    delivery.not_rendered(region, sent, "welcome", problem)
    (event,) = region.mail.events("01-m")
    assert event["eventType"] == "Rendering Failure"
    assert event["failure"] == {"errorMessage": problem, "templateName": "welcome"}


def test_every_address_is_documented() -> None:
    """docs/local.md names all that answer."""
    page = (Path(__file__).parents[3] / "docs" / "local.md").read_text()
    for name in (*simulator.FIVE, *simulator.MORE):
        assert f"`{name}`" in page, name
