"""Who is on the account's suppression list, whether that counts for a message, and who comes on it.

Sources: "Using the Amazon SES account-level suppression list" and "Using configuration set-level suppression
to override your account-level suppression list" (SES developer guide).
"""

from __future__ import annotations

from collections.abc import Sequence

from . import simulator
from .events.outcomes import Bounce, Complaint, Outcome
from .state import Region
from .store import Sent

DIAGNOSTIC = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your "
    "account. For more information about removing addresses from the suppression list, see the Amazon SES "
    "Developer Guide at https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html"
)
ON_LIST = "OnAccountSuppressionList"


def suppressed(region: Region, configuration_set: str, recipients: Sequence[str]) -> list[str]:
    """The recipients to whom SES takes a message but does not deliver it: those on the account's list for a
    reason that counts."""
    reasons = _reasons(region, configuration_set)
    return [one for one in recipients if region.suppressed.get(one.lower(), {}).get("Reason") in reasons]


def outcome(region: Region, recipient: str) -> Outcome:
    """What SES tells of mail that it took and does not send to somebody: a bounce where they are on the list,
    or a complaint (its `complaintSubType` says why) where a complaint led there. Who is not on the list has
    opted out of the contact list that the mail is for."""
    entry = region.suppressed.get(recipient.lower())
    if entry is None:
        return simulator.OPTED_OUT
    if entry["Reason"] == "COMPLAINT":
        return Complaint(sub_type=ON_LIST)
    return Bounce("Permanent", ON_LIST, "5.1.1", DIAGNOSTIC, by_ses=True)


def learn(region: Region, sent: Sent, what: Outcome, recipients: Sequence[str], feedback_id: str) -> None:
    """Put on the list who bounced for good or complained, where that reason counts for the message."""
    reason = _reason(what)
    if reason not in _reasons(region, sent.configuration_set):
        return
    for one in recipients:
        if simulator.counts(one):
            region.suppressed[one.lower()] = {
                "EmailAddress": one,
                "Reason": reason,
                "LastUpdateTime": region.clock(),
                "Attributes": {"MessageId": sent.id, "FeedbackId": feedback_id},
            }


def _reason(what: Outcome) -> str:
    if isinstance(what, Bounce) and what.type == "Permanent" and what.sub_type in ("General", "NoEmail"):
        return "BOUNCE"
    if isinstance(what, Complaint) and what.sub_type is None and what.feedback_type != "not-spam":
        return "COMPLAINT"
    return ""


def _reasons(region: Region, configuration_set: str) -> list[str]:
    """The configuration set's word where it has one (an empty list is none), else the account's."""
    options = region.configuration_sets.get(configuration_set, {}).get("SuppressionOptions")
    found = region.account.suppressed_reasons if options is None else options.get("SuppressedReasons", [])
    return list(found)
