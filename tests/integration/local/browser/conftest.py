"""The inbox page as a browser shows it: served in this process, with mails and events put right into its store.

Skipped, with a line for each file, where there is no Chromium. Selenium drives the one that is there and
downloads none.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailroom import paths
from mailroom.local.engine.guardduty.state import GuardDuty
from mailroom.local.engine.ses.state import Ses
from mailroom.local.engine.ses.store import Sent, new_message_id
from mailroom.local.inbox.views.layout import LIST

SHOTS = paths.BUILD / "screenshots"
NO_BROWSER = "no Chromium with its chromedriver here: apt-get install chromium chromium-driver"


def find(*names: str) -> str:
    """The first of these programs that is there, "" for none."""
    return next(filter(None, map(shutil.which, names)), "")


BROWSER, DRIVER = find("chromium", "chromium-browser", "google-chrome"), find("chromedriver")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()) and not (BROWSER and DRIVER):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of this test run."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("--headless=new", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server"):
        options.add_argument(flag)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's own sandbox refuses to work for root
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    # With the driver's path given, Selenium looks for no other.
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield started
    started.quit()


@dataclass
class Window:
    """What tests do with the browser."""

    driver: Any
    address: str

    def open(self, path: str = "") -> None:
        """A page of the inbox."""
        self.driver.get(f"{self.address}{LIST}{path}")

    def run(self, script: str, *arguments: Any) -> Any:
        """The answer of JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of Chromium's DevTools."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """The size of the window, as a phone's with touch."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    def media(self, **features: str) -> None:
        """What the reader prefers: prefers_color_scheme="dark"."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", features=listed)

    def shot(self, name: str) -> Path:
        """A screenshot in build/screenshots."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        file = SHOTS / f"{name}.png"
        self.driver.save_screenshot(str(file))
        return file

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to whatever has the focus, once the page listens."""
        from selenium.webdriver import ActionChains

        for key in keys:
            self.until("document.readyState === 'complete' && document.querySelector('.scripted')")
            ActionChains(self.driver).send_keys(key).perform()

    def until(self, condition: str, *arguments: Any, seconds: float = 10) -> Any:
        """What a JavaScript expression says once it is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(f"return {condition}", *arguments), condition
        )

    def focus(self) -> str:
        """The id of what has the focus."""
        return str(self.run("return document.activeElement.id"))

    def asked(self) -> list[str]:
        """The addresses that the browser asked for since this was called last."""
        messages = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        return [
            one["params"]["request"]["url"]
            for one in messages
            if one["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What the browser's console said since this was called last, warnings and errors."""
        return [line["message"] for line in self.driver.get_log("browser") if line["level"] != "INFO"]


@dataclass
class Backend:
    """What stands behind the front: nothing."""

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else the front asks of what is behind it."""
        return lambda *given, **named: None


@dataclass
class Post:
    """Puts mails, and what became of them, into the store of the served inbox."""

    ses: Ses
    address: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def send(
        self,
        message: EmailMessage | bytes,
        *,
        sender: str = "hello@mail.example",
        to: tuple[str, ...] = ("anna@far.example",),
        minutes_ago: float = 0,
        configuration_set: str = "",
        suppressed: tuple[str, ...] = (),
        tags: tuple[tuple[str, str], ...] = (),
    ) -> str:
        """A sent mail; its id."""
        when = self.now - timedelta(minutes=minutes_ago)
        sent = Sent(
            id=new_message_id(int(when.timestamp() * 1000)),
            sender=sender,
            recipients=to,
            configuration_set=configuration_set,
            time=when.isoformat(timespec="milliseconds"),
            region="eu-west-1",
            via="api-v2",
            suppressed=suppressed,
            tags=tags,
        )
        return self.ses.mail.keep(sent, message if isinstance(message, bytes) else message.as_bytes()).id

    def tell(self, message_id: str, kind: str, after: float = 0.4, **inside: Any) -> None:
        """An event of a mail, `after` seconds later."""
        sent = self.ses.mail.find(message_id)
        assert sent is not None
        member = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}.get(kind, kind.lower())
        when = datetime.fromisoformat(sent.time) + timedelta(seconds=after)
        stamp = {"timestamp": when.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        mail = {
            "timestamp": sent.time,
            "messageId": sent.id,
            "source": sent.sender,
            "destination": list(sent.recipients),
        }
        self.ses.mail.note(
            message_id,
            {"eventType": kind, "mail": mail, member: {} if kind == "Send" else {**stamp, **inside}},
        )


def message(subject: str, text: str = "", html: str = "", sender: str = "", to: str = "") -> EmailMessage:
    """A mail with a text, an HTML, or both."""
    made = EmailMessage()
    made["From"] = sender or "Mailroom <hello@mail.example>"
    made["To"] = to or "Anna Berg <anna@far.example>"
    made["Subject"] = subject
    if text or not html:
        made.set_content(text or "Hello.\n")
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made


@pytest.fixture(scope="session", name="message")
def _message() -> Callable[..., EmailMessage]:
    return message


@contextmanager
def serving(folder: Path) -> Iterator[Post]:
    """An inbox on loopback for as long as this lasts."""
    from mailroom.local import web
    from mailroom.local.engine.ses.store import MailStore
    from mailroom.local.front import Front

    ses = Ses("000000000000", MailStore(folder), None)  # type: ignore[arg-type]  # nothing is sent from here
    guardduty = GuardDuty("000000000000", None, lambda work: work())  # type: ignore[arg-type]
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    sock.setblocking(False)
    port, handle = sock.getsockname()[1], sock.detach()
    over = threading.Event()

    async def run() -> None:
        async def wait() -> None:
            while not over.is_set():
                await asyncio.sleep(0.01)

        front = Front(Backend(), ses, guardduty)  # type: ignore[arg-type]
        await web.serve(front, handle, wait, grace=0.1)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    yield Post(ses, f"http://127.0.0.1:{port}")
    over.set()
    thread.join(10)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """An empty inbox of this test."""
    with serving(tmp_path / "mail") as made:
        yield made


@pytest.fixture
def window(chromium: Any, post: Post) -> Window:
    """The browser at that inbox: a desktop's window, light."""
    made = Window(chromium, post.address)
    made.size(1280, 860)
    made.media(prefers_color_scheme="light")
    chromium.get("about:blank")
    made.asked(), made.complaints()
    return made
