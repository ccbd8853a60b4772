"""One drill: send, wait until the deployed API tells of it, and say how long that took."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mailroom.status.drill_sources import Sent

INTERIM = ("send", "delayed", "buffered", "NA")
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 3.0
FIREHOSE_SECONDS = 60
WAIT_SECONDS = {"ses": 120, "sms": 120, "pinpoint": 120 + FIREHOSE_SECONDS}
"""How long a drill waits by itself: a mail has to be delivered, and Firehose gathers before it hands on."""

Ask = Callable[[str], list[dict[str, Any]]]
"""The items of a message as the API gives them, one for each recipient; [] while it knows none."""


@dataclass
class Outcome:
    """What was seen. `seconds` are from the send until each status was first to be read, in that order."""

    sent: Sent
    seconds: dict[str, float] = field(default_factory=dict)
    item: dict[str, Any] | None = None
    waited: float = 0.0

    @property
    def status(self) -> str:
        """The last status that was read; "" where there was none."""
        return str(self.item["status"]) if self.item else ""

    @property
    def came(self) -> bool:
        """Whether the message is known, and where its end is, is there."""
        return bool(self.item) and (not self.sent.ends or self.status == self.sent.ends)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "source": self.sent.source,
            "message_id": self.sent.message_id,
            "recipient": self.sent.recipient,
            "expected": self.sent.ends or None,
            "status": self.status or None,
            "came": self.came,
            "waited_seconds": round(self.waited, 3),
            "seconds": {status: round(seconds, 3) for status, seconds in self.seconds.items()},
            "item": self.item,
        }


def wait(
    sent: Sent,
    ask: Ask,
    seconds: float,
    watch: Callable[[str], object],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Ask for the message until it has come to its end, or until so many seconds are over.

    `watch` is told each new status. Raises what `ask` raises: a refusal does not go away by waiting.
    """
    outcome, started, pause = Outcome(sent), clock(), FIRST_PAUSE_SECONDS
    while True:
        found = _own(ask(sent.message_id), sent.recipient)
        outcome.waited = clock() - started
        if found:
            outcome.item = found
            if outcome.status not in outcome.seconds:
                outcome.seconds[outcome.status] = outcome.waited
                watch(f"{outcome.status} after {outcome.waited:.1f} s")
            if _over(outcome):
                return outcome
        if outcome.waited >= seconds:
            return outcome
        sleep(min(pause, max(0.0, seconds - outcome.waited)))
        pause = min(1.5 * pause, LONGEST_PAUSE_SECONDS)


def _own(items: list[dict[str, Any]], recipient: str) -> dict[str, Any] | None:
    """The recipient's item; that of an event which names nobody where there is no other."""
    return next((one for one in items if one["recipient"] == recipient), items[0] if items else None)


def _over(outcome: Outcome) -> bool:
    return outcome.came if outcome.sent.ends else outcome.status not in INTERIM


def timeline(item: dict[str, Any]) -> Iterator[str]:
    """What happened to the message, a line each."""
    for line in item["timeline"]:
        said = line.get("text") or line.get("words") or ""
        yield f"  {line['at']}  {line['event']:<18} {line['source']:<8} {said}".rstrip()
