"""From a state to what people read: attributes, one status, the timeline, what a reader sees."""

from decimal import Decimal
from typing import Any

import pytest

from lambda_src.status.event import Event
from lambda_src.status.keys import NO_RECIPIENT, Key
from lambda_src.status.view import (
    EMAIL_ATTRIBUTES,
    EMAIL_RANKS,
    FAILURES,
    RANKS,
    SMS_ATTRIBUTES,
    is_final,
    published,
    read,
    seconds,
    status_of,
    timeline,
    view,
)
from tests.unit.status.made import ANN, ID, at, event, state


def mail(*names: str) -> list[Event]:
    """E-mail events, a second apart; `name@7` gives another second."""
    parts = [name.partition("@") for name in names]
    return [event(name, int(second or number)) for number, (name, _, second) in enumerate(parts)]


def message(*names: str) -> list[Event]:
    """SMS events; a `~` before the name is one that another will follow."""
    parts = [name.partition("@") for name in names]
    return [
        event(name.lstrip("~"), int(second or number), "sms", "sms", final=not name.startswith("~"))
        for number, (name, _, second) in enumerate(parts)
    ]


LIVES = [
    (mail("send"), "send"),
    (mail("send", "delayed"), "delayed"),
    (mail("delayed", "send"), "delayed"),
    (mail("send", "delayed", "delivered"), "delivered"),
    (mail("send", "delivered", "open"), "open"),
    (mail("open", "delivered", "send"), "open"),
    (mail("send", "delivered", "click", "open"), "click"),
    (mail("click", "unsubscribe"), "unsubscribe"),
    (mail("send", "softbounce"), "softbounce"),
    (mail("softbounce@5", "delivered@4"), "softbounce"),
    (mail("softbounce@5", "delivered@5"), "softbounce"),
    (mail("softbounce@5", "delivered@6"), "delivered"),
    (mail("softbounce@5", "open@6"), "open"),
    (mail("softbounce@5", "unsubscribe@6"), "unsubscribe"),
    (mail("softbounce@5", "delivered@1", "click@6"), "click"),
    (mail("softbounce@5", "softbounce@9", "delivered@6"), "softbounce"),
    (mail("softbounce@5", "delayed@9", "send@8"), "softbounce"),
    (mail("send", "rendering_failure"), "rendering_failure"),
    (mail("rejected", "send"), "rejected"),
    (mail("hardbounce@1", "delivered@9", "open@9"), "hardbounce"),
    (mail("complaint@1", "hardbounce@2", "open@3"), "complaint"),
    (message("~buffered"), "buffered"),
    (message("success@5", "~buffered@9"), "success"),
    (message("failure@5", "success@6"), "success"),
    (message("success@5", "failure@6"), "failure"),
    (message("success@5", "failure@5"), "failure"),
    (message("success@5", "failure@6", "success@7"), "success"),
    (message("optout@1", "success@9"), "optout"),
    (message("~failure@9", "success@1"), "success"),
    (message("~failure@1", "~buffered@9"), "failure"),
    (message("~success@1", "~buffered@9"), "success"),
    (message("buffered@5", "~success@9"), "buffered"),
]


@pytest.mark.parametrize(("events", "status"), LIVES, ids=lambda value: str(value)[:0] or None)
def test_status(events: list[Event], status: str) -> None:
    """The status goes by severity, as the plan's table says; no time of arrival is known to it."""
    found = state(*events)
    assert status_of(found) == status
    assert view(ID, ANN, found)["status"] == status


FINAL = {"delivered", "open", "click", "unsubscribe", *FAILURES} - {"failure", "optout"}


@pytest.mark.parametrize("name", EMAIL_RANKS)
def test_final_mail(name: str) -> None:
    """A mail is finished with everything but send and delayed."""
    assert is_final(state(*mail(name))) == (name in FINAL)


def test_final_sms() -> None:
    """An SMS is finished with its first final event, whatever it says."""
    assert not is_final(state(*message("~failure", "~success")))
    assert is_final(state(*message("~buffered", "buffered")))


def test_only_bots() -> None:
    """A machine's open is no status, and no time of an open; it is counted beside."""
    found = view(ID, ANN, state(event("open", 1, bot=True, mark="a" * 8)))
    assert "status" not in found
    assert "open" not in found
    assert (found["bot_opens"], found.get("opens")) == (1, None)


def test_attributes_of_a_mail() -> None:
    """Times by the events' published names, each the first of that event; facts, counts, codes and words."""
    facts = {
        "aws_account_id": "1",
        "from_address": "n@x.example",
        "campaign_id": "c",
        "journey_id": "j",
        "client": "e",
    }
    found = view(
        ID,
        ANN,
        state(
            event("send", 0, facts=facts),
            event("delivered", 1, text="250 ok", number="1204"),
            event("open", 9, mark="b" * 8),
            event("open", 3, mark="a" * 8, own=False),
            event("click", 4, mark="c" * 8),
            event("delayed", 1, kind="MailboxFull", text="421 later", mark="d" * 8),
            event("softbounce", 2, kind="Transient", sub="General", text="smtp; 450"),
            event("open", 5, bot=True, mark="e" * 8),
        ),
    )
    assert found == {
        "message_id": ID, "recipient": ANN, "destination": ANN, "event_type": "email", **facts,
        "send": at(0), "delivered": at(1), "open": at(3), "click": at(4), "softbounce": at(2),
        "status": "click", "status_at": at(4), "source": "ses",
        "smtp_response": "250 ok", "processing_ms": 1204, "opens": 2, "clicks": 1, "bot_opens": 1,
        "delays": 1, "delay_type": "MailboxFull", "delay_reason": "421 later",
        "bounce_type": "Transient", "bounce_subtype": "General", "bounce_reason": "smtp; 450",
    }  # fmt: skip


def test_attributes_of_an_sms() -> None:
    """Record status and price are those of the event that decides the status; words and price of another
    where that has none."""
    found = view(
        "m",
        "+14255550101",
        state(
            event("buffered", 0, "sms", "pinpoint", kind="PENDING", final=False),
            event("success", 5, "sms", "pinpoint", kind="DELIVERED", number="580.5"),
            event("failure", 4, "sms", "pinpoint", kind="UNREACHABLE", text="no phone", number="1"),
        ),
    )
    assert found == {
        "message_id": "m", "recipient": "+14255550101", "destination_phone_number": "+14255550101",
        "event_type": "sms", "buffered": at(0), "success": at(5), "failure": at(4),
        "status": "success", "status_at": at(5), "source": "pinpoint", "record_status": "DELIVERED",
        "status_description": "no phone", "price_in_millicents_usd": Decimal("580.5"),
    }  # fmt: skip


def test_counts_are_bounded() -> None:
    """Up to 200 the count is exact, then "200+"."""

    def opens(number: int) -> Any:
        return view(ID, ANN, state(*(event("open", mark=f"{n:08}") for n in range(number))))["opens"]

    assert [opens(1), opens(200), opens(201), opens(1000)] == [1, 200, "200+", "200+"]


@pytest.mark.parametrize(
    ("events", "names"), [(mail("send"), EMAIL_ATTRIBUTES), (message("~buffered"), SMS_ATTRIBUTES)]
)
def test_published(events: list[Event], names: tuple[str, ...]) -> None:
    """The published form has every published attribute and no other, NA where nothing is known."""
    found = published(view(ID, "x@y.example", state(*events)))
    assert tuple(found) == names
    assert [name for name, value in found.items() if value != "NA"] == [
        name
        for name in names
        if name in ("message_id", "event_type", "destination", "destination_phone_number", events[0].name)
    ]


def test_timeline() -> None:
    """What happened stands in the order of the first times, with words, counts and what it was said for."""
    found = timeline(
        state(
            event("open", 9, mark="a" * 8, own=False),
            event("open", 4, mark="b" * 8, own=False),
            event("send", 0),
            event("hardbounce", 4, kind="Permanent", sub="NoEmail", text="550 unknown"),
            event("click", 5, bot=True, mark="c" * 8),
        )
    )
    usual = {"source": "ses", "text": "", "count": 1, "shared": False}
    assert found == [
        {**usual, "at": at(0), "event": "send"},
        {**usual, "at": at(4), "event": "open", "count": 2, "shared": True, "last_at": at(9)},
        {**usual, "at": at(4), "event": "hardbounce", "text": "550 unknown", "code": "Permanent NoEmail"},
        {**usual, "at": at(5), "event": "bot_click"},
    ]


def test_events_for_nobody_count_for_all() -> None:
    """What is known of a message without a recipient counts for each of its recipients, marked as shared;
    other messages have nothing of it."""
    states = {
        Key(ID, NO_RECIPIENT): state(event("open", 9, mark="a" * 8, recipient=NO_RECIPIENT)),
        Key(ID, ANN): state(event("delivered", 1)),
        Key(ID, "bob@example.com"): state(event("open", 2, mark="b" * 8)),
        Key("other", ANN): state(event("send", 1)),
        Key("alone", NO_RECIPIENT): state(event("send", 1)),
    }
    found = {(one["message_id"], one["recipient"]): one for one in read(states, seconds(at(10)))}
    assert set(found) == {(ID, ANN), (ID, "bob@example.com"), ("other", ANN), ("alone", NO_RECIPIENT)}
    assert (found[ID, ANN]["status"], found[ID, ANN]["shared"]) == ("open", ["open"])
    assert (found[ID, "bob@example.com"]["opens"], found[ID, "bob@example.com"].get("shared")) == (2, None)
    assert "destination" not in found["alone", NO_RECIPIENT]


@pytest.mark.parametrize(
    ("events", "hours", "stuck", "unanswered"),
    [
        (mail("send"), 23.9, False, None),
        (mail("send"), 24, True, None),
        (mail("send", "delayed"), 99, True, None),
        (mail("send", "delivered"), 99, False, None),
        (message("~buffered"), 71.9, True, False),
        (message("~buffered"), 72, True, True),
        (message("~buffered", "~failure"), 99, True, True),
        (message("~buffered", "success"), 99, False, False),
    ],
)
def test_waiting(events: list[Event], hours: float, stuck: bool, unanswered: bool | None) -> None:
    """Without a final event a message is stuck after a day, and an SMS has no carrier's answer after three."""
    [found] = read({Key(ID, ANN): state(*events)}, seconds(events[0].at) + hours * 3600)
    assert (found["stuck"], found.get("no_carrier_answer")) == (stuck, unanswered)


def test_every_attribute_is_reached() -> None:
    """Each attribute of the published tables that is named after an event comes from one."""
    reached = {name for events, _ in LIVES for name in view(ID, ANN, state(*events))}
    assert {*EMAIL_ATTRIBUTES, *SMS_ATTRIBUTES} & set(RANKS) == reached & set(RANKS)
