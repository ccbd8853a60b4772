"""How a mail went, as far as its events tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.ses.store import Sent

# What became of a recipient, what needs a look first; then what recipients did.
FATES = ("bounced", "complained", "rejected", "failed", "delayed", "suppressed", "delivered", "accepted")
DEEDS = ("opened", "clicked", "subscription")
KINDS = (*FATES, *DEEDS)

# Event type to (what it makes of a recipient, the object of the event, its list of recipients).
# "Contents of event data that Amazon SES publishes to Amazon SNS", SES developer guide.
_MEANING = {
    "Delivery": ("delivered", "delivery", "recipients"),
    "DeliveryDelay": ("delayed", "deliveryDelay", "delayedRecipients"),
    "Bounce": ("bounced", "bounce", "bouncedRecipients"),
    "Complaint": ("complained", "complaint", "complainedRecipients"),
    "Reject": ("rejected", "reject", ""),
    "Rendering Failure": ("failed", "failure", ""),
}
_SOFT = "bounced softly"
_DEEDS = {"Open": "opened", "Click": "clicked", "Subscription": "subscription"}


@dataclass(frozen=True)
class Outcome:
    """How many recipients had each fate, worst first; what was done with the mail; all that events told,
    what a later one has overtaken included; and the fate of each recipient, by its address in lower case."""

    fates: tuple[tuple[str, int], ...]
    deeds: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    people: tuple[tuple[str, str], ...] = ()

    @property
    def worst(self) -> str:
        """The fate that a reader wants to see first."""
        return self.fates[0][0]

    @property
    def kinds(self) -> frozenset[str]:
        """All that `is:` finds this mail by."""
        return self.told.union((kind for kind, _ in self.fates), self.deeds)


def kind_of(event: Mapping[str, Any]) -> str:
    """The type of an event; notifications of an identity name it by another member."""
    return str(event.get("eventType") or event.get("notificationType") or "")


def recipients_of(event: Mapping[str, Any]) -> list[str]:
    """Whom an event is about: the addresses that it names, else all of the mail's recipients."""
    _, member, listed = _MEANING.get(kind_of(event), ("", "", ""))
    named = _addresses(_get(event, member).get(listed)) if listed else []
    return named or _addresses(_get(event, "mail").get("destination"))


def outcome(sent: Sent, events: Sequence[Mapping[str, Any]]) -> Outcome:
    """How a mail went. Events may come late, twice or out of order: they end the same."""
    told: dict[str, set[str]] = {one.lower(): set() for one in sent.recipients}
    deeds: list[str] = []
    for event in events:
        meaning = _meaning(event)
        if meaning:
            for recipient in recipients_of(event):
                told.setdefault(recipient.lower(), set()).add(meaning)
        elif (deed := _DEEDS.get(kind_of(event))) and deed not in deeds:
            deeds.append(deed)
    suppressed = {one.lower() for one in sent.suppressed}
    fate = {one: "suppressed" if one in suppressed else _fate(what) for one, what in told.items()}
    counted = ((kind, sum(1 for one in fate.values() if one == kind)) for kind in FATES)
    everything = set[str]().union(*told.values())
    return Outcome(
        fates=tuple(pair for pair in counted if pair[1]) or (("accepted", 0),),
        deeds=tuple(deeds),
        told=frozenset("bounced" if one == _SOFT else one for one in everything),
        people=tuple(fate.items()),
    )


def _meaning(event: Mapping[str, Any]) -> str:
    """What an event makes of its recipients; "" for one that tells of something else."""
    meaning, member, _ = _MEANING.get(kind_of(event), ("", "", ""))
    return _SOFT if _get(event, member).get("bounceType") == "Transient" else meaning


def _fate(told: set[str]) -> str:
    """What became of a recipient. A soft bounce takes back no delivery: it may be an automatic answer ("out
    of office"), which SES calls a transient bounce too."""
    ranks = ("bounced", "complained", "rejected", "failed", "delivered", _SOFT, "delayed")
    found = next((one for one in ranks if one in told), "accepted")
    return "bounced" if found == _SOFT else found


def _get(event: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    found = event.get(member)
    return found if isinstance(found, Mapping) else {}


def _addresses(listed: object) -> list[str]:
    """Addresses of a list of strings, or of objects with an emailAddress."""
    if not isinstance(listed, Iterable) or isinstance(listed, str):
        return []
    found = (one.get("emailAddress") if isinstance(one, Mapping) else one for one in listed)
    return [one for one in found if isinstance(one, str)]
