"""The page in a browser, on the applied environment: from API Gateway with a key, and by `mailroom status page`."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from mailroom.demo.watch import until
from mailroom.status.page_server import Page, address, listen
from tests.browser.window import BROWSER, DRIVER, NO_BROWSER, Window, chromium
from tests.integration.status.conftest import Status

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason=NO_BROWSER)

ENTER, ESCAPE = "\ue007", "\ue00c"
READY = (
    "document.querySelector('#overview:not([hidden]) #numbers:not([aria-busy]) ~ div #last:not([aria-busy])')"
)
REFUSED = "document.querySelector('#numbers:not([aria-busy]) .fault') && document.querySelector('#last:not([aria-busy]) .fault')"
"""All that the overview asks without a key."""


@pytest.fixture(scope="module")
def mail(status: Status) -> tuple[str, str]:
    """A mail that bounced and arrived: its id, and the address that it came back from."""
    label = uuid.uuid4().hex[:8]
    gone, there = f"bounce+{label}@simulator.amazonses.com", f"success+{label}@simulator.amazonses.com"
    message_id = status.mail(gone, there)
    status.ends(message_id, "hardbounce", gone)
    status.ends(message_id, "delivered", there)
    return message_id, gone


def opened(chromium: Any, url: str) -> Window:
    """A window at the page, with nothing kept of another test."""
    origin, slash, path = url.removeprefix("http://").partition("/")
    window = Window(chromium, f"http://{origin}", slash + path)
    window.ready()
    window.open()
    window.run("sessionStorage.clear()")
    return window


def search_and_read(window: Window, mail: tuple[str, str]) -> None:
    """From the address to the timeline, as somebody does who asks where a mail is; no address is seen anywhere."""
    message_id, gone = mail
    window.press("/", gone, ENTER)
    window.until("document.querySelectorAll('#results .row').length === 1")
    window.press("j", ENTER)
    window.until("document.querySelectorAll('#message .person').length === 2")
    told = window.run("return [...document.querySelectorAll('#message .person')].map((one) => one.innerText)")
    assert gone in told[0]
    assert "Hard bounce" in told[0]
    assert "There is no such mailbox" in told[0]
    assert "Delivered" in told[1]
    window.until("document.getElementById('say').textContent === '2 recipients'")
    history = window.command("Page.getNavigationHistory")["entries"]
    seen = [*window.asked(), *(entry["url"] + entry["title"] for entry in history)]
    assert message_id in "".join(seen)
    assert not [one for one in map(unquote, seen) if gone.partition("@")[0] in one]


def test_the_deployed_page(status: Status, chromium: Any, mail: tuple[str, str]) -> None:
    """It comes without a key, asks for one, and shows the message; its policy is kept and nothing complains."""
    window = opened(chromium, status.output("status_page_url"))
    window.driver.refresh()
    window.until("document.getElementById('key').open")
    window.until(REFUSED)
    assert [one for one in window.complaints() if "403" not in one] == []
    window.press(status.questions.api.key, ENTER)
    window.until(READY)
    window.until("document.querySelector('#failed .row')")
    search_and_read(window, mail)
    window.shot("status-local")
    assert window.complaints() == []
    window.run("document.getElementById('show-key').click()")
    window.run("document.getElementById('forget').click()")
    window.until("document.querySelector('#message .fault')")
    assert "API key" in window.run("return document.querySelector('#message .fault').textContent")


def test_what_comes_with_it(status: Status, chromium: Any) -> None:
    """Through API Gateway the headers are those of the function, and what a browser has is not sent again."""
    url = status.output("status_page_url")
    window = opened(chromium, url)
    window.driver.set_script_timeout(20)
    told = window.driver.execute_async_script(
        "const done = arguments[0]; fetch(location.pathname).then((answer) => done([answer.status, answer.headers.get('content-security-policy'),"
        " answer.headers.get('x-content-type-options'), answer.headers.get('etag')]))"
    )
    assert told[0] == 200
    assert told[1].startswith("default-src 'none'; script-src 'self';")
    assert told[2] == "nosniff"
    assert told[3]
    modules = "return performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).map((one) => one.responseStatus)"
    assert set(window.run(modules)) == {200}


@pytest.fixture
def at_home(status: Status) -> Iterator[str]:
    """`mailroom status page` for the applied environment: where it is."""
    shown = Page.of(status.questions.api)
    server = listen(shown, 0)
    thread = threading.Thread(target=lambda: server.serve_forever(0.05), daemon=True)
    thread.start()
    yield address(shown, server)
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_the_page_at_home(chromium: Any, at_home: str, mail: tuple[str, str]) -> None:
    """No key is asked for: the command has it; the rate of delivery is drawn of what the functions counted."""
    window = opened(chromium, at_home)
    window.until(READY)
    assert not window.run("return document.getElementById('key').open")
    search_and_read(window, mail)
    window.press("o")

    def counted() -> bool | None:
        window.until(READY)
        tiles = window.run(
            "return [...document.querySelectorAll('#numbers .tile dd')].map((one) => one.textContent)"
        )
        window.press("r")
        return (bool(tiles) and "0" not in tiles[:3]) or None

    until("the page to count a mail sent, delivered and failed", counted, 60)
    window.until("document.querySelector('.canvas .rate, .canvas .lone')")
    assert window.complaints() == []
