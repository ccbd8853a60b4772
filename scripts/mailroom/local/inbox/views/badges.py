"""How a mail went, in a word and a colour."""

from __future__ import annotations

from ..outcome import Outcome
from .icons import icon
from .words import safe

LABELS = {
    "accepted": "Accepted",
    "delivered": "Delivered",
    "bounced": "Bounced",
    "complained": "Complained",
    "rejected": "Rejected",
    "failed": "Not rendered",
    "delayed": "Delayed",
    "suppressed": "Suppressed",
    "opened": "Opened",
    "clicked": "Clicked",
    "subscription": "Subscription",
}
EXPLAINED = {
    "accepted": "SES took it; nothing was told of it since",
    "delivered": "The recipient's server took it",
    "bounced": "It came back",
    "complained": "The recipient called it spam",
    "rejected": "SES found a virus in it and did not send it",
    "failed": "Its template could not be filled in",
    "delayed": "The recipient's server did not take it yet",
    "suppressed": "The address is on the suppression list; nothing was sent to it",
    "opened": "A recipient opened it",
    "clicked": "A recipient clicked a link",
    "subscription": "A recipient changed what they subscribe to",
}


def disc(outcome: Outcome) -> str:
    """The worst of it as one round sign; the words are in the badges."""
    return f'<span class="disc {outcome.worst}">{icon(outcome.worst)}</span>'


def badges(outcome: Outcome) -> str:
    """A badge for each fate, with its number where recipients had different ones, and one for each deed."""
    whole = len(outcome.fates) == 1
    fates = (badge(kind, "" if whole else f"{number} ") for kind, number in outcome.fates)
    return "".join([*fates, *(badge(kind) for kind in outcome.deeds)])


def badge(kind: str, before: str = "") -> str:
    """One badge."""
    words = LABELS[kind].lower() if before else LABELS[kind]
    return f'<span class="badge {kind}" title="{safe(EXPLAINED[kind])}">{icon(kind)}{before}{words}</span>'
