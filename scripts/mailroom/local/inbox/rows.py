"""Which mails stand on which page of the list.

Pages are counted from the oldest mail, so a page holds the same mails whatever arrives: a reader who looks at
an old page, or comes back to it, does not lose the place. The newest page has one to two pages' worth.
"""

from __future__ import annotations

from collections.abc import Sequence

from .index import Entry, Index
from .search import Search, found
from .views.listing import Rows, address
from .views.mail import Place

PER_PAGE = 50
MAXIMUM_TAIL = 500
"""Mails that the newest page may grow to while it is looked at."""


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
    newer = None if end == len(entries) else _page(page + 1, last)
    older = None if start == 0 else page - 1
    return Rows(entries[start:end][::-1], len(entries) - end + 1, len(entries), newer, older)


def place(index: Index, search: Search, message_id: str) -> Place | None:
    """Where a mail stands among those of a search; among all where the search does not find it (any more).
    None where the mail is gone."""
    entries = found(index, search)
    ids = [entry.sent.id for entry in entries]
    if message_id not in ids:
        search = Search()
        ids = [entry.sent.id for entry in index.entries()]
    if message_id not in ids:
        return None
    at = ids.index(message_id)
    last = max(1, len(ids) // PER_PAGE)
    return Place(
        search=search.typed,
        newer=ids[at + 1] if at + 1 < len(ids) else "",
        older=ids[at - 1] if at else "",
        number=len(ids) - at,
        total=len(ids),
        back=f"{address(search.typed, page=_page(at // PER_PAGE + 1, last))}#m-{message_id}",
    )


def _page(number: int, last: int) -> int:
    """A page's number in an address: the newest has none."""
    return number if number < last else 0
