"""A sent message, opened as far as a page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

MAXIMUM_TEXT = 500_000
"""Characters of a part that a page shows; the rest is in the raw message."""


@dataclass(frozen=True)
class Attachment:
    """A part that is neither the text nor the HTML. `size` is in bytes, decoded."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Opened:
    """Headers in their order, the first text, the first HTML, and the rest by name."""

    headers: list[tuple[str, str]]
    text: str | None
    html: str | None
    attachments: list[Attachment]


def opened(raw: bytes) -> Opened:
    """Open a message. Whatever is broken in it is shown as it is; nothing is raised."""
    message = message_from_bytes(raw, policy=policy.default)
    text: str | None = None
    html: str | None = None
    attachments = []
    for part in _leaves(message):
        kind = part.get_content_type()
        inline = part.get_content_disposition() != "attachment"
        if inline and kind == "text/plain" and text is None:
            text = _text(part)
        elif inline and kind == "text/html" and html is None:
            html = _text(part)
        else:
            payload = part.get_payload(decode=True) or b""
            attachments.append(
                Attachment(part.get_filename() or "(no name)", kind, len(cast(bytes, payload)))
            )
    return Opened([(name, str(value)) for name, value in _headers(message)], text, html, attachments)


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if not part.is_multipart():
            yield part


def _headers(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for name in message.keys():  # noqa: SIM118 - a header may come twice, and a broken one must not stop the page
        if name not in ("Content-Type", "Content-Transfer-Encoding", "MIME-Version"):
            yield name, ", ".join(_values(message, name))


def _values(message: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in message.get_all(name, [])]
    except (ValueError, IndexError, AttributeError):  # email's parser gives up on some headers
        return ["(unreadable)"]


def _text(part: EmailMessage) -> str:
    payload = cast(bytes, part.get_payload(decode=True) or b"")
    try:
        words = payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        words = payload.decode("utf-8", "replace")
    return words[:MAXIMUM_TEXT]
