"""The inbox page as a browser shows it: served in this process, with mails and events put right into its store."""

from __future__ import annotations

import asyncio
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

from mailroom.local.engine.guardduty.state import GuardDuty
from mailroom.local.engine.ses.state import Ses
from mailroom.local.engine.ses.store import Sent, new_message_id
from mailroom.local.inbox.views.layout import LIST
from tests.browser.window import Window, chromium, skip_without

__all__ = ["chromium"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_without(items)


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
    made = Window(chromium, post.address, LIST)
    made.ready()
    return made
