"""The search: what people have at hand, and that no address gets into an address bar."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World, serving

ENTER, ESCAPE = "\ue007", "\ue00c"
ROWS = "[...document.querySelectorAll('#results .row a')]"
READY = (
    "document.querySelector('#overview:not([hidden]) #numbers:not([aria-busy]) ~ div #last:not([aria-busy])')"
)


def understood(window: Window, kind: str, typed: str) -> dict[str, str]:
    """What search.js makes of what was typed."""
    window.driver.set_script_timeout(10)
    return dict(
        window.driver.execute_async_script(
            "const done = arguments[2]; import('/v1/assets/search.js').then((it) => done(it.understood(arguments[0], arguments[1])))",
            kind,
            typed,
        )
    )


UNDERSTOOD = [
    ("", "0102018f3b2c-1-000000", "", "0102018f3b2c-1-000000"),
    ("", "  0102018f3b2c-1-000000\t", "", "0102018f3b2c-1-000000"),
    ("", "<0102018f3b2c7a41-5b1c9f7e-000000@email.amazonses.com>", "id", "0102018f3b2c7a41-5b1c9f7e-000000"),
    ("", "0102018f3b2c7a41-5b1c9f7e-000000@eu-west-1.amazonses.com", "id", "0102018f3b2c7a41-5b1c9f7e-000000"),
    ("recipient", "<0102018f3b2c7a41-5b1c9f7e-000000@eu-west-1.amazonses.com>", "id", "0102018f3b2c7a41-5b1c9f7e-000000"),
    ("", "Anna.Berg@Far.Example", "recipient", "anna.berg@far.example"),
    ("", 'Anna Berg <anna@far.example>', "recipient", "anna@far.example"),
    ("campaign", "anna@far.example", "recipient", "anna@far.example"),
    ("id", "anna@far.example", "recipient", "anna@far.example"),
    ("", "+44 7700 900123", "recipient", "+447700900123"),
    ("", "0044 (7700) 900-123", "recipient", "+447700900123"),
    ("recipient", "+1 206.555.0100", "recipient", "+12065550100"),
    ("", "2026112701", "", "2026112701"),
    ("campaign", "+44 7700 900123", "campaign", "+44 7700 900123"),
    ("reference", "order-4711", "reference", "order-4711"),
    ("id", "x", "id", "x"),
]  # fmt: skip


@pytest.mark.parametrize("given", UNDERSTOOD, ids=[f"{kind}-{typed}" for kind, typed, *_ in UNDERSTOOD])
def test_what_is_typed_is_understood(window: Window, given: tuple[str, str, str, str]) -> None:
    """A Message-ID header, a name with its address, a number with its punctuation; an @ always means an address."""
    kind, typed, means, value = given
    window.open()
    assert understood(window, kind, typed) == {"kind": means, "value": value}


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [("", " ", "Type"), ("recipient", "07700 900123", "country"), ("recipient", "anna", "@")],
)
def test_what_cannot_be_is_told(window: Window, world: World, kind: str, typed: str, told: str) -> None:
    """At the search itself, before anything is asked."""
    window.open()
    window.until(READY)
    before = len(world.questions())
    window.run("document.getElementById('kind').value = arguments[0]", kind)
    window.press("/", typed, ENTER)
    assert told in window.until("document.getElementById('q-fault').textContent")
    assert window.focus() == "q"
    assert len(world.questions()) == before
    window.press("x")
    assert window.run("return document.getElementById('q-fault').textContent") == ""


def test_an_address_is_searched_for_and_never_seen(window: Window, world: World) -> None:
    """It is posted: in no address that is asked for, not in the address bar, the title, the history or the storage."""
    scenes.ordinary(world, 30)
    window.open()
    window.until(READY)
    window.press("/", "Anna.Berg@far.example", ENTER)
    window.until(f"{ROWS}.length === 3")
    assert "anna.berg@far.example" in window.run("return document.querySelector('#results h1').textContent")
    window.run(f"{ROWS}[1].click()")
    window.until("document.querySelector('#message .timeline')")
    window.driver.back()
    window.until(f"{ROWS}.length === 3")
    window.run(f"{ROWS}[0].click()")
    window.until("document.querySelector('#message .timeline')")
    searches = [heard for heard in world.requests if heard.path.endswith("/messages/search")]
    assert [json.loads(heard.body)["recipient"] for heard in searches] == ["anna.berg@far.example"]
    entries = window.command("Page.getNavigationHistory")["entries"]
    seen = [
        *(entry["url"] + entry["title"] for entry in entries),
        *window.asked(),
        *(heard.path + heard.headers.get("referer", "") for heard in world.requests),
        window.driver.title,
        str(
            window.run(
                "return [location.href, JSON.stringify(history.state), JSON.stringify({...sessionStorage}), JSON.stringify({...localStorage}), document.cookie]"
            )
        ),
    ]
    assert not [one for one in map(unquote, seen) if "anna" in one.lower() or "far.example" in one.lower()]
    assert window.complaints() == []


@pytest.mark.parametrize("kind", ["", "id"])
def test_a_message_by_its_id(window: Window, world: World, kind: str) -> None:
    """Straight to its page; the heading has the focus, and the title names it."""
    scenes.ordinary(world, 3)
    window.open()
    window.until(READY)
    window.run("document.getElementById('kind').value = arguments[0]", kind)
    window.press("/", f"<{scenes.mail_id(2)}@eu-west-1.amazonses.com>", ENTER)
    window.until("document.querySelector('#message .timeline')")
    assert window.driver.title == f"{scenes.mail_id(2)} · Mailroom"
    assert window.run("return document.activeElement === document.querySelector('#message h1')")


@pytest.mark.parametrize(("typed", "number"), [("november-2026", 4), ("order-03e8", 1)])
@pytest.mark.parametrize("auto", [True, False])
def test_a_campaign_or_a_reference(window: Window, world: World, typed: str, number: int, auto: bool) -> None:
    """Found without saying which of them it is."""
    scenes.ordinary(world, 12)
    scenes.troubled(world)
    window.open()
    window.until(READY)
    kind = "" if auto else ("campaign" if typed.startswith("n") else "reference")
    window.run("document.getElementById('kind').value = arguments[0]", kind)
    window.press("/", typed, ENTER)
    window.until(f"{ROWS}.length === {number}")
    assert window.run("return location.hash") == "#results"
    assert typed in window.run("return document.querySelector('#results h1').textContent")


def test_nothing_by_that_name(window: Window, world: World) -> None:
    """It says what to look at, and asks in all three places first."""
    window.open()
    window.until(READY)
    window.press("/", "no-such-thing", ENTER)
    assert "id, reference or campaign" in window.until(
        "document.querySelector('#results .nothing p')?.textContent"
    )
    asked = [heard.path.removeprefix("/v1/") for heard in world.questions()][-3:]
    assert asked[0] == "messages/no-such-thing"
    assert "reference=no-such-thing" in asked[1]
    assert "campaign_id=no-such-thing" in asked[2]
    window.press("/", "nobody@far.example", ENTER)
    assert "this recipient" in window.until(
        "document.querySelector('#results .nothing p')?.textContent?.includes('recipient') && document.querySelector('#results .nothing p').textContent"
    )


def test_found_messages_are_narrowed(window: Window, world: World) -> None:
    """By time and by status, as the API is asked; a failure list has its own time."""
    scenes.ordinary(world, 30)
    window.open()
    window.until(READY)
    window.press("/", "anna.berg@far.example", ENTER)
    window.until(f"{ROWS}.length === 3")
    choose = "const it = document.querySelector(arguments[0]); it.value = arguments[1]; it.dispatchEvent(new Event('change'))"
    window.run(choose, "#results .select:nth-of-type(2) select", "open")
    window.until(f"{ROWS}.length === 2")
    window.run(choose, "#results .select select", "24h")
    window.until("document.querySelector('#results div:not([aria-busy]) > .mails')")
    assert json.loads(world.questions()[-1].body) == {
        "limit": 50,
        "recipient": "anna.berg@far.example",
        "since": "24h",
        "status": "open",
    }
    window.run(choose, "#results .select:nth-of-type(2) select", "optout")
    window.until("document.querySelector('#results .nothing')")


def test_one_message_leads_to_its_campaign(window: Window, world: World) -> None:
    """The campaign and the reference of a message are searched for by a click."""
    scenes.newsletter(world)
    window.open(f"#message/{scenes.NEWSLETTER}")
    window.until("document.querySelector('#message .link')")
    window.run(
        "[...document.querySelectorAll('#message .link')].find((it) => it.textContent === 'newsletter-48').click()"
    )
    window.until(f"{ROWS}.length === 4")
    window.press(ESCAPE)


def test_the_last_search_wins(window: Window, world: World) -> None:
    """An answer that comes late does not replace what was asked for after it."""
    import threading

    scenes.ordinary(world, 12)
    scenes.troubled(world)
    window.open()
    window.until(READY)
    world.hold["/messages/search"] = threading.Event()
    window.press("/", "anna.berg@far.example", ENTER)
    window.until("location.hash === '#results' && document.querySelector('#results [aria-busy]')")
    gate = world.hold.pop("/messages/search")
    window.press("/", "gone@far.example", ENTER)
    window.until(f"{ROWS}.length === 1")
    gate.set()
    window.driver.set_script_timeout(10)
    window.driver.execute_async_script("fetch('/v1/openapi.json').then(() => arguments[0]())")
    assert window.run(f"return {ROWS}.length") == 1
    assert "gone@" in window.run("return document.querySelector('#results h1').textContent")


def test_a_page_that_is_served_elsewhere(window: Window, world: World) -> None:
    """Where the API names the page's origin, its browser may ask, with a key too; where it does not, it may not."""
    with serving(World(key="k-1")) as far:
        scenes.ordinary(far, 12)
        world.api_url = f"{far.address}/v1"
        window.open()
        assert "not reached" in window.until("document.querySelector('#numbers .fault')?.textContent")
        far.page_origins = frozenset([world.address])
        window.driver.refresh()
        window.until("document.getElementById('key').open")
        window.press("k-1", ENTER)
        window.until(READY)
        window.press("/", "anna.berg@far.example", ENTER)
        window.until(f"{ROWS}.length === 2")
        assert world.questions() == []
        assert {heard.method for heard in far.requests} == {"OPTIONS", "GET", "POST"}
        assert not [heard for heard in far.requests if "anna" in heard.path]


def test_nothing_is_left_of_a_search(window: Window, world: World) -> None:
    """A page that is loaded again knows nothing of it: the view of results leads to the overview."""
    scenes.ordinary(world, 12)
    window.open()
    window.until(READY)
    window.press("/", "anna.berg@far.example", ENTER)
    window.until(f"{ROWS}.length === 2")
    window.driver.refresh()
    window.until(READY)
    assert window.run("return document.getElementById('q').value") == ""
    assert window.run("return document.getElementById('nav-results').hidden")
    assert not window.run(f"return {ROWS}.length")
