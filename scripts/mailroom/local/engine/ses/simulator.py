"""Addresses that answer in a known way: those of AWS's mailbox simulator, and more of our own.

Source: "Using the mailbox simulator manually" (SES developer guide); a label after a plus sign makes no
difference. AWS's simulator knows five outcomes, which count nowhere. What else SES tells of is brought about
by addresses at simulator.mailroom.example, here only: there everything counts as if it were real.
"""

from __future__ import annotations

from .addresses import domain_of
from .events.outcomes import (
    Bounce,
    Click,
    Complaint,
    Delivery,
    DeliveryDelay,
    Open,
    Outcome,
    Reject,
    Subscription,
)

AWS = "simulator.amazonses.com"
OURS = "simulator.mailroom.example"

UNKNOWN = Bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")
SUPPRESSED = Bounce(
    "Permanent",
    "Suppressed",
    "5.1.1",
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an "
    "invalid address. For more information about how to remove an address from the suppression list, see the "
    "Amazon SES Developer Guide: "
    "https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html",
    by_ses=True,
)
OPTED_OUT = Bounce("Permanent", "UnsubscribedRecipient", by_ses=True)
# SES tells of an automatic answer as it tells of bounces ("Bounce types", Transient General): it came back to
# the address that bounces come back to, and carries no delivery report.
OUT_OF_OFFICE = Bounce("Transient", "General", answer=True)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Mailroom simulator"
DELAYED = ("4.4.1", "smtp; 421 4.4.1 Unable to connect to remote host")
EXPIRED = (
    "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes."
    "<421 4.4.1 Unable to connect to remote host>"
)

FIVE: dict[str, tuple[Outcome, ...]] = {
    "success": (Delivery(),),
    "bounce": (UNKNOWN,),
    "ooto": (Delivery(), OUT_OF_OFFICE),
    "complaint": (Delivery(), Complaint()),
    "suppressionlist": (SUPPRESSED,),
}
"""What AWS's simulator does, by the local part. suppressionlist bounces as an address of the global
suppression list does: Permanent Suppressed."""


def _soft(sub_type: str, status: str, reply: str) -> tuple[Outcome, ...]:
    return (Bounce("Transient", sub_type, status, f"smtp; {reply}"),)


MORE: dict[str, tuple[Outcome, ...]] = {
    "latebounce": (Delivery(), UNKNOWN),
    "noemail": (Bounce("Permanent", "NoEmail", "5.1.1", "smtp; 550 5.1.1 no such mailbox"),),
    "mailboxfull": _soft("MailboxFull", "4.2.2", "452 4.2.2 Mailbox full"),
    "messagetoolarge": _soft("MessageTooLarge", "5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    "contentrejected": _soft("ContentRejected", "5.7.1", "550 5.7.1 Message content rejected"),
    "attachmentrejected": _soft("AttachmentRejected", "5.7.0", "552 5.7.0 Attachment type not allowed"),
    "transient": _soft("General", "4.3.2", "451 4.3.2 System not accepting messages"),
    "timedout": _soft("CustomTimeoutExceeded", "4.4.7", "550 4.4.7 Message expired"),
    "undetermined": (Bounce("Undetermined", "Undetermined"),),
    "optedout": (OPTED_OUT,),
    "delayed": (DeliveryDelay("TransientCommunicationFailure", *DELAYED), Delivery()),
    "expired": (
        DeliveryDelay("TransientCommunicationFailure", *DELAYED),
        Bounce("Transient", "General", "4.4.7", EXPIRED),
    ),
    "opened": (Delivery(), Open(BROWSER)),
    "clicked": (Delivery(), Open(BROWSER), Click(BROWSER, "https://mailroom.example/")),
    "unsubscribed": (Delivery(), Subscription("mailroom")),
    "rejected": (Reject(),),
}
"""What our own addresses add to the five."""


def outcomes(address: str) -> tuple[Outcome, ...] | None:
    """What becomes of mail to an address of a simulator; None where it is no such address.

    A local part that nobody has there is an unknown user.
    """
    name, domain = address.partition("@")[0].partition("+")[0].lower(), domain_of(address)
    if domain == AWS:
        return FIVE.get(name, (UNKNOWN,))
    if domain == OURS:
        return {**FIVE, **MORE}.get(name, (UNKNOWN,))
    return None


def counts(address: str) -> bool:
    """Whether an outcome counts for the suppression list, the quota and the reputation: not at AWS's
    simulator."""
    return domain_of(address) != AWS
