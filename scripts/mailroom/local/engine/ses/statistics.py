"""What was sent and what became of it, by the quarter of an hour (GetSendStatistics, API reference v1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from .addresses import domain_of
from .feedback import VIA
from .state import Region
from .store import Sent

KEPT = timedelta(days=14)
QUARTER = timedelta(minutes=15)
COUNTED = {"Bounce": "Bounces", "Complaint": "Complaints", "Reject": "Rejects"}


def points(region: Region) -> list[dict[str, Any]]:
    """The data points of two weeks, oldest first; a quarter in which nothing was sent has none.

    Deliveries are tried once for each recipient; what came back counts in the quarter of the send.
    """
    since = region.clock() - KEPT
    counts: dict[datetime, dict[str, int]] = defaultdict(
        lambda: {"DeliveryAttempts": 0, "Bounces": 0, "Complaints": 0, "Rejects": 0}
    )
    for sent in region.mail.listing():
        when = datetime.fromisoformat(sent.time)
        if sent.region != region.name or when <= since or _written_by_ses(sent):
            continue
        point = counts[when - (when - datetime.min.replace(tzinfo=when.tzinfo)) % QUARTER]
        point["DeliveryAttempts"] += len(sent.recipients)
        for member, number in _came_back(region, sent):
            point[member] += number
    return [{"Timestamp": when, **counts[when]} for when in sorted(counts)]


def _written_by_ses(sent: Sent) -> bool:
    """Reports and answers that came back to a sender are in the inbox, and are nobody's sends."""
    return sent.via == VIA or domain_of(sent.sender).endswith("amazonses.com")


def _came_back(region: Region, sent: Sent) -> Iterator[tuple[str, int]]:
    for event in region.mail.events(sent.id):
        kind = event.get("eventType", "")
        if kind in COUNTED:
            of = event.get(kind.lower(), {})
            yield COUNTED[kind], len(of.get("bouncedRecipients") or of.get("complainedRecipients") or [kind])
