"""What `replay` did, or would do, in words for the terminal."""

from collections import Counter
from collections.abc import Iterator

from mailroom.inbound.plan import DROP, FINISHED, LEAVE, QUEUE, REOPEN, RESEND, Row
from mailroom.inbound.replay import Outcome

# How many mails that stay where they are get a line of their own.
MOST_NAMED = 20

_DONE = {
    QUEUE: "queued again",
    REOPEN: "opened again and queued",
    RESEND: "opened for a new generation of sends and queued",
    LEAVE: "left alone",
    FINISHED: "nothing is left to do",
    DROP: "given up, its letter removed",
}
_WOULD = {
    QUEUE: "would be queued again",
    REOPEN: "would be opened again and queued",
    RESEND: "would be sent again to everybody in its list",
    LEAVE: "would be left alone",
    FINISHED: "nothing is left to do",
    DROP: "would be given up, its letter removed",
}
_STATES = {
    "unknown": "the ledger does not know it yet",
    "open": "open in the ledger",
    "done": "done in the ledger",
    "noticed": "told as a notice",
}

_SHORT = {"unknown": "not yet in the ledger"}


def in_words(outcome: Outcome, *, show: bool, unasked: bool = False) -> Iterator[str]:
    """Line by line; recipients' addresses only with `show`. `unasked`: it waits for a --yes."""
    verbs = _DONE if outcome.changed else _WOULD
    for row in outcome.rows:
        if len(outcome.rows) == 1 or row.action == RESEND or show:
            yield from _closely(row, verbs, show)
    if len(outcome.rows) != 1:
        yield from _counts(outcome, verbs)
    if outcome.dead_letters_removed:
        yield f"taken out of the dead-letter queue: {outcome.dead_letters_removed}"
    if outcome.dead_letters_hidden:
        yield (
            f"about {outcome.dead_letters_hidden} more are hidden just now (another run, or one that was"
            " killed): run this again in two minutes"
        )
    if not outcome.changed:
        yield "nothing was changed; to do it " + ("add --yes" if unasked else "leave --dry-run out")


def _closely(row: Row, verbs: dict[str, str], show: bool) -> Iterator[str]:
    count = sum(row.people.values())
    people = ", ".join(f"{number} {state}" for state, number in row.people.items())
    state = _STATES.get(row.was, row.was)
    yield f"{row.mail}: {state}" + (f", {count} recipient{'s'[: count != 1]} ({people})" if people else "")
    yield f"  {verbs[row.action]}" + (f": {row.why}" if row.why else "")
    for address in row.addresses if show else []:
        yield f"  to {address}"


def _counts(outcome: Outcome, verbs: dict[str, str]) -> Iterator[str]:
    """The counts by what was and what is done, and by name what stays where it is and why."""
    counts = Counter((row.action, row.was) for row in outcome.rows)
    yield f"looked at: {len(outcome.rows)}"
    for (action, was), count in sorted(counts.items()):
        yield f"{verbs[action]}: {count} ({_SHORT.get(was, was)})"
    odd = [row for row in outcome.rows if row.action == DROP or (row.action == LEAVE and row.was != "done")]
    for row in odd[:MOST_NAMED]:
        yield f"  {'left' if row.action == LEAVE else 'given up'}: {row.mail}: {row.why}"
    if len(odd) > MOST_NAMED:
        yield f"  … and {len(odd) - MOST_NAMED} more (--json names all)"
