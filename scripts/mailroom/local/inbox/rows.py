"""Which mails stand on which page of the list.

Pages are counted from the oldest mail, so a page holds the same mails whatever arrives: a reader who looks at
an old page, or comes back to it, does not lose the place. The newest page has one to two pages' worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .index import Entry

PER_PAGE = 50
MAXIMUM_TAIL = 500
"""Mails that the newest page may grow to while it is looked at."""


@dataclass(frozen=True)
class Rows:
    """A part of what was found: the mails, newest first; the place of the first of them, from 1; how many
    there are in all; the numbers of the pages beside it (None: there is none, 0: the newest)."""

    entries: Sequence[Entry]
    first: int
    total: int
    newer: int | None
    older: int | None


@dataclass(frozen=True)
class Place:
    """Where a mail stands: the mails beside it (ids, "" for none), its place from 1 among how many, and the
    number of its page (0: the newest)."""

    newer: str
    older: str
    number: int
    total: int
    page: int


def latest(entries: Sequence[Entry]) -> int:
    """The number of the newest page, from 1."""
    return max(1, len(entries) // PER_PAGE)


def rows(entries: Sequence[Entry], page: int, tail: int) -> Rows:
    """The mails of a page (0: the newest), or of page `tail` and all that is newer. `entries` are oldest
    first."""
    last = latest(entries)
    page = min(page, last)
    if page in (0, last):
        page = min(tail, last) if tail else last
        start, end = (page - 1) * PER_PAGE, len(entries)
        start = max(start, end - MAXIMUM_TAIL)
    else:
        start, end = (page - 1) * PER_PAGE, page * PER_PAGE
    newer = None if end == len(entries) else _number(page + 1, last)
    older = None if start == 0 else page - 1
    return Rows(entries[start:end][::-1], len(entries) - end + 1, len(entries), newer, older)


def place(entries: Sequence[Entry], message_id: str) -> Place | None:
    """Where a mail stands among these, oldest first; None where it is none of them."""
    at = next((number for number, entry in enumerate(entries) if entry.sent.id == message_id), None)
    if at is None:
        return None
    return Place(
        newer=entries[at + 1].sent.id if at + 1 < len(entries) else "",
        older=entries[at - 1].sent.id if at else "",
        number=len(entries) - at,
        total=len(entries),
        page=_number(at // PER_PAGE + 1, latest(entries)),
    )


def _number(page: int, last: int) -> int:
    """A page's number in an address: the newest has none."""
    return page if page < last else 0
