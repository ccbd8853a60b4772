"""What becomes of a message that SES took: delivered, bounced, complained about, brought in again where it is
ours; each told as an event, by mail to the sender where that is wanted, and noted on the suppression list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage

from .. import scan
from . import feedback, inward, returns, simulator, suppression
from .addresses import domain_of
from .compose import headers_of
from .events.mail import Told
from .events.outcomes import Delivery, Outcome, Reject, RenderingFailure, Send
from .events.publishing import tell
from .state import Region
from .store import Sent


def hand_over(region: Region, sent: Sent, message: bytes, given: EmailMessage) -> None:
    """Leave for later what becomes of a message that was kept, so that the answer of the send does not wait.

    `message` is as recipients get it; events show the headers that the sender had `given` it.
    """
    told = Told(region, sent, given)
    region.later(lambda: _carry(told, message))


def not_rendered(region: Region, sent: Sent, template: str, problem: str) -> None:
    """Tell of a message that was taken, but whose template could not be filled: it is not sent."""
    told = Told(region, sent, headers_of(b""))
    region.later(lambda: happened(told, RenderingFailure(template, problem), sent.recipients))


class Underway:
    """Mails that are being carried to their recipients, and what must not be told before that is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    @contextmanager
    def carried(self, message_id: str) -> Iterator[None]:
        """While a mail is carried. What waited for it is done at the end."""
        with self._lock:
            self._waiting[message_id] = []
        try:
            yield
        finally:
            with self._lock:
                waiting = self._waiting.pop(message_id)
            for work in waiting:
                work()

    def after(self, message_id: str, work: Callable[[], None]) -> None:
        """Do some work when a mail has been carried: at once, or soon."""
        with self._lock:
            if message_id in self._waiting:
                self._waiting[message_id].append(work)
                return
        work()


_UNDERWAY = Underway()


def _carry(told: Told, message: bytes) -> None:
    with _UNDERWAY.carried(told.sent.id):
        _deliver(told, message)


def _deliver(told: Told, message: bytes) -> None:
    """Send first, then what follows, in its order. A virus ends it before anybody gets anything."""
    happened(told, Send(), told.sent.recipients)
    if scan.found(message)[1]:
        happened(told, Reject(), told.sent.recipients)
        return
    ways = {one: _way(told, one) for one in told.sent.recipients}
    for outcomes, recipients in _together(ways):
        for outcome in outcomes:
            happened(told, outcome, recipients, message)
    ours = [one for one, way in ways.items() if way is None]
    for outcome, recipients in inward.bring_in(told.region, told.sent.return_path, ours, message):
        happened(told, outcome, recipients, message)
    for one in ways:
        if one not in told.sent.suppressed:
            came_back(told.region, one, message)


def came_back(region: Region, recipient: str, message: bytes) -> None:
    """Where a mail goes to the return path of another one, that one has bounced after its delivery."""
    original = returns.original_of(region, recipient)
    if original is None:
        return

    def tell_sender() -> None:
        told, sent = Told(region, original, returns.given(region, original)), region.mail.raw(original.id)
        for outcome, one in returns.bounces(message, original):
            happened(told, outcome, [one], sent or b"")

    _UNDERWAY.after(original.id, tell_sender)


def happened(told: Told, outcome: Outcome, recipients: Sequence[str], message: bytes = b"") -> None:
    """One thing that became of a message, with all that follows from it."""
    published = tell(told, outcome, recipients)
    feedback_id = published.moment.feedback_id
    suppression.learn(told.region, told.sent, outcome, recipients, feedback_id)
    feedback.forward(told, outcome, recipients, published, message)


Way = tuple[Outcome, ...]


def _together(ways: dict[str, Way | None]) -> list[tuple[Way, list[str]]]:
    """Who shares their events: recipients of one domain with the same fate, as they share one transaction
    ("SES combines the bounce responses into a single response", mailbox simulator)."""
    groups: dict[tuple[str, Way], list[str]] = {}
    for one, way in ways.items():
        if way is not None:
            groups.setdefault((domain_of(one), way), []).append(one)
    return [(way, recipients) for (_, way), recipients in groups.items()]


def _way(told: Told, recipient: str) -> Way | None:
    """What becomes of the message for one recipient; None where it comes in again. Everybody else's server
    takes it: that is the inbox."""
    if recipient in told.sent.suppressed:
        return (suppression.outcome(told.region, recipient),)
    simulated = simulator.outcomes(recipient)
    if simulated is not None:
        return simulated
    comes_back = returns.original_of(told.region, recipient) is not None
    return None if inward.comes_in(told.region, recipient) and not comes_back else (Delivery(),)
