"""The places of one mail's sends in the row of all sends, so that all workers together keep the sending rate.

A mail whose place is near waits for it here. One whose place is further away goes back to the queue and comes
back just before it: the place stays reserved for it in the ledger. So a mail that only waits for its turn
uses up one of the queue's tries, and one more each time that its recipients do not all fit into one run.
"""

from lambda_src.inbound.lease import Lease
from lambda_src.inbound.ports import NotItsTurn, Time, Turns

# A send and its entries in the ledger fit into this; with less time left, the rest waits for the next run.
SECONDS_FOR_ONE_SEND = 5
# A longer wait in the function would hold up the other mails of its batch.
LONGEST_WAIT_SECONDS = 60
# SQS hides a message for 12 hours at most.
FURTHEST_PLACE_SECONDS = 11 * 3600
# A place that is past by more than this was missed: somebody else sends now.
MISSED_AFTER_MS = 2000
# A run begins this much before its place: it must open the mail first.
SECONDS_TO_OPEN = 5


class Pace:
    """Says when each next send may go. `turns` is None without a rate; `kept` is a place from before (ms).

    Raises NotItsTurn where so many sends wait that no place can be reserved.
    """

    def __init__(self, turns: Turns | None, lease: Lease, time: Time, count: int, kept: int) -> None:
        self._turns = turns
        self._lease = lease
        self._time = time
        self._next = float(self._first(turns, count, kept)) if turns and count else 0.0

    @property
    def next_turn(self) -> int:
        """The next place, in ms since 1970; 0 without a rate."""
        return int(self._next)

    @property
    def again_at(self) -> float:
        """When another run should begin, to be in time for the next place; seconds since 1970."""
        return self._next / 1000 - SECONDS_TO_OPEN if self._next else 0

    def wait(self) -> bool:
        """Wait for the next place and take it; False where it is too far away for this run."""
        wait = max(0.0, self._next / 1000 - self._time.now()) if self._turns else 0.0
        if wait > LONGEST_WAIT_SECONDS or self._time.left() - wait < SECONDS_FOR_ONE_SEND:
            return False
        self._lease.sleep(wait)
        self._lease.keep()
        if self._turns:
            self._next += self._turns.interval
        return True

    def _first(self, turns: Turns, count: int, kept: int) -> int:
        now = int(self._time.now() * 1000)
        if kept + MISSED_AFTER_MS >= now:
            return kept
        if not kept:
            place = turns.reserve(count, now, now + FURTHEST_PLACE_SECONDS * 1000)
            if place is None:
                hour = self._time.now() + 3600
                raise NotItsTurn("the sends that wait already take longer than SQS keeps a mail", 0, hour)
            return place
        # It comes late for its own place. Another one where that is near; else it has waited long enough.
        near = now + int(min(LONGEST_WAIT_SECONDS, self._time.left()) * 1000)
        return turns.reserve(count, now, near) or now
