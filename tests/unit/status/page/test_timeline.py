"""One message: its recipients, what happened to each of them, in words that a person reads."""

from __future__ import annotations

from typing import Any

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World

POINTS = """
const place = arguments[0] ?? document.querySelector('#message');
return [...place.querySelectorAll('.timeline > li')].map((li) => ({
  title: li.querySelector('h3').firstChild.textContent,
  times: li.querySelector('.times')?.textContent ?? '',
  after: li.querySelector('.after').textContent,
  says: li.querySelector('.says').textContent,
  notes: [...li.querySelectorAll('.notes li')].map((one) => one.textContent),
  raw: li.querySelector('pre')?.textContent ?? '',
  shown: li.querySelector('pre')?.checkVisibility() ?? false,
}))"""


def opened(window: Window, message_id: str) -> list[dict[str, Any]]:
    """The points of a message's first recipient."""
    window.open(f"#message/{message_id}")
    window.until("document.querySelector('#message .timeline')")
    return list(window.run(POINTS))


def text(window: Window, place: str) -> str:
    return str(window.run("return document.querySelector(arguments[0]).textContent", place))


def test_a_mail_that_was_put_off_and_came_back(window: Window, world: World) -> None:
    """Each step with its time, what it means, how long after the first, and the server's own answer on demand."""
    points = opened(window, scenes.troubled(world)["full"])
    assert [point["title"] for point in points] == ["Sent", "Delayed", "Soft bounce"]
    assert [point["after"] for point in points] == ["", "+10 min", "+3 h 25 min"]
    assert points[1]["says"] == points[2]["says"] == "The recipient's mailbox is full."
    assert points[1]["times"] == "3 times"
    assert points[1]["notes"][0].startswith("Last ")
    assert points[2]["raw"] == scenes.MAILBOX_FULL
    assert not points[2]["shown"]
    window.run("document.querySelectorAll('#message .timeline summary')[1].click()")
    assert window.run(POINTS)[2]["shown"]
    assert "Transient MailboxFull" in text(window, "#message .timeline > li:last-child")
    assert "The recipient's mailbox is full." in text(window, "#message .verdict")
    assert "3 delays" in text(window, "#message .counts")


def test_times_are_utc_and_the_readers_own_on_demand(window: Window, world: World) -> None:
    """Whatever the zone of the browser: UTC in sight, the reader's time as the title."""
    window.command("Emulation.setTimezoneOverride", timezoneId="Pacific/Auckland")
    try:
        opened(window, scenes.troubled(world)["gone"])
        when = window.run(
            "const it = document.querySelector('#message .timeline time'); return [it.dateTime, it.textContent, it.title]"
        )
        assert when[1].endswith(when[0][11:19])
        own = window.run(
            "return new Date(arguments[0]).toLocaleTimeString('en-GB', {timeZone: 'Pacific/Auckland'})",
            when[0],
        )
        assert own in when[2]
        assert "New Zealand" in when[2] or "NZ" in when[2] or "GMT+13" in when[2]
    finally:
        window.command("Emulation.setTimezoneOverride", timezoneId="")


def test_a_message_to_several(window: Window, world: World) -> None:
    """A timeline each, what went wrong first; what was told of all alike is marked, machines' opens are no opens."""
    opened(window, scenes.newsletter(world))
    people = window.run(
        "return [...document.querySelectorAll('#message .person')].map((it) => [it.querySelector('.to').textContent, it.querySelector('.marks').textContent, it.open])"
    )
    assert people == [
        ["bert@far.example", "Complaint", True],
        ["gone@far.example", "Hard bounce", True],
        ["anna.berg@far.example", "Clicked", True],
        ["carl@far.example", "Clicked", False],
    ]
    assert text(window, "#message > div > .marks") == "1 complaint1 hard bounce2 clicked"
    assert "4 recipients" in text(window, "#message .part")
    points = {
        point["title"]: point
        for point in window.run(POINTS, window.run("return document.querySelectorAll('#message .person')[0]"))
    }
    assert list(points) == ["Sent", "Delivered", "Opened by a machine", "Opened", "Clicked", "Complaint"]
    assert "Told of all recipients together" in points["Opened"]["notes"]
    assert "Told of all recipients together" not in points["Delivered"]["notes"]
    assert points["Opened"]["times"] == "3 times"
    assert "SES worked on it for 931 ms" in points["Delivered"]["notes"]
    assert text(window, "#message .counts") == "3 opens · 1 click · 1 by machines, not counted"
    facts = text(window, "#message .facts")
    for known in (
        "orders@mail.example",
        "november-2026",
        "newsletter-48",
        "web-shop",
        "winter",
        "111122223333",
    ):
        assert known in facts
    assert "NA" not in facts


def test_the_one_that_was_opened_is_open(window: Window, world: World) -> None:
    """From a row of a list, its recipient's timeline is open, though the address names the message alone."""
    scenes.newsletter(world)
    window.open()
    window.until("document.querySelector('#overview #last:not([aria-busy])')")
    window.press("/", "carl@far.example", "\ue007")
    window.until("document.querySelector('#results .row a')")
    window.press("j", "\ue007")
    window.until("document.querySelectorAll('#message .person')[3]?.open")
    assert "carl" not in window.driver.current_url


def test_text_messages(window: Window, world: World) -> None:
    """Interim and final, price, the carrier's words; no answer within 72 hours stands out."""
    ids = scenes.texts(world)
    points = opened(window, ids["good"])
    assert [point["title"] for point in points] == ["On its way", "Delivered"]
    assert points[0]["notes"] == ["Not final: another event will follow"]
    facts = text(window, "#message .facts")
    assert "0.0406 USD" in facts
    assert "DELIVERED" in facts
    assert "SMS" in facts
    opened(window, ids["bad"])
    assert "out of reach" in text(window, "#message .verdict")
    opened(window, ids["silent"])
    assert text(window, "#message .marks") == "On its wayStuckNo carrier answer"


def test_a_message_that_no_recipient_is_known_of(window: Window, world: World) -> None:
    """It says so instead of showing a star."""
    world.tell("m-1", "*", "rejected", 5, "Bad content", own=False)
    opened(window, "m-1")
    assert text(window, "#message .to") == "All recipients"
    assert "name no recipient" in text(window, "#message .note")


def test_more_than_can_be_counted(window: Window, world: World) -> None:
    """Counts that the table bounds are shown as bounded."""
    world.tell("m-1", "a@far.example", "send", 30)
    for number in range(205):
        world.tell("m-1", "a@far.example", "open", 20, mark=f"{number:08}")
    points = opened(window, "m-1")
    assert points[1]["times"] == "200+ times"
    assert "200+ opens" in text(window, "#message .counts")


def test_a_status_that_the_page_does_not_know(window: Window, world: World) -> None:
    """A newer API's words are shown as they are."""
    import json

    item = {
        "message_id": "m",
        "recipient": "a@b.example",
        "event_type": "email",
        "status": "quarantined",
        "status_at": "2026-11-27T10:00:00.000Z",
        "source": "new",
        "stuck": False,
    }
    line = {
        "at": "2026-11-27T10:00:00.000Z",
        "event": "quarantined",
        "source": "new",
        "text": "",
        "words": "",
        "count": 1,
        "shared": False,
    }
    world.trouble["/messages/{message_id}"] = [
        (200, {}, json.dumps({"message_id": "m", "recipients": [{**item, "timeline": [line]}]}))
    ]
    assert [point["title"] for point in opened(window, "m")] == ["quarantined"]
    assert window.complaints() == []


def test_it_is_asked_again(window: Window, world: World) -> None:
    """What happened since is there after a refresh; what was opened by hand stays open."""
    ids = scenes.troubled(world)
    assert [point["title"] for point in opened(window, ids["slow"])] == ["Sent", "Delayed"]
    window.run("document.querySelector('#message .timeline summary').click()")
    world.tell(ids["slow"], "slow@far.example", "delivered", 1, "250 ok")
    window.press("r")
    window.until("document.querySelectorAll('#message .timeline > li').length === 3")
    assert [point["shown"] for point in window.run(POINTS)] == [False, True, False]


def test_the_id_is_copied(window: Window, world: World) -> None:
    """To the clipboard, or selected where the browser does not allow it."""
    message_id = scenes.newsletter(world)
    opened(window, message_id)
    window.run(
        "[...document.querySelectorAll('#message .button')].find((it) => it.textContent === 'Copy id').click()"
    )
    window.until("document.getElementById('say').textContent.startsWith('The message id is')")
