"""Withdrawing links and giving them back, by the thousand if need be.

Each link is one conditional update, so that a run that was stopped can simply be run again: what it did stays
done and is counted as done before.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from mailroom.counting import counted as bar
from mailroom.errors import MailroomError

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link
    from mailroom.links.choice import Choice
    from mailroom.links.table import Table

# More than these, and a person at a terminal is asked. A script is not: what it did can be taken back.
MANY = 25
IN_FLIGHT = 10  # connections of a boto3 client
_AT_ONCE = 500  # so many are begun before a Ctrl-C is heard

CHANGED, BEFORE, EXPIRED = "changed", "before", "expired"


@dataclass(frozen=True)
class Kind:
    """A change: what it will do to a link (CHANGED, BEFORE or EXPIRED), how it does it, and its words."""

    verb: str
    outcome: Callable[["Link", float], str]
    do: Callable[["Table", "Link"], bool]
    names: dict[str, str]
    words: dict[str, str]


def _revoking(link: "Link", now: float) -> str:
    return BEFORE if link.revoked_at else CHANGED


def _restoring(link: "Link", now: float) -> str:
    if not link.revoked_at:
        return BEFORE
    return EXPIRED if link.expires_at <= now else CHANGED


REVOKE = Kind(
    "revoke",
    _revoking,
    lambda table, link: table.revoke(link),
    {CHANGED: "revoked", BEFORE: "revoked_before"},
    {CHANGED: "revoked: {}", BEFORE: "revoked before: {}"},
)
RESTORE = Kind(
    "restore",
    _restoring,
    lambda table, link: table.restore(link),
    {CHANGED: "restored", BEFORE: "not_revoked", EXPIRED: "expired"},
    {
        CHANGED: "restored: {}",
        BEFORE: "were not revoked: {}",
        EXPIRED: "expired, so they stay closed: {} (mailroom inbound replay KEY --resend makes new ones)",
    },
)


def change(
    kind: Kind, table: "Table", choice: "Choice", *, dry_run: bool, yes: bool, as_json: bool
) -> Iterator[str]:
    """Do it to the chosen links; the lines to print. Raises MailroomError where none was chosen or found."""
    if not choice:
        raise MailroomError(
            "Say which links: LINK, --message KEY [--file NAME], --attachment KEY, or --recipient ADDRESS.",
            "mailroom links list",
        )
    found = list(table.chosen(choice))
    if not found:
        raise MailroomError(f"No link in {table.environment.name} is of that choice.", "mailroom links list")
    now = time.time()
    planned = Counter(kind.outcome(link, now) for link in found)
    if dry_run:
        counts = planned
    else:
        _ask(kind, found, planned[CHANGED], yes)
        counts = _everything(kind, table, choice, found)
    if as_json:
        yield json.dumps({name: counts[key] for key, name in kind.names.items()} | {"dry_run": dry_run})
        return
    if dry_run:
        yield f"It would {kind.verb} {_extent(found, planned[CHANGED])}. Nothing was changed."
    for key, words in kind.words.items():
        if counts[key] or (key == CHANGED and not dry_run):
            yield words.format(f"{counts[key]:,}")


def _ask(kind: Kind, found: list["Link"], count: int, yes: bool) -> None:
    if count > MANY and not yes and sys.stdin.isatty():
        typer.confirm(f"This will {kind.verb} {_extent(found, count)}. Go on?", abort=True, err=True)


def _extent(found: list["Link"], count: int) -> str:
    from mailroom.links.words import counted

    mails, people = {link.mail for link in found}, {link.recipient for link in found}
    among = f"{counted(len(mails), 'message')} to {counted(len(people), 'recipient')}"
    return f"{counted(count, 'link')} (found {len(found):,} of {among})"


def _everything(kind: Kind, table: "Table", choice: "Choice", found: list["Link"]) -> Counter[str]:
    """Change all that is found, and look again until nothing new is: an index lags, and mail goes on."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    with (
        ThreadPoolExecutor(IN_FLIGHT) as pool,
        bar(f"Links to {kind.verb}, {len(found):,} in all:") as count_one,
    ):
        while found:
            seen.update(link.token_hash for link in found)
            for start in range(0, len(found), _AT_ONCE):
                for outcome in pool.map(
                    lambda link: _one(kind, table, link), found[start : start + _AT_ONCE]
                ):
                    counts[outcome] += 1
                    count_one()
            found = [link for link in table.chosen(choice) if link.token_hash not in seen]
    return counts


def _one(kind: Kind, table: "Table", link: "Link") -> str:
    """What became of it. Where the table says no, another run was here first, or its time ended just now."""
    outcome = kind.outcome(link, time.time())
    return BEFORE if outcome == CHANGED and not kind.do(table, link) else outcome
