"""Items as callers see them: every published attribute, `NA`, our own, and timelines in plain words."""

from typing import Any

import pytest

from lambda_src.status import view
from lambda_src.status.event import Event
from tests.unit.status.api import description
from tests.unit.status.api.conftest import Api, at, event

ANN, BOB, PHONE = "ann@example.org", "bob@example.org", "+12065550101"

MAIL = [
    event(
        "m-1",
        ANN,
        "send",
        at(60),
        aws_account_id="111122223333",
        from_address="news@example.com",
        reference="o-1",
    ),
    event("m-1", ANN, "delayed", at(59), kind="MailboxFull", text="452 4.2.2 full", mark="1" * 8),
    event("m-1", ANN, "delivered", at(58), text="250 2.0.0 OK", number="1362"),
    event("m-1", ANN, "open", at(57), mark="2" * 8),
    event("m-1", ANN, "open", at(50), mark="3" * 8),
    event("m-1", ANN, "open", at(56), mark="4" * 8, bot=True),
    event("m-1", ANN, "click", at(40), mark="5" * 8, own=False),
]
EVERYTHING = [
    *MAIL,
    event("m-1", ANN, "click", at(39), mark="6" * 8, bot=True),
    event("m-1", ANN, "unsubscribe", at(38), text="unsubscribed by a link"),
    event("m-1", ANN, "softbounce", at(58), kind="Transient", sub="MailboxFull", text="smtp; 452 4.2.2 full"),
    event("m-1", ANN, "rendering_failure", at(37), kind="welcome", text="Attribute 'name' is missing"),
    event("m-1", ANN, "rejected", at(36), text="Bad content"),
    event(
        "m-1", ANN, "hardbounce", at(35), kind="Permanent", sub="NoEmail", text="smtp; 550 5.1.1 user unknown"
    ),
    event("m-1", ANN, "complaint", at(34), kind="abuse", sub="OnAccountSuppressionList", text="provider"),
]
SMS = [
    event(
        "s-1",
        PHONE,
        "buffered",
        at(9),
        final=False,
        kind="PENDING",
        client="111122223333",
        carrier="A carrier",
    ),
    event(
        "s-1", PHONE, "success", at(8), kind="DELIVERED", number="645", text="accepted", iso_country_code="US"
    ),
]


def whole(api: Api, message_id: str) -> list[dict[str, Any]]:
    """The recipients of a message, checked against the description."""
    answer = api.get(f"/messages/{message_id}")
    description.check("GET", "/messages/{message_id}", answer, answer["said"])
    return answer["said"]["recipients"]


def test_a_mail_has_every_published_attribute(query_api: Api) -> None:
    """Known ones with their values, all others NA; ours beside them."""
    query_api.put(*MAIL)
    [item] = whole(query_api, "m-1")
    published = {name: item[name] for name in view.EMAIL_ATTRIBUTES}
    assert published == dict.fromkeys(view.EMAIL_ATTRIBUTES, "NA") | {
        "message_id": "m-1",
        "event_type": "email",
        "aws_account_id": "111122223333",
        "from_address": "news@example.com",
        "destination": ANN,
        "send": at(60),
        "delivered": at(58),
        "open": at(57),
        "click": at(40),
    }
    ours = {name: value for name, value in item.items() if name not in published and name != "timeline"}
    assert ours == {
        "recipient": ANN,
        "status": "click",
        "status_at": at(40),
        "source": "ses",
        "words": "A link in the mail was followed.",
        "reference": "o-1",
        "shared": ["click"],
        "stuck": False,
        "opens": 2,
        "clicks": 1,
        "bot_opens": 1,
        "delays": 1,
        "delay_type": "MailboxFull",
        "delay_reason": "452 4.2.2 full",
        "smtp_response": "250 2.0.0 OK",
        "processing_ms": 1362,
    }


def test_an_sms_has_every_published_attribute(query_api: Api) -> None:
    """The price is a number, in thousandths of a cent."""
    query_api.put(*SMS)
    [item] = whole(query_api, "s-1")
    assert item["price_in_millicents_usd"] == 645
    assert item["record_status"] == "DELIVERED"
    assert item["no_carrier_answer"] is False
    assert set(view.SMS_ATTRIBUTES) <= set(item)
    assert item["complaint"] == item["optout"] == item["journey_id"] == "NA"


def test_a_price_in_parts_of_a_millicent_stays_exact(query_api: Api) -> None:
    """A decimal number of the table is the same number in JSON."""
    query_api.put(event("s-1", PHONE, "success", at(8), kind="DELIVERED", number="581.5"))
    assert '"price_in_millicents_usd": 581.5' in query_api.get("/messages/s-1")["body"]


@pytest.mark.parametrize(
    "events", [EVERYTHING, SMS, MAIL[:1], [event("m-1", ANN, "open", at(9), bot=True, mark="7" * 8)]]
)
def test_whatever_is_known_is_described(query_api: Api, events: list[Event]) -> None:
    """Items with all attributes that there are, and with hardly any, in the forms of every route."""
    query_api.put(*events)
    message_id, recipient = events[0].message_id, events[0].recipient
    for method, path, body, query in (
        ("GET", f"/messages/{message_id}", None, {}),
        ("POST", "/messages/search", {"recipient": recipient}, {}),
        ("GET", "/failures", None, {}),
        ("GET", "/call", None, {"message_id": message_id}),
    ):
        answer = query_api.ask(method, path, body, **query)
        resource = "/messages/{message_id}" if message_id in path else path
        assert answer["statusCode"] == 200
        description.check(method, resource, answer, answer["said"])


def test_only_a_machine_has_opened_it(query_api: Api) -> None:
    """Then nothing is known of where it is: NA, not an empty word."""
    query_api.put(event("m-1", ANN, "open", at(9), bot=True, mark="7" * 8))
    [item] = whole(query_api, "m-1")
    assert (item["status"], item["status_at"], item["source"], item["open"]) == ("NA", "NA", "NA", "NA")
    assert item["words"] == ""
    assert item["bot_opens"] == 1


def test_the_timeline_tells_what_happened_in_plain_words(query_api: Api) -> None:
    """In the order of the first times; what a machine did stands apart."""
    query_api.put(*MAIL)
    [item] = whole(query_api, "m-1")
    lines = item["timeline"]
    assert [line["event"] for line in lines] == ["send", "delayed", "delivered", "open", "bot_open", "click"]
    assert lines[1]["words"] == "The recipient's mailbox is full."
    assert lines[3] == {
        "at": at(57), "last_at": at(50), "event": "open", "source": "ses", "text": "", "count": 2,
        "shared": False, "words": "The mail was opened.",
    }  # fmt: skip


def test_lists_have_no_timelines(query_api: Api) -> None:
    """They are asked for one by one."""
    query_api.put(*MAIL)
    [item] = query_api.search(recipient=ANN)["said"]["items"]
    assert "timeline" not in item
    assert item["status"] == "click"


def test_each_recipient_has_an_item(query_api: Api) -> None:
    """In the order of their addresses; an event without a recipient counts for both, marked so."""
    query_api.put(
        event("m-1", BOB, "send", at(3)),
        event("m-1", ANN, "send", at(3)),
        event("m-1", "*", "rejected", at(2)),
    )
    found = whole(query_api, "m-1")
    assert [item["recipient"] for item in found] == [ANN, BOB]
    assert all(item["status"] == "rejected" and item["shared"] == ["rejected"] for item in found)


def test_a_message_that_is_not_known_is_404(query_api: Api) -> None:
    """With a sentence that says what that can mean."""
    answer = query_api.get("/messages/m-1")
    assert answer["statusCode"] == 404
    assert answer["said"]["error"] == "not_found"
    assert "its days here are over" in answer["said"]["message"]


def test_a_carrier_that_does_not_answer_is_told(query_api: Api) -> None:
    """After 72 hours without a final event, at the read."""
    query_api.put(event("s-1", PHONE, "buffered", at(0), final=False, kind="PENDING"))
    query_api.now += 72 * 3600 - 1
    assert whole(query_api, "s-1")[0]["no_carrier_answer"] is False
    query_api.now += 1
    assert whole(query_api, "s-1")[0]["no_carrier_answer"] is True


def test_the_published_call(query_api: Api) -> None:
    """The item alone where there is one recipient, with the published attributes and no others."""
    query_api.put(*MAIL, *SMS)
    answer = query_api.get("/call", message_id="m-1")
    assert list(answer["said"]) == list(view.EMAIL_ATTRIBUTES)
    assert answer["said"]["hardbounce"] == "NA"
    assert list(query_api.get("/call", message_id="s-1")["said"]) == list(view.SMS_ATTRIBUTES)


def test_the_published_call_with_several_recipients(query_api: Api) -> None:
    """A list, where the published design had lost all but the first."""
    query_api.put(event("m-1", BOB, "send", at(3)), event("m-1", ANN, "hardbounce", at(3)))
    found = query_api.get("/call", message_id="m-1")["said"]
    assert [(item["destination"], item["hardbounce"]) for item in found] == [(ANN, at(3)), (BOB, "NA")]


def test_the_published_call_of_an_unknown_message(query_api: Api) -> None:
    """In the published words, as text."""
    answer = query_api.get("/call", message_id="m-1")
    assert (answer["statusCode"], answer["body"]) == (404, "Item not found")
    assert answer["headers"]["content-type"] == "text/plain; charset=utf-8"
