"""What is known of each sent mail for the list and its search, so that no mail is opened twice for it."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from email.message import Message
from html import unescape
from string import ascii_lowercase, ascii_uppercase

from ..engine.ses.store import MailStore, Sent
from . import headers, message
from .outcome import Outcome, outcome

MAXIMUM_READ = 1024 * 1024
"""Bytes of a message that search looks into."""
MAXIMUM_TEXT = 20_000
"""Characters of its text."""
MAXIMUM_KEPT = 100_000_000
"""Characters of all mails that are kept; what is beyond is read again for each search."""
_UNSEEN = frozenset(("style", "script", "head", "title"))
_INLINE = frozenset(("a", "b", "em", "font", "i", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"))
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # str.lower() may make a text longer
_NAME = re.compile(r"/?([a-z]{1,10})(?![a-z])")


@dataclass(frozen=True)
class Content:
    """What a mail says: its From and To as they are read, its words, and whether files are with it."""

    sender: str
    to: str
    text: str
    files: int


@dataclass(frozen=True)
class Entry:
    """A mail of the list, and how it went so far."""

    sent: Sent
    outcome: Outcome
    events: int


class Index:
    """Knows the mails of a store. `kept` counts the characters of theirs that it holds."""

    def __init__(self, mail: MailStore) -> None:
        self._mail = mail
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._seen = -1
        self._contents: dict[str, Content] = {}
        self.kept = 0

    def entries(self) -> list[Entry]:
        """All mails, oldest first."""
        with self._lock:
            changes = self._mail.changes  # before the mails: what comes meanwhile is seen the next time
            if changes != self._seen:
                self._seen = changes
                known = self._entries
                listing = self._mail.listing()
                self._entries = {sent.id: self._entry(sent, known.get(sent.id)) for sent in listing}
                if known.keys() - self._entries.keys():  # the cloud was reset
                    self._contents.clear()
                    self.kept = 0
            return list(self._entries.values())

    def _entry(self, sent: Sent, known: Entry | None) -> Entry:
        events = self._mail.events(sent.id)
        if known is not None and known.events == len(events):
            return known
        return Entry(sent, outcome(sent, events), len(events))

    def content(self, sent: Sent) -> Content:
        """What a mail says."""
        found = self._contents.get(sent.id)
        if found is None:
            found = _content(sent, self._mail.raw(sent.id) or b"")
            with self._lock:
                self.kept += len(found.text)
                if self.kept <= MAXIMUM_KEPT:
                    self._contents[sent.id] = found
        return found


def _content(sent: Sent, raw: bytes) -> Content:
    opened = message.parsed(raw[:MAXIMUM_READ])
    if opened is None:
        return Content(sent.sender, "", "", 0)
    text, html, rest = message.split(list(message.leaves(opened)))
    body = message.words_of(text) if text else text_of(message.words_of(html)) if html else ""
    return Content(
        sender=headers.first(opened, "from") or sent.sender,
        to=", ".join(filter(None, (headers.first(opened, name) for name in ("to", "cc")))),
        text=" ".join(body[: 5 * MAXIMUM_TEXT].split())[:MAXIMUM_TEXT],
        files=sum(map(_is_attached, rest)),
    )


def _is_attached(part: Message) -> bool:
    """Whether a part is more than a picture of the HTML."""
    return not part["content-id"] or part.get_content_disposition() == "attachment"


def text_of(markup: str) -> str:
    """The words of HTML, for search and for the list: one pass, however broken it is. It is not a cleaner."""
    pieces: list[str] = []
    at, lower = 0, markup.translate(_LOWER)
    while (start := markup.find("<", at)) >= 0:
        pieces.append(markup[at:start])
        name = _NAME.match(lower, start + 1)
        tag = name.group(1) if name else ""
        pieces.append("" if tag in _INLINE else " ")
        if lower.startswith("<!--", start):
            end = markup.find("-->", start + 4)
        else:
            end = lower.find(f"</{tag}", start) if tag in _UNSEEN else start
        end = markup.find(">", end) if end >= 0 else -1
        if end < 0:
            return unescape("".join(pieces))
        at = end + 1
    return unescape("".join([*pieces, markup[at:]]))
