"""How SES takes a message, by whichever door it comes: it is checked and counted, stamped, kept and handed
over for delivery.

Refusals carry the names of SES v2; v1 and SMTP translate them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from . import delivery, simulator, stamping, suppression
from .callers import Caller, current
from .checks import check
from .compose import headers_of
from .quota import quota_of
from .state import Region
from .store import Sent, new_message_id

MAXIMUM_BYTES_V2 = 40 * 1024 * 1024
MAXIMUM_BYTES_V1 = 10 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A message somebody wants sent. `sender` and `recipients` are bare addresses; the sizes are in bytes;
    `caller` is who wants it; `unsubscribed` are recipients who have opted out of its contact list.
    `operation` and `feedback_to` are as in Sent."""

    sender: str
    recipients: list[str]
    message: bytes
    via: str
    configuration_set: str = ""
    maximum_bytes: int = MAXIMUM_BYTES_V2
    tags: list[tuple[str, str]] = field(default_factory=list)
    caller: Caller = field(default_factory=lambda: current.get())
    operation: str = ""
    feedback_to: str = ""
    unsubscribed: tuple[str, ...] = ()


def accept(region: Region, outgoing: Outgoing) -> Sent:
    """Take a message for delivery: check it, keep it, tell of it, and bring it in again where we receive for
    the recipient. Who is suppressed gets nothing, and the caller is not told (by an event only).

    Raises Refusal.
    """
    sent = _taken(region, outgoing)
    message = stamping.stamped(region, outgoing, sent.id)
    sent = region.mail.keep(sent, message)
    delivery.hand_over(region, sent, message, headers_of(outgoing.message))
    return sent


def accept_unrendered(region: Region, outgoing: Outgoing, template: str, error: str) -> Sent:
    """Take a message whose template cannot be filled in: SES answers with an id, sends nothing, and tells of
    it by a Rendering Failure event only (API reference, SendTemplatedEmail).

    `outgoing` has the headers and no content. Raises Refusal.
    """
    sent = _taken(region, outgoing)
    log.warning("message %s is not sent, template %r was not rendered: %s", sent.id, template, error)
    delivery.not_rendered(region, sent, template, error)
    return sent


def _taken(region: Region, outgoing: Outgoing) -> Sent:
    """A message that passed the checks and counts against the quota."""
    check(region, outgoing)
    now = region.clock()
    counted = sum(map(simulator.counts, outgoing.recipients))
    region.usage.take(now, quota_of(region), len(outgoing.recipients), counted)
    suppressed = suppression.suppressed(region, outgoing.configuration_set, outgoing.recipients)
    message_id = new_message_id(int(now.timestamp() * 1000))
    return Sent(
        id=message_id,
        sender=outgoing.sender,
        recipients=tuple(outgoing.recipients),
        configuration_set=outgoing.configuration_set,
        time=now.isoformat(timespec="milliseconds"),
        region=region.name,
        via=outgoing.via,
        tags=tuple(outgoing.tags),
        suppressed=tuple(dict.fromkeys((*suppressed, *outgoing.unsubscribed))),
        source_ip=outgoing.caller.source_ip,
        caller=outgoing.caller.name,
        operation=outgoing.operation,
        feedback_to=outgoing.feedback_to,
        return_path=stamping.return_path(region, outgoing, message_id),
    )
