"""Sent mail, kept whole: one file a message in the state folder."""

from __future__ import annotations

import secrets
import threading
from dataclasses import asdict, dataclass, replace
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

SUBJECT_CHARACTERS = 10_000


@dataclass(frozen=True)
class Sent:
    """One message that SES took, as the inbox lists it. `size` is in bytes, `time` in ISO 8601; `suppressed`
    are the recipients who get nothing, being on the account's suppression list; `caller` is who sent it, by
    its IAM name; `return_path` is the envelope's sender as receivers see it; `operation` is the call it came
    by, as SES's tag ses:operation has it ("" where that is not known); `feedback_to` is where bounces and
    complaints go by mail, the sender where it is ""."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    configuration_set: str
    time: str
    region: str
    via: str
    subject: str = ""
    size: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    suppressed: tuple[str, ...] = ()
    source_ip: str = "127.0.0.1"
    caller: str = "root"
    return_path: str = ""
    operation: str = ""
    feedback_to: str = ""

    def listed(self) -> dict[str, object]:
        """The line of `mailroom local inbox --json`."""
        line = asdict(self)
        line["from"] = line.pop("sender")
        line["tags"] = dict(self.tags)
        return line


def new_message_id(clock_ms: int) -> str:
    """A message id in SES's form: time in hex, random rest."""
    parts = [secrets.token_hex(n) for n in (4, 2, 2, 2, 6)]
    return f"0102{clock_ms:012x}-{'-'.join(parts)}-000000"


class MailStore:
    """The folder of sent mail. Survives nothing but its own process: a new local cloud begins empty.

    `changes` counts up with each mail and event: who looks again knows whether there is anything new.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._sent: dict[str, Sent] = {}
        self._events: dict[str, list[dict[str, Any]]] = {}
        self.changes = 0
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sent: Sent, message: bytes) -> Sent:
        """Store a message. The file is there before the index names it."""
        sent = replace(sent, subject=_subject(message), size=len(message))
        self._file(sent.id).write_bytes(message)
        with self._lock:
            self._sent[sent.id] = sent
            self.changes += 1
        return sent

    def note(self, message_id: str, event: dict[str, Any]) -> None:
        """Remember an event of a message, as its destinations were told of it, for the inbox page."""
        with self._lock:
            if message_id in self._sent:
                self._events.setdefault(message_id, []).append(event)
                self.changes += 1

    def events(self, message_id: str) -> list[dict[str, Any]]:
        """The events of a message so far, in the order in which they came about."""
        with self._lock:
            return list(self._events.get(message_id, []))

    def listing(self) -> list[Sent]:
        """What was sent, oldest first."""
        with self._lock:
            return list(self._sent.values())

    def find(self, message_id: str) -> Sent | None:
        """The entry of a message id, or None."""
        with self._lock:
            return self._sent.get(message_id)

    def raw(self, message_id: str) -> bytes | None:
        """The message as it was sent, or None. Only ids of the index are looked for on the disk."""
        return self._file(message_id).read_bytes() if self.find(message_id) else None

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            for message_id in self._sent:
                self._file(message_id).unlink(missing_ok=True)
            self._sent.clear()
            self._events.clear()
            self.changes += 1

    def _file(self, message_id: str) -> Path:
        return self.folder / f"{message_id}.eml"


def _subject(message: bytes) -> str:
    """The decoded subject, of its first SUBJECT_CHARACTERS: a long one of encoded words takes seconds."""
    fields = BytesHeaderParser(policy=policy.compat32).parsebytes(message[:262144]).raw_items()
    raw = next((value for name, value in fields if name.lower() == "subject"), "")
    field = b"Subject: " + raw[:SUBJECT_CHARACTERS].encode("utf-8", "surrogateescape")
    headers = BytesHeaderParser(policy=policy.default).parsebytes(field)
    return " ".join(str(headers.get("subject", "")).split())
