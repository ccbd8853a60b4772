"""The inbox of a running local cloud, for the command line."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mailroom.errors import MailroomError

from . import cloud
from .asking import ask, fetch
from .inbox.outcome import kind_of, recipients_of
from .inbox.timeline import time_of
from .inbox.views.layout import LIST

COLUMNS = ("id", "from", "recipients", "subject", "size", "configuration_set", "time", "suppressed")


class Reader:
    """Reads what one local cloud sent; raises MailroomError where it does not answer."""

    def __init__(self, name: str) -> None:
        self.cloud = cloud.running(name)

    def listing(self) -> list[dict[str, Any]]:
        """What was sent, oldest first."""
        listed: list[dict[str, Any]] = ask(self.cloud, f"{LIST}.json")
        return listed

    def find(self, message_id: str) -> dict[str, Any]:
        """One entry of the listing."""
        for entry in self.listing():
            if entry["id"] == message_id:
                return entry
        raise MailroomError(f"No message {message_id} was sent.", "mailroom local inbox")

    def events(self, message_id: str) -> list[dict[str, Any]]:
        """What was told of a message, in the order in which it came about."""
        told: list[dict[str, Any]] = ask(self.cloud, _at(message_id, "events.json"))
        return told

    def raw(self, message_id: str) -> bytes:
        """A message as it was sent."""
        self.find(message_id)
        return fetch(self.cloud, _at(message_id, "raw"))


def _at(message_id: str, part: str) -> str:
    return f"{LIST}/{quote(message_id, safe='')}/{part}"


def show_list(entries: list[dict[str, Any]], as_json: bool) -> None:
    """Print the listing, newest last: an id and two lines each, or JSON (a list of objects)."""
    if as_json:
        print(json.dumps(entries))
        return
    for entry in entries:
        set_name = f", {entry['configuration_set']}" if entry["configuration_set"] else ""
        print(entry["id"])
        print(f"  {entry['subject'] or '(no subject)'}")
        print(f"  to {', '.join(entry['recipients'])} from {entry['from']}")
        if entry["suppressed"]:
            print(f"  suppressed, not delivered: {', '.join(entry['suppressed'])}")
        print(f"  {entry['size']} bytes{set_name}, {entry['time']}")
    if not entries:
        print("Nothing was sent yet.")


def show_one(entry: dict[str, Any], events: list[dict[str, Any]], as_json: bool) -> None:
    """Print one entry and a line for each event; as JSON the entry has them as `events`."""
    if as_json:
        print(json.dumps({**entry, "events": events}))
        return
    for column in COLUMNS:
        print(f"{column.replace('_', ' '):<18} {_text(entry[column])}")
    for event in events:
        print(f"{'event':<18} {kind_of(event)}, {time_of(event)}: {', '.join(recipients_of(event))}")
    if not events:
        print(f"{'event':<18} none was told yet")


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
