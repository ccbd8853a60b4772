"""What SES checks before it takes a message, by whichever door it comes; then it is stamped, kept and handed
over for delivery.

Refusals carry the names of SES v2; v1 and SMTP translate them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..protocol.messages import ServiceError
from . import delivery, simulator, stamping, suppression
from .addresses import all_bare, bare, identity_for
from .callers import Caller, current
from .compose import headers_of
from .state import Region
from .store import Sent, new_message_id

MAXIMUM_RECIPIENTS = 50
MAXIMUM_BYTES_V2 = 40 * 1024 * 1024
MAXIMUM_BYTES_V1 = 10 * 1024 * 1024

# SES refuses a raw message that carries one of these twice (aws-lambda-ses-forwarder #8, #11, #28, #111).
ONCE = frozenset(
    (
        "bcc", "cc", "content-type", "date", "dkim-signature", "feedback-id", "from", "in-reply-to",
        "message-id", "mime-version", "references", "reply-to", "return-path", "sender", "subject", "to",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Outgoing:
    """A message somebody wants sent. `sender` and `recipients` are bare addresses; the sizes are in bytes;
    `caller` is who wants it. `operation` and `feedback_to` are as in Sent."""

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


def accept(region: Region, outgoing: Outgoing) -> Sent:
    """Take a message for delivery: check it, keep it, tell of it, and bring it in again where we receive for
    the recipient. Who is suppressed gets nothing, and the caller is not told (by an event only).

    Raises ServiceError (MessageRejected, NotFoundException, BadRequestException, SendingPausedException).
    """
    check(region, outgoing)
    now = region.clock()
    message_id = new_message_id(int(now.timestamp() * 1000))
    sent = Sent(
        id=message_id,
        sender=outgoing.sender,
        recipients=tuple(outgoing.recipients),
        configuration_set=outgoing.configuration_set,
        time=now.isoformat(timespec="milliseconds"),
        region=region.name,
        via=outgoing.via,
        tags=tuple(outgoing.tags),
        suppressed=tuple(suppression.suppressed(region, outgoing.configuration_set, outgoing.recipients)),
        source_ip=outgoing.caller.source_ip,
        caller=outgoing.caller.name,
        return_path=stamping.return_path(region, outgoing, message_id),
        operation=outgoing.operation,
        feedback_to=outgoing.feedback_to,
    )
    message = stamping.stamped(region, outgoing, message_id)
    sent = region.mail.keep(sent, message)
    delivery.hand_over(region, sent, message, headers_of(outgoing.message))
    return sent


def check(region: Region, outgoing: Outgoing) -> None:
    """Everything SES refuses a message for. Raises ServiceError."""
    _check_switches(region, outgoing)
    size = len(outgoing.message)
    if size > outgoing.maximum_bytes:
        raise ServiceError(
            "BadRequestException",
            f"Message length is more than {outgoing.maximum_bytes} bytes long: '{size}'.",
        )
    if not outgoing.recipients:
        raise ServiceError(
            "BadRequestException", "Missing required destination: the message has no recipients."
        )
    if len(outgoing.recipients) > MAXIMUM_RECIPIENTS:
        raise ServiceError("BadRequestException", f"Recipient count exceeds {MAXIMUM_RECIPIENTS}.")
    for address in outgoing.recipients:
        if not bare(address) or " " in address:
            raise ServiceError("BadRequestException", f"Missing final '@domain' in {address!r}")
    _check_headers(outgoing.message)
    _check_identities(region, outgoing)


def _check_switches(region: Region, outgoing: Outgoing) -> None:
    if not region.account.sending_enabled:
        raise ServiceError("SendingPausedException", "Email sending is paused for this account.")
    name = outgoing.configuration_set
    if not name:
        return
    if name not in region.configuration_sets:
        raise ServiceError("NotFoundException", f"Configuration set <{name}> does not exist.", 404)
    if not region.configuration_sets[name]["SendingOptions"].get("SendingEnabled", False):
        raise ServiceError("SendingPausedException", f"Sending is paused for configuration set <{name}>.")


def _check_headers(message: bytes) -> None:
    # Not the mapping itself: a header may come twice, which is what is looked for.
    counted = Counter(name.lower() for name, _ in headers_of(message).items())
    for name in ONCE:
        if counted[name] > 1:
            raise ServiceError("BadRequestException", f"Duplicate header '{name.title()}'.")
    if not counted["from"]:
        raise ServiceError("BadRequestException", "Missing required header 'From'.")


def _check_identities(region: Region, outgoing: Outgoing) -> None:
    headers = headers_of(outgoing.message)
    senders = {outgoing.sender, *all_bare([str(value) for value in headers.get_all("From", [])])}
    failed = sorted(address for address in senders if identity_for(region, address) is None)
    if region.account.sandbox:
        failed += sorted(one for one in outgoing.recipients if not _may_get_sandbox_mail(region, one))
    if failed:
        raise ServiceError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{region.name.upper()}: {', '.join(failed)}",
        )


def _may_get_sandbox_mail(region: Region, address: str) -> bool:
    return simulator.outcomes(address) is not None or identity_for(region, address) is not None
