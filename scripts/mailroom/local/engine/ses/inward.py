"""Mail of ours to ourselves: out, and in again by the inbound door, as if another server had brought it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from . import receiving
from .events.outcomes import Delivery, DeliveryDelay, Outcome
from .returns import bounce_of
from .state import Region

log = logging.getLogger(__name__)

PEER = "127.0.0.1"
HELO = "amazonses.com"


def comes_in(region: Region, address: str) -> bool:
    """Whether mail to this address comes in here: a rule of the active set covers it.

    An address of our domains that no rule covers has its mailbox somewhere else, as far as can be known here:
    nobody asks for the domain's MX.
    """
    return receiving.is_ours(region, address)


def bring_in(
    region: Region, sender: str, recipients: Sequence[str], message: bytes
) -> list[tuple[Outcome, list[str]]]:
    """Hand a message to the inbound door, and answer what became of it for whom.

    Whom the door refuses has a bounce with its reply: permanent where there is no such mailbox, else a
    policy's word, which is no reason never to write again. What it cannot take now is delayed; it is not
    tried again here.
    """
    found: list[tuple[Outcome, list[str]]] = []
    taken = []
    for one in recipients:
        refused = receiving.refusal(region, one, PEER, tls=True)
        if refused is None:
            taken.append(one)
        else:
            found.append((_refused(str(refused)), [one]))
    if taken:
        arrival = receiving.Arrival(sender, taken, message, PEER, HELO, tls=True)
        try:
            message_id = receiving.receive(region, arrival)
        except receiving.NotNow as problem:
            log.warning("mail from %s to ourselves was not taken: %s", sender or "<>", problem)
            reply = f"smtp; 451 4.3.0 Temporary failure, try again later ({problem})"
            found.append((DeliveryDelay("RecipientServerError", "4.3.0", reply), taken))
        except receiving.Rejected as problem:
            found.append((_refused(f"554 5.6.0 {problem}"), taken))
        else:
            found.append((Delivery(f"250 2.0.0 OK {message_id}"), taken))
    return found


def _refused(reply: str) -> Outcome:
    """A bounce with the door's reply: code, enhanced status, text."""
    return bounce_of(reply.split(" ")[1], f"smtp; {reply}")
