"""How much may be sent: in 24 hours, and a second. Both count recipients, not messages ("Service quotas in
Amazon SES", developer guide)."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .refusals import Kind, Refusal

if TYPE_CHECKING:
    from .state import Region

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Quota:
    """What an account may send. The rate is kept to where `held`: a local test may well be faster than its
    account will be, and is to learn of that only when it asks."""

    in_24_hours: float = 50_000.0
    a_second: float = 14.0
    held: bool = False


PRODUCTION = Quota()
SANDBOX = Quota(200.0, 1.0, held=True)


def quota_of(region: Region) -> Quota:
    """The quota that holds in a Region: one that was set, else the sandbox's, else what most accounts get."""
    return region.account.quota or (SANDBOX if region.account.sandbox else PRODUCTION)


def shown(region: Region) -> dict[str, float]:
    """The quota and what is used of it, as both APIs answer them."""
    quota = quota_of(region)
    return {
        "Max24HourSend": quota.in_24_hours,
        "MaxSendRate": quota.a_second,
        "SentLast24Hours": float(region.usage.last_24_hours(region.clock())),
    }


@dataclass
class Usage:
    """What was sent of late. Safe between threads."""

    sends: deque[tuple[datetime, int]] = field(default_factory=deque)
    total: int = 0
    tokens: float = 0.0
    filled: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def last_24_hours(self, now: datetime) -> int:
        """The recipients of the last 24 hours, the mailbox simulator's left out."""
        with self.lock:
            return self._recent(now)

    def take(self, now: datetime, quota: Quota, recipients: int, counted: int) -> None:
        """Count a message, or refuse it: its recipients for the rate, and those of them that are `counted`
        for the day. Raises Refusal.

        While anything is left of a quota a message to many goes through, and its debt is waited for ("How to
        handle a Throttling error", AWS's messaging blog).
        """
        with self.lock:
            if self._recent(now) >= quota.in_24_hours:
                raise Refusal(Kind.QUOTA, "Daily message quota exceeded.")
            if quota.held:
                self._fill(now, quota.a_second)
                if self.tokens < 1:
                    raise Refusal(Kind.RATE, "Maximum sending rate exceeded.")
                self.tokens -= recipients
            self.sends.append((now, counted))
            self.total += counted

    def _recent(self, now: datetime) -> int:
        while self.sends and self.sends[0][0] <= now - DAY:
            self.total -= self.sends.popleft()[1]
        return self.total

    def _fill(self, now: datetime, rate: float) -> None:
        room = max(rate, 1.0)
        waited = (now - self.filled).total_seconds() if self.filled else 0.0
        self.tokens = room if self.filled is None else min(room, self.tokens + waited * rate)
        self.filled = now
