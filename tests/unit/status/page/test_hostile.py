"""Words that mean harm, in every place that words come to: they are shown, and nothing else happens."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.browser.window import Window
from tests.unit.status.page import scenes
from tests.unit.status.page.fake import World

VIOLATIONS = "document.addEventListener('securitypolicyviolation', (it) => (window.broken ??= []).push(it.violatedDirective))"
HARMED = "return [window.ran, window.broken, document.querySelector('script:not([src]), iframe, img, [onload], [onerror], [onmouseover]')?.outerHTML]"


@pytest.fixture
def watched(window: Window) -> Window:
    """The browser, with whatever its policy had to stop remembered from the start."""
    added = window.command("Page.addScriptToEvaluateOnNewDocument", source=VIOLATIONS)
    yield window  # type: ignore[misc]
    window.command("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


def ours(asked: list[str], world: World) -> bool:
    return all(one.startswith((world.address, "about:", "data:,")) for one in asked)


def test_hostile_words_are_shown_as_words(watched: Window, world: World) -> None:
    """In lists, timelines, facts and raw answers, of e-mail and SMS; no script, no load, no turned text."""
    ids = scenes.hostile(world)
    watched.open()
    watched.until("document.querySelectorAll('#failed .row').length === 8")
    watched.open("#failures")
    watched.until("document.querySelectorAll('#failures .row').length === 14")
    shown = watched.run("return document.getElementById('failures').textContent")
    assert scenes.HOSTILE[0] in shown
    assert watched.run(HARMED) == [None, None, None]
    for message_id in ids:
        watched.open(f"#message/{quote(message_id, safe='')}")
        watched.until(
            "document.querySelector('#message h1').textContent === arguments[0] && document.querySelector('#message:not([hidden]) :is(.timeline, .fault, .nothing)')",
            message_id,
        )
        watched.run("for (const one of document.querySelectorAll('#message details')) one.open = true")
        assert watched.run(HARMED) == [None, None, None], message_id
    assert ours(watched.asked(), world)
    assert not [one for one in watched.complaints() if "Failed to load resource" not in one]


def test_the_answers_of_an_evil_api(watched: Window, world: World) -> None:
    """Types and texts that no API of ours sends: shown or refused, never run, and the page goes on working."""
    evil = "<img src=x onerror=window.ran=1>"
    item = {
        "message_id": evil,
        "recipient": evil,
        "event_type": evil,
        "status": "__proto__",
        "status_at": evil,
        "source": evil,
        "words": evil,
        "reference": evil,
        "campaign_id": evil,
        "opens": evil,
        "price_in_millicents_usd": evil,
        "processing_ms": evil,
    }
    line = {
        "at": evil,
        "event": "constructor",
        "source": "toString",
        "text": evil,
        "words": "",
        "count": evil,
        "shared": evil,
        "code": evil,
        "last_at": evil,
    }
    whole = {"message_id": evil, "recipients": [{**item, "timeline": [line, {**line, "event": "delivered"}]}]}
    hour = {"at": evil, "sent": 1, "delivered": 1, "failed": 0}
    world.trouble["/messages/{message_id}"] = [(200, {}, json.dumps(whole))]
    world.trouble["/failures"] = [(200, {}, json.dumps({"items": [item], "cursor": None}))]
    world.trouble["/rates"] = [
        (
            200,
            {},
            json.dumps(
                {
                    "hours": 1,
                    "items": [{**hour, "at": "2026-11-27T10:00:00.000Z", "email": hour, "sms": hour}],
                }
            ),
        )
    ]
    watched.open()
    watched.until("document.querySelector('#failed .row')")
    assert watched.run("return document.querySelector('#failed .why').textContent") == evil
    watched.open("#message/m")
    watched.until("document.querySelector('#message .timeline')")
    assert watched.run(HARMED) == [None, None, None]
    world.trouble["/failures"] = [(500, {}, json.dumps({"error": evil, "message": evil}))]
    watched.open("#failures")
    watched.until("document.querySelector('#failures .fault')")
    assert evil in watched.run("return document.querySelector('#failures .fault').textContent")
    assert watched.run(HARMED) == [None, None, None]


@pytest.mark.parametrize(
    "hash",
    [
        "#message/%3Cimg%20src=x%20onerror=window.ran=1%3E",
        "#message/%E0%A4%A",
        "#javascript:window.ran=1",
        "#message/",
        "#results",
        "#__proto__",
        "#message/..%2f..%2ffailures",
        "#message/..",
        "#message/%2e%2e",
        "#constructor/x",
    ],
)
def test_addresses_that_nobody_wrote_with_care(watched: Window, world: World, hash: str) -> None:
    """A view, or what is not known; never another question than that for one message."""
    watched.open(hash)
    watched.until("document.querySelector('.view:not([hidden]) :is(.fault, .nothing)')")
    assert watched.run(HARMED) == [None, None, None]
    allowed = ("/v1/messages/", "/v1/assets/", "/v1/rates?", "/v1/failures?")
    assert all(heard.path.startswith(allowed) or heard.path == "/v1/" for heard in world.requests)


def test_the_policy_holds_by_itself(watched: Window, world: World) -> None:
    """Were there ever a way in: markup from text, inline code, another origin and a form are all stopped."""
    watched.open()
    watched.until("document.querySelector('#last:not([aria-busy])')")
    watched.driver.set_script_timeout(10)
    # From a timer: what the driver runs by itself may evaluate text.
    stopped = watched.driver.execute_async_script(
        "const done = arguments[0]; setTimeout(() => { const found = [];"
        " for (const attempt of [() => { document.body.innerHTML = '<b>' }, () => eval('1'), () => new Function('1')(), () => setTimeout('window.ran=1')])"
        " try { attempt(); found.push('went through') } catch (problem) { found.push(problem.name) } done(found) })"
    )
    assert len(stopped) == 4
    assert "went through" not in stopped
    assert (
        watched.driver.execute_async_script(
            "fetch('http://127.0.0.1:9/').then(() => arguments[0]('reached'), () => arguments[0]('stopped'))"
        )
        == "stopped"
    )
    watched.run(
        "const it = document.createElement('script'); it.append('window.ran=1'); try { document.body.append(it) } catch {}"
    )
    watched.run(
        "const it = document.createElement('img'); it.src = 'http://127.0.0.1:9/x.png'; document.body.append(it)"
    )
    assert watched.run("return window.ran") is None
    assert set(watched.run("return window.broken")) >= {"require-trusted-types-for", "connect-src"}
