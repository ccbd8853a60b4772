"""An inbox with a store of its own, mails put into it, and the pages asked for as a browser would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailroom.local.engine.protocol.messages import Request, Response
from mailroom.local.engine.ses.store import MailStore, Sent, new_message_id
from mailroom.local.inbox.pages import Inbox

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIST = "/_mailroom/inbox"


@dataclass
class Desk:
    """An inbox, and hands to put mails into it and to look."""

    inbox: Inbox
    sent: list[str] = field(default_factory=list)

    def send(
        self,
        raw: bytes | str,
        *,
        sender: str = "a@mail.example",
        to: tuple[str, ...] = ("b@far.example",),
        minutes_ago: float = 5,
        **more: Any,
    ) -> str:
        """A sent mail; its id."""
        when = NOW - timedelta(minutes=minutes_ago)
        made = Sent(
            **{
                "id": new_message_id(int(when.timestamp() * 1000)),
                "sender": sender,
                "recipients": to,
                "configuration_set": "inbound",
                "time": when.isoformat(timespec="milliseconds"),
                "region": "eu-west-1",
                "via": "api-v2",
                **more,
            }
        )
        kept = self.inbox.mail.keep(made, raw if isinstance(raw, bytes) else raw.encode())
        self.sent.append(kept.id)
        return kept.id

    def tell(self, message_id: str, kind: str, **inside: Any) -> None:
        """An event of a mail."""
        sent = self.inbox.mail.find(message_id)
        assert sent is not None
        mail = {"timestamp": sent.time, "messageId": sent.id, "destination": list(sent.recipients)}
        member = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}.get(kind, kind.lower())
        self.inbox.mail.note(message_id, {"eventType": kind, "mail": mail, member: inside})

    def ask(self, path: str = "", method: str = "GET", **query: str) -> Response:
        """The answer to a request of a path below the inbox's."""
        headers = {"host": "127.0.0.1:4566"}
        if "if_none_match" in query:
            headers["if-none-match"] = query.pop("if_none_match")
        given = {name: [value] for name, value in query.items()}
        whole = path if path.startswith("/_") else f"{LIST}{path}"
        return self.inbox.respond(Request(method, whole, given, headers))

    def page(self, path: str = "", **query: str) -> str:
        """The HTML of a page that must be there."""
        answer = self.ask(path, **query)
        assert answer.status == 200
        return answer.body.decode()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Inbox(MailStore(tmp_path), lambda: NOW))


@pytest.fixture(scope="session")
def mail() -> Callable[..., bytes]:
    """A raw message: header lines, an empty line, a body."""

    def make(body: str = "Hello.", **headers: str) -> bytes:
        given = {"From": "a@mail.example", "To": "b@far.example", "Subject": "Hello", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items() if value)
        return f"{lines}\r\n{body}".encode()

    return make
