"""How a mail went: its badges and its timeline, from events as SES publishes them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.local.engine.ses.store import Sent
from mailroom.local.inbox.outcome import KINDS, outcome
from mailroom.local.inbox.timeline import MAXIMUM_STEPS, steps
from mailroom.local.inbox.views import badges, events, icons

TO = ("a@far.example", "b@far.example")
SENT = Sent("id", "me@mail.example", TO, "set", "2026-11-24T12:00:00.000+00:00", "eu-west-1", "api-v2")


def event(kind: str, **members: Any) -> dict[str, Any]:
    mail = {"timestamp": "2026-11-24T12:00:00.000Z", "messageId": "id", "destination": list(TO)}
    return {"eventType": kind, "mail": mail, **members}


def delivery(*to: str) -> dict[str, Any]:
    return event("Delivery", delivery={"recipients": list(to), "timestamp": "2026-11-24T12:00:00.800Z"})


def bounce(*to: str, kind: str = "Permanent") -> dict[str, Any]:
    listed = [{"emailAddress": one, "status": "5.1.1", "diagnosticCode": "smtp; 550 no"} for one in to]
    return event("Bounce", bounce={"bounceType": kind, "bouncedRecipients": listed})


def complaint(*to: str) -> dict[str, Any]:
    return event("Complaint", complaint={"complainedRecipients": [{"emailAddress": one} for one in to]})


def delay(*to: str) -> dict[str, Any]:
    return event("DeliveryDelay", deliveryDelay={"delayedRecipients": [{"emailAddress": one} for one in to]})


A, B = TO


@pytest.mark.parametrize(
    ("told", "fates", "deeds"),
    [
        ([], {"accepted": 2}, ()),
        ([event("Send", send={})], {"accepted": 2}, ()),
        ([delivery(A, B)], {"delivered": 2}, ()),
        ([delivery(A)], {"delivered": 1, "accepted": 1}, ()),
        ([delivery(A), bounce(B)], {"bounced": 1, "delivered": 1}, ()),
        ([delivery(A), delivery(A)], {"delivered": 1, "accepted": 1}, ()),
        ([delivery(A.upper())], {"delivered": 1, "accepted": 1}, ()),
        ([delay(A, B)], {"delayed": 2}, ()),
        ([delay(A, B), delivery(A)], {"delayed": 1, "delivered": 1}, ()),
        ([delivery(A), delay(A)], {"delivered": 1, "accepted": 1}, ()),
        ([delay(A), bounce(A)], {"bounced": 1, "accepted": 1}, ()),
        ([delivery(A), complaint(A)], {"complained": 1, "accepted": 1}, ()),
        ([complaint(A), delivery(A)], {"complained": 1, "accepted": 1}, ()),
        ([bounce(A), delivery(A)], {"bounced": 1, "accepted": 1}, ()),
        ([bounce(A, kind="Transient")], {"bounced": 1, "accepted": 1}, ()),
        ([delivery(A), bounce(A, kind="Transient")], {"delivered": 1, "accepted": 1}, ()),
        ([bounce(A, kind="Transient"), delivery(A)], {"delivered": 1, "accepted": 1}, ()),
        ([delay(A), bounce(A, kind="Transient")], {"bounced": 1, "accepted": 1}, ()),
        ([event("Reject", reject={"reason": "Bad content"})], {"rejected": 2}, ()),
        ([event("Rendering Failure", failure={"errorMessage": "x"})], {"failed": 2}, ()),
        ([event("Open", open={}), event("Open", open={}), event("Click", click={})], {"accepted": 2}, ("opened", "clicked")),
        ([event("Subscription", subscription={})], {"accepted": 2}, ("subscription",)),
        ([delivery("someone@else.example")], {"delivered": 1, "accepted": 2}, ()),
        ([event("Unheard of")], {"accepted": 2}, ()),
        ([{}, {"eventType": 5, "mail": "x"}, {"eventType": "Bounce", "bounce": "x"}], {"bounced": 2} , ()),
        ([{"notificationType": "Delivery", "mail": {}, "delivery": {"recipients": [A]}}], {"delivered": 1, "accepted": 1}, ()),
    ],
)  # fmt: skip
def test_events_tell_how_a_mail_went(told: list[Any], fates: dict[str, int], deeds: tuple[str, ...]) -> None:
    """Each recipient once, the worst first; late, double, unordered and broken events end the same."""
    if told and not told[0]:  # what names nobody is about all, and there is nobody
        fates = {"accepted": 2}
    found = outcome(SENT, told)
    assert dict(found.fates) == fates
    assert found.deeds == deeds
    assert set(found.kinds) <= set(KINDS)


def test_who_is_suppressed_stays_so() -> None:
    """SES tells of a bounce; both words find the mail, the badge says why."""
    sent = Sent(**{**SENT.__dict__, "suppressed": (A,)})
    found = outcome(sent, [bounce(A), delivery(B)])
    assert found.fates == (("suppressed", 1), ("delivered", 1))
    assert {"bounced", "suppressed", "delivered"} <= found.kinds


@given(
    st.permutations(
        [delivery(A), bounce(A, kind="Transient"), delay(A, B), delivery(B), complaint(B), delay(B)]
    )
)
def test_the_order_of_events_does_not_matter(told: list[Any]) -> None:
    """They come over a network."""
    found = outcome(SENT, told + told[:2])
    assert found.fates == (("complained", 1), ("delivered", 1))
    assert {"bounced", "delayed", "delivered", "complained"} <= found.kinds


def test_every_outcome_has_its_look() -> None:
    """A label, an explanation and a drawing for each, or a page would fail on the first such event."""
    for kind in KINDS:
        assert badges.LABELS[kind] in badges.badge(kind)
        assert badges.EXPLAINED[kind]
        assert "<path" in icons.icon(kind)


def test_numbers_stand_only_where_recipients_differ() -> None:
    """One fate for all needs no number."""
    assert "Delivered" in badges.badges(outcome(SENT, [delivery(A, B)]))
    mixed = badges.badges(outcome(SENT, [delivery(A), bounce(B)]))
    assert "1 bounced" in mixed
    assert "1 delivered" in mixed


PUBLISHED = {
    "Bounce": ("bounced", {"bounceType": "Permanent", "bounceSubType": "General", "reportingMTA": "dsn; mta.example"}),
    "Complaint": ("complained", {"complaintFeedbackType": "abuse", "userAgent": "Feedback"}),
    "Delivery": ("delivered", {"smtpResponse": "250 ok", "processingTimeMillis": 880, "remoteMtaIp": "127.0.2.0"}),
    "DeliveryDelay": ("delayed", {"delayType": "MailboxFull", "expirationTime": "2026-11-28T12:00:00.000Z"}),
    "Reject": ("rejected", {"reason": "Bad content"}),
    "Open": ("opened", {"ipAddress": "192.0.2.1", "userAgent": "Mozilla"}),
    "Click": ("clicked", {"link": "http://far.example/", "ipAddress": "192.0.2.1"}),
    "Rendering Failure": ("failed", {"errorMessage": "Attribute 'x' is not present", "templateName": "Hello"}),
    "Subscription": ("subscription", {"contactList": "News", "source": "UnsubscribeHeader"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", PUBLISHED)
def test_each_event_is_a_step_with_its_details(kind: str) -> None:
    """Members as "Contents of event data that Amazon SES publishes" names them become lines; the whole is kept."""
    look, inside = PUBLISHED[kind]
    member = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}.get(kind, kind.lower())
    told = event(kind, **{member: {**inside, "timestamp": "2026-11-24T12:00:02.500Z"}})
    took, step = steps(SENT, [told])
    assert took.title == "Taken by SES"
    assert (step.look, step.after) == (look, 2.5)
    assert {value for _, value in step.details} == {str(value) for value in inside.values()}
    assert json.loads(step.source) == told
    html = events.timeline("id", [took, step], datetime.fromisoformat(SENT.time))
    assert "+2.5 s" in html
    assert f'class="disc {look}"' in html


def test_steps_are_in_the_order_of_their_times() -> None:
    """Events may come late; what has no time of its own stands where the mail was sent."""
    late = event("Open", open={"timestamp": "2026-11-24T12:10:00Z"})
    told = [late, bounce(A), event("Send", send={}), delivery(B)]
    assert [step.title for step in steps(SENT, told)] == [
        "Taken by SES",
        "Bounced",
        "Sent on by SES",
        "Delivered",
        "Opened",
    ]


def test_diagnoses_are_told_by_recipient() -> None:
    """What the other server said, with whose it is where there are several."""
    _, one = steps(SENT, [bounce(A)])
    _, two = steps(SENT, [bounce(A, B)])
    assert one.details[-1] == ("Diagnosis", "5.1.1 smtp; 550 no")
    assert two.details[-1] == ("Diagnosis", f"{B} 5.1.1 smtp; 550 no")


def test_a_flood_of_events_is_bounded() -> None:
    """The page stays a page."""
    assert len(steps(SENT, [delivery(A)] * 5000)) == MAXIMUM_STEPS + 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (0, "+0 ms"), (-3, ""), (0.0444, "+44 ms"), (2.52, "+2.5 s"), (59.9, "+59.9 s"), (125, "+2 min 5 s"), (12000, "+3 h 20 min")],
)  # fmt: skip
def test_the_time_since_the_send(seconds: float | None, said: str) -> None:
    """As fine as it matters."""
    assert events.after(seconds) == said
