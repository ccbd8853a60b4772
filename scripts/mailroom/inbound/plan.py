"""What is done about a stored mail of which the ledger knows this, and why."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lambda_src.inbound.ports import DONE, DOUBTFUL, NOTICED, SENDING
from mailroom.inbound.ledger import UNKNOWN, Known

# So long a mail that was sent again is left alone: a run that was killed can simply be repeated.
RESEND_PAUSE_SECONDS = 24 * 3600

QUEUE, REOPEN, RESEND, LEAVE = "queue", "reopen", "resend", "leave"
# Nothing is left to do: its dead letter goes, and it is not queued. DROP: nothing can be done any more.
FINISHED, DROP = "finished", "drop"

IN_DOUBT = "everybody who is left is in doubt, so it can only fail again: mailroom inbound doubtful"


@dataclass(frozen=True)
class Choice:
    """What the operator wants: `resend` finished mails anew, `again` even those sent again within a day,
    `noticed` ones too; `release`: SES's verdicts (virus, spam and the like) do not hold the mail again;
    `drop_gone`: dead letters go whose raw mail is gone; `dry_run` changes nothing. `progress` is called for
    each mail that is looked at.
    """

    resend: bool = False
    again: bool = False
    noticed: bool = False
    release: bool = False
    dry_run: bool = False
    drop_gone: bool = False
    progress: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Row:
    """One mail (`<key>#<version>`), or one foreign dead letter: what it was, and what is done about it.

    `people` counts its recipients by their states, where it was looked at that closely.
    """

    mail: str
    was: str
    action: str
    why: str = ""
    people: dict[str, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)


def plan(known: Known, choice: Choice, now: float) -> tuple[str, str]:
    """What to do with a mail, and why where that is not plain. `now`: seconds since 1970."""
    if known.state not in (DONE, NOTICED):
        if only_doubts(known, now):
            return LEAVE, IN_DOUBT
        resumed = "it is not done yet, so it is resumed" if choice.resend else ""
        return QUEUE, "a worker has it just now" if known.owned_until > now else resumed
    if known.state == NOTICED and not choice.noticed:
        return LEAVE, f"it ended as a notice ({known.reason})"
    if choice.resend:
        if known.resent_at > now - RESEND_PAUSE_SECONDS and not choice.again:
            at = datetime.fromtimestamp(known.resent_at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
            return LEAVE, f"it was sent again at {at}; --again does it once more"
        return RESEND, f"generation {known.generation + 1}"
    if known.state == NOTICED:
        return REOPEN, f"it ended as a notice ({known.reason})"
    return LEAVE, ""


def plan_one(known: Known, choice: Choice, now: float) -> Row:
    """As `plan`, for a mail that was named: a notice is meant, too, and of one that is done it is said."""
    named = Choice(resend=choice.resend, again=choice.again, noticed=True, release=choice.release)
    action = plan(known, named, now)
    if known.state == DONE and not choice.resend:
        counts = ", ".join(f"{number} {state}" for state, number in _people(known).items())
        action = FINISHED, f"it is done ({counts or 'nobody was sent to'}); --resend sends it again"
    return row(known, action)


def only_doubts(known: Known, now: float) -> bool:
    """Whether nobody works a mail, and none of its recipients is left but those that SES may have sent to.

    The function would try it in vain: doubts are settled by SES's Send event, or by a person.
    """
    left = {person.state for person in known.people} - {"sent", "refused"}
    open_now = known.state not in (DONE, NOTICED, UNKNOWN) and known.owned_until <= now
    return open_now and bool(left) and left <= {DOUBTFUL, SENDING}


def row(known: Known, action: tuple[str, str]) -> Row:
    """A mail that the ledger knows, with what is done about it."""
    return Row(known.mail, known.state, *action, _people(known), [person.address for person in known.people])


def _people(known: Known) -> dict[str, int]:
    return dict(sorted(Counter(person.state for person in known.people).items()))
