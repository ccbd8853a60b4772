"""One event about one recipient of one message, whatever it was published as."""

import re
from typing import Any, NamedTuple


class Because(NamedTuple):
    """What an event says besides its time. Texts, empty where unknown, so that they have one order.

    `kind` and `sub` are codes: a bounce's type and sub type, a complaint's, a delay's type, the template that
    failed, an SMS's record_status. `text` is for people: the SMTP answer, the diagnostic code, the reason.
    `number` is milliseconds of processing (delivered) or millicents of a US dollar (SMS), as decimal text.
    """

    source: str  # pinpoint, ses or sms
    kind: str = ""
    sub: str = ""
    text: str = ""
    number: str = ""


class Event(NamedTuple):
    """What the state of an item learns from.

    `recipient` is an address in lower case, a number, or keys.NO_RECIPIENT. `name` is the attribute's name:
    send, delayed, delivered, open, click, unsubscribe, softbounce, rendering_failure, rejected, hardbounce,
    complaint; for SMS buffered, success, failure, optout. `at` is its own time, `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    `facts` are the message's own attributes by their published names (see view.py), known ones only.
    `final` is False for an SMS event that another will follow. `own` is False where the event was published
    for all destinations of a message alike. `bot` is SES's flag for an open or click by a machine.
    `mark` tells this open, click or delay from others of the message: the same event twice has one mark.
    """

    message_id: str
    recipient: str
    channel: str  # email or sms
    name: str
    at: str
    because: Because
    facts: dict[str, str]
    final: bool = True
    own: bool = True
    bot: bool = False
    mark: str = ""


class Around(NamedTuple):
    """What an envelope says about the event in it: a time and an account, for where the event has none."""

    time: Any = None
    account: str = ""


class Unreadable(ValueError):
    """Not an event, or a broken one. The text says why, and quotes nothing of it."""


class NoRecipient(Unreadable):
    """Somebody is named and cannot be read: the event must not count for all recipients instead."""

    def __init__(self) -> None:
        super().__init__("no recipient that can be read")


class Ignored(ValueError):
    """An event that says nothing about a sent message; the text says why."""


def kind_in_words(published: Any) -> str:
    """The name of a kind of event as it may be shown and logged: short, and nothing but letters and signs."""
    return re.sub(r"[^A-Za-z0-9 .:_-]+", "", str(published)[:60]).strip() or "(no name)"
