"""Empty, loading, refused, limited, not reached: each says what it is and what to do."""

from __future__ import annotations

import json
import threading

import pytest

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World

ENTER, ESCAPE = "\ue007", "\ue00c"
READY = (
    "document.querySelector('#overview:not([hidden]) #numbers:not([aria-busy]) ~ div #last:not([aria-busy])')"
)
FAULT = "document.querySelector('#failures :is(.fault, .nothing)')?.textContent"


def test_nothing_yet(window: Window, world: World) -> None:
    """A new environment shows how to send a first message; each list says why it is empty."""
    window.open()
    assert "mailroom status drill" in window.until("document.querySelector('#numbers .nothing')?.textContent")
    assert "No failures" in window.until("document.querySelector('#last .note')?.textContent")
    window.open("#failures")
    assert "No failures" in window.until("document.querySelector('#failures .nothing')?.textContent")
    window.open("#stuck")
    assert "Nothing is stuck" in window.until("document.querySelector('#stuck .nothing')?.textContent")
    assert window.complaints() == []


def test_while_it_loads(window: Window, world: World) -> None:
    """The place is busy and shows where rows will be; what stood there stays until the answer is there."""
    scenes.troubled(world)
    world.hold["/failures"] = threading.Event()
    window.open("#failures")
    window.until("document.querySelector('#failures [aria-busy] .skeleton')")
    world.hold["/failures"].set()
    window.until("document.querySelectorAll('#failures .row').length === 5")
    assert not window.run("return document.querySelector('#failures [aria-busy]')")
    world.hold["/failures"] = threading.Event()
    window.press("r")
    window.until("document.querySelector('#failures [aria-busy] .row')")
    world.hold["/failures"].set()
    window.until("!document.querySelector('#failures [aria-busy]')")


REFUSALS = [
    (500, '{"error":"internal_error","message":"The operator finds the reason under r-1."}', ["The API failed", "under r-1", "Try again"]),
    (502, '{"message":"Internal server error"}', ["The API failed", "Internal server error"]),
    (400, '{"error":"bad_request","message":"since is \\"x\\": it takes 24h."}', ["does not take this", "it takes 24h"]),
    (404, '{"error":"not_found","message":"There is no such page."}', ["Not found", "no such page"]),
    (502, '{"error":"not_reached","message":"There are no AWS credentials here. Try: aws sso login"}', ["not reached", "aws sso login"]),
    (500, "<html>a proxy's page</html>", ["The API failed", "Status 500"]),
    (200, "<html>a login page</html>", ["The API failed", "no JSON"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "told"), REFUSALS, ids=[f"{status}-{told[0]}" for status, _, told in REFUSALS]
)
def test_what_went_wrong_is_told(
    window: Window, world: World, status: int, body: str, told: list[str]
) -> None:
    """The API's own words, what to do, and the request's id for whoever runs it; again is one click."""
    world.trouble["/failures"] = [(status, {}, body)]
    window.open("#failures")
    shown = window.until(FAULT)
    for words in told:
        assert words in shown
    if status not in (200, 404) and "not reached" not in told:
        assert "request req-1" in shown
    window.run("document.querySelector('#failures :is(.fault, .nothing) .button').click()")
    window.until("document.querySelector('#failures .nothing')?.textContent.includes('No failures')")


def test_nobody_answers(window: Window, world: World) -> None:
    """The connection ends without an answer: the network is named, and what to look at."""
    window.open()
    window.until(READY)
    window.command("Network.enable")
    window.command(
        "Network.emulateNetworkConditions",
        offline=True,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    try:
        window.press("f")
        assert "mailroom status page" in window.until(FAULT)
    finally:
        window.command(
            "Network.emulateNetworkConditions",
            offline=False,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )
    window.run("document.querySelector('#failures .fault .button').click()")
    window.until("document.querySelector('#failures .nothing')")


def test_too_many_requests_are_waited_for(window: Window, world: World) -> None:
    """As long as the API says, said aloud, then it is asked again by itself."""
    scenes.troubled(world)
    world.trouble["/failures"] = [(429, {"retry-after": "1"}, '{"message":"Too Many Requests"}')]
    window.open("#failures")
    window.until("document.getElementById('say').textContent.includes('busy; asked again in 1 second')")
    window.until("document.querySelectorAll('#failures .row').length === 5")
    assert [heard.path for heard in world.requests if "failures" in heard.path] == [
        "/v1/failures?limit=50&since=7d"
    ] * 2


def test_a_limit_that_stays_is_told(window: Window, world: World) -> None:
    """After two waits a person decides."""
    world.trouble["/failures"] = [(429, {"retry-after": "0.05"}, '{"message":"Limit Exceeded"}')] * 3
    window.open("#failures")
    shown = window.until(FAULT)
    assert "Too many requests" in shown
    assert "Limit Exceeded" in shown
    assert world.trouble["/failures"] == []


def test_the_key_is_asked_for_once(window: Window, world: World) -> None:
    """At the first refusal; kept for this tab alone, in no address, and forgotten by a button."""
    scenes.full(world)
    world.key = "k-1-secret"
    window.open()
    window.until("document.getElementById('key').open && document.activeElement.id === 'key-value'")
    assert "asks for a key" in window.run("return document.getElementById('key-why').textContent")
    window.press("two words", ENTER)
    assert "one word" in window.until("document.getElementById('key-fault').textContent")
    window.run("document.getElementById('key-value').value = ''")
    window.press("k-1-secret", ENTER)
    window.until("document.querySelectorAll('#failed .row').length === 8")
    assert not window.run("return document.getElementById('key').open")
    assert window.run("return {...sessionStorage}") == {"mailroom-status-key": "k-1-secret"}
    window.open("#failures")
    window.driver.refresh()
    window.until("document.querySelectorAll('#failures .row').length === 8")
    assert window.run(
        "return [localStorage.length, document.cookie, document.getElementById('key-value').value]"
    ) == [0, "", ""]
    assert not [one for one in window.asked() if "secret" in one]
    window.run("document.getElementById('show-key').click()")
    window.run("document.getElementById('forget').click()")
    window.until("document.querySelector('#failures .fault')")
    assert window.run("return sessionStorage.length") == 0
    assert all("k-1-secret" not in heard.path for heard in world.requests)


def test_a_refusal_that_comes_late_leaves_what_is_typed(window: Window, world: World) -> None:
    """The overview asks twice; the second refusal may come while the key is typed."""
    scenes.full(world)
    world.key = "k-1-secret"
    world.hold["/failures"] = gate = threading.Event()
    window.open()
    window.until("document.getElementById('key').open && document.activeElement.id === 'key-value'")
    window.press("k-1-")
    gate.set()
    window.until("!document.querySelector('#overview #last[aria-busy]')")
    window.press("secret", ENTER)
    window.until("document.querySelectorAll('#failed .row').length === 8")


@pytest.mark.parametrize(
    "body",
    [
        '{"message":"Missing Authentication Token"}',
        '{"error":"forbidden","message":"There is no such call, or it is not signed: GET /openapi.json describes what there is."}',
    ],
)
def test_no_key_is_asked_for_where_callers_are_signed(window: Window, world: World, body: str) -> None:
    """There is the command that signs instead."""
    world.trouble["/failures"] = [(403, {}, body)]
    window.open("#failures")
    assert "mailroom status page" in window.until(FAULT)
    assert not window.run("return document.getElementById('key').open")


def test_a_wrong_key_can_be_replaced(window: Window, world: World) -> None:
    """It is refused in words, and the dialog is closed by Esc without losing the way back to it."""
    world.key = "right"
    window.open("#failures")
    window.until("document.getElementById('key').open")
    window.press("wrong", ENTER)
    window.until("document.getElementById('key').open && document.querySelector('#failures .fault')")
    window.press(ESCAPE)
    assert "No access" in window.until(FAULT)
    window.run("document.querySelector('#failures .fault .button').click()")
    window.press("right", ENTER)
    window.until("document.querySelector('#failures .nothing')")


def listed(number: int, first: int = 0) -> list[dict[str, object]]:
    """Items as the API lists them."""
    return [
        {
            "message_id": f"m-{at}",
            "recipient": f"person{at}@far.example",
            "event_type": "email",
            "from_address": "a@mail.example",
            "status": "hardbounce",
            "status_at": "2026-11-27T10:00:00.000Z",
            "source": "ses",
            "words": "There is no such mailbox at that domain.",
            "stuck": False,
        }
        for at in range(first, first + number)
    ]


def test_empty_pages_are_read_over(window: Window, world: World) -> None:
    """A cursor counts, not whether there is something on its page; the same question is asked with each."""
    pages = [([], "c1"), ([], "c2"), (listed(3), "c3"), ([], "c4"), ([], None)]
    world.trouble["/failures"] = [
        (200, {}, json.dumps({"items": items, "cursor": cursor})) for items, cursor in pages
    ]
    window.open("#failures")
    window.until("document.querySelectorAll('#failures .row').length === 3")
    assert (
        window.run("return document.querySelector('#failures .count').textContent")
        == "3 messages, there are more"
    )
    window.run("document.querySelector('#failures .older').click()")
    window.until("!document.querySelector('#failures .older')")
    assert window.run("return document.querySelector('#failures .count').textContent") == "3 messages"
    asked = [heard.path.partition("?")[2] for heard in world.requests if "/failures" in heard.path]
    assert [one.partition("cursor=")[2].partition("&")[0] for one in asked] == ["", "c1", "c2", "c3", "c4"]
    assert all("since=7d" in one and "limit=50" in one for one in asked)


def test_a_thousand_rows(window: Window, world: World) -> None:
    """Page by page by the key alone: the focus goes to the first new row, order stays, and nothing gets slow."""
    world.trouble["/failures"] = [
        (200, {}, json.dumps({"items": listed(50, at * 50), "cursor": f"c{at}" if at < 19 else None}))
        for at in range(20)
    ]
    window.open("#failures")
    for number in range(1, 20):
        window.until(f"document.querySelectorAll('#failures .row').length === {50 * number}")
        window.run("[...document.querySelectorAll('#failures .row a')].at(-1).focus()")
        window.press("j")
    window.until("document.querySelectorAll('#failures .row').length === 1000")
    window.until("document.activeElement.id === 'failures-950'")
    assert window.run(
        "return [...document.querySelectorAll('#failures .row .to')].map((one) => one.textContent)"
    ) == [f"person{at}@far.example" for at in range(1000)]
    assert window.run("return document.querySelector('#failures .count').textContent") == "1,000 messages"
    assert window.run(
        "return new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size === document.querySelectorAll('[id]').length"
    )
    assert window.complaints() == []


def test_more_of_an_old_list_is_not_shown(window: Window, world: World) -> None:
    """Where the filter changes while more is on its way, what comes belongs to no list any more."""
    world.trouble["/failures"] = [(200, {}, json.dumps({"items": listed(50), "cursor": "c1"}))]
    window.open("#failures")
    window.until("document.querySelector('#failures .older')")
    world.trouble["/failures"] = [(200, {}, json.dumps({"items": listed(2), "cursor": None}))]
    window.run(
        "const real = window.fetch; window.fetch = async (...given) => { const answer = await real(...given);"
        " if (String(given[0]).includes('cursor=')) { await new Promise((go) => { window.goOn = go }) } return answer }"
    )
    window.run("document.querySelector('#failures .older').click()")
    window.until("typeof window.goOn === 'function'")
    window.run(
        "const it = document.querySelector('#failures select'); it.value = '24h'; it.dispatchEvent(new Event('change'))"
    )
    window.until("document.querySelector('#failures .nothing')")
    window.driver.set_script_timeout(10)
    window.driver.execute_async_script("window.goOn(); setTimeout(arguments[0])")
    assert window.run("return document.querySelectorAll('#failures .row').length") == 0
    assert window.run("return document.querySelector('#failures .pager').textContent") == ""


def test_more_that_fails_keeps_what_is_there(window: Window, world: World) -> None:
    """The rows stay, the fault stands below them, and trying again goes on from there."""
    world.trouble["/failures"] = [
        (200, {}, json.dumps({"items": listed(50), "cursor": "c1"})),
        (500, {}, '{"message":"Internal server error"}'),
        (200, {}, json.dumps({"items": listed(2, 50), "cursor": None})),
    ]
    window.open("#failures")
    window.until("document.querySelector('#failures .older')")
    window.run("document.querySelector('#failures .older').click()")
    window.until("document.querySelector('#failures .pager .fault')")
    assert window.run("return document.querySelectorAll('#failures .row').length") == 50
    window.run("document.querySelector('#failures .pager .button').click()")
    window.until("document.querySelectorAll('#failures .row').length === 52")
    assert "cursor=c1" in world.questions()[-1].path
