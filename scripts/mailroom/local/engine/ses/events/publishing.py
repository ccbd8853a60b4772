"""One event, told to everybody who wants to know: the inbox, the configuration set's destinations, the
identity's topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..store import new_message_id
from .destinations import Happening, publish
from .kinds import KINDS
from .mail import Told, in_event
from .outcomes import Moment, Outcome
from .topics import notify


@dataclass(frozen=True)
class Published:
    """What was told, and the topic that could not be (None: it could, or there is none)."""

    moment: Moment
    lost_topic: str | None


def event(told: Told, outcome: Outcome, moment: Moment, recipients: Sequence[str]) -> dict[str, Any]:
    """The event of an outcome, as destinations get it."""
    kind = KINDS[outcome.kind]
    return {
        "eventType": kind.event_type,
        "mail": in_event(told, outcome.kind),
        kind.member: outcome.detail(moment, recipients),
    }


def tell(told: Told, outcome: Outcome, recipients: Sequence[str]) -> Published:
    """Tell what became of a message for these recipients."""
    region, now = told.region, told.region.clock()
    moment = Moment(now, told.accepted, region.name, new_message_id(int(now.timestamp() * 1000)))
    happened = event(told, outcome, moment, recipients)
    region.mail.note(told.sent.id, happened)
    publish(Happening(told, outcome.kind, happened))
    return Published(moment, notify(told, outcome.kind, happened[KINDS[outcome.kind].member]))
