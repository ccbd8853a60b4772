"""What becomes of a message that SES took: told of by events, and brought in again where it is ours."""

from __future__ import annotations

import logging
from email.message import EmailMessage

from . import events, receiving
from .state import Region
from .store import Sent

log = logging.getLogger(__name__)


def hand_over(region: Region, sent: Sent, message: bytes, given: EmailMessage) -> None:
    """Tell of a message that was kept, by the headers that the sender had `given` it, and bring it in again
    where we receive for a recipient. Who is suppressed gets nothing. What takes time is left for later."""
    events.publish(region, sent, lambda: given)
    ours = [one for one in sent.recipients if one not in sent.suppressed and receiving.is_ours(region, one)]
    if ours:
        region.later(lambda: _bring_in(region, sent, ours, message))


def _bring_in(region: Region, sent: Sent, recipients: list[str], message: bytes) -> None:
    """The way that mail to our own domain takes: out, and in again by the other door."""
    arrival = receiving.Arrival(sent.return_path, recipients, message, "127.0.0.1", "amazonses.com", tls=True)
    try:
        wanted = [one for one in recipients if receiving.refusal(region, one, "127.0.0.1", tls=True) is None]
        receiving.receive(region, arrival.to(wanted))
    except (receiving.NotNow, receiving.Rejected) as problem:
        log.warning("mail from %s to ourselves was not taken: %s", sent.sender, problem)
