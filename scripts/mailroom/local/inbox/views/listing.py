"""The list of sent mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from ...engine.ses.store import Sent
from ..index import Content, Entry
from ..outcome import DEEDS, FATES
from ..rows import Rows
from ..search import Search
from .badges import LABELS, badges, disc
from .empty import nothing_found, nothing_sent, search_help
from .icons import icon
from .layout import LIST, Page
from .words import apart, count, moment, safe, since, size

SNIPPET = 160
MOST_SETS = 8


@dataclass(frozen=True)
class Listed:
    """All that the page of the list shows."""

    search: Search
    rows: Rows
    everything: Sequence[Entry]
    fresh: str
    stamp: str
    now: datetime
    read: Callable[[Sent], Content]
    address: str


def address(search: str = "", **more: str | int) -> str:
    """The list's address for a search."""
    given = {**({"q": search} if search else {}), **{name: value for name, value in more.items() if value}}
    return f"{LIST}?{urlencode(given)}" if given else LIST


def mail_address(message_id: str, search: str = "", view: str = "") -> str:
    """A mail's own page; it knows the search that it was found by."""
    given = {name: value for name, value in (("view", view), ("q", search)) if value}
    return f"{LIST}/{quote(message_id, safe='')}{'?' + urlencode(given) if given else ''}"


def page(listed: Listed) -> Page:
    """The page of the list."""
    rows, typed = listed.rows, listed.search.typed
    if not listed.everything:
        main = nothing_sent(listed.address)
    else:
        main = (
            f'<div class="title"><h1>{"Found" if typed else "Sent mail"}</h1>'
            f'<p id="count" class="count">{_count(listed)}</p>{search_help()}</div>{_problems(listed.search)}'
            f"{_rows(listed) if rows.entries else nothing_found(typed)}{_pager(rows, typed)}"
        )
    filters = f'<nav id="filters" class="filters" aria-label="Filters" data-live>{_filters(listed)}</nav>'
    body = f'<div class="columns">{filters}<main id="main" tabindex="-1" data-live>{main}</main></div>'
    title = f"{typed} - found" if typed else f"Inbox ({len(listed.everything):,})"
    return Page(title, body, typed, listed.stamp, listed.fresh)


def _count(listed: Listed) -> str:
    rows = listed.rows
    last = rows.first + len(rows.entries) - 1
    if not rows.entries:
        return "none"
    if len(rows.entries) == rows.total:
        return count(rows.total, "mail")
    return f"{rows.first:,} to {last:,} of {count(rows.total, 'mail')}"


def _problems(search: Search) -> str:
    return "".join(f'<p class="note warn">{icon("failed")}{safe(problem)}</p>' for problem in search.problems)


def _filters(listed: Listed) -> str:
    kinds = Counter(kind for entry in listed.everything for kind in entry.outcome.kinds)
    named = (entry.sent.configuration_set for entry in listed.everything)
    sets = Counter(name for name in named if name)
    links = [_filter(listed, "", "All mail", len(listed.everything), "mail")]
    for kind in (*FATES, *DEEDS):
        if kinds[kind]:
            links.append(_filter(listed, f"is:{kind}", LABELS[kind], kinds[kind], kind))
    for_sets = [
        _filter(listed, set_search(name), name, number, "set") for name, number in sets.most_common(MOST_SETS)
    ]
    block = f'<div class="sets"><h2>Configuration sets</h2><ul>{"".join(for_sets)}</ul></div>' if sets else ""
    return f'<h2 class="unseen">Filters</h2><ul>{"".join(links)}</ul>{block}'


def set_search(name: str) -> str:
    """The search for a configuration set."""
    return f'set:"{name}"' if " " in name else f"set:{name}"


def _filter(listed: Listed, search: str, words: str, number: int, sign: str) -> str:
    current = ' aria-current="true"' if listed.search.typed == search else ""
    return (
        f'<li><a href="{safe(address(search))}"{current} class="filter {sign}">{icon(sign)}'
        f'<span class="name">{apart(words)}</span><span class="number">{number:,}</span></a></li>'
    )


def _rows(listed: Listed) -> str:
    rows = "".join(_row(listed, entry) for entry in listed.rows.entries)
    return f'<ol class="mails" id="mails">{rows}</ol>'


def _row(listed: Listed, entry: Entry) -> str:
    sent, content = entry.sent, listed.read(entry.sent)
    to = sent.recipients[0] if sent.recipients else "nobody"
    more = f' <span class="more">+{len(sent.recipients) - 1}</span>' if len(sent.recipients) > 1 else ""
    link = safe(mail_address(sent.id, listed.search.typed))
    return (
        f'<li class="row"><a href="{link}" id="m-{safe(sent.id)}">'
        f"{disc(entry.outcome)}"
        f'<span class="who"><span class="to"><span class="unseen">To </span>{apart(to)}{more}</span>'
        f'<span class="from">from {apart(sent.sender)}</span></span>'
        f'<span class="first"><span class="subject">{apart(sent.subject or "(no subject)")}</span>'
        f'<span class="when">{moment(sent.time, listed.now)}{since(sent.time, listed.now)}</span></span>'
        f'<span class="second"><span class="snippet">{apart(content.text[:SNIPPET])}</span>'
        f'<span class="marks">{_marks(entry, content)}</span>'
        f'<span class="size">{size(sent.size)}</span></span></a></li>'
    )


def _marks(entry: Entry, content: Content) -> str:
    marks = badges(entry.outcome)
    if entry.sent.configuration_set:
        name = apart(entry.sent.configuration_set)
        marks += f'<span class="chip" title="Configuration set">{icon("set")}{name}</span>'
    if content.files:
        files = count(content.files, "file")
        marks += f'<span class="chip" title="Attachments">{icon("clip")}{files}</span>'
    return marks


def _pager(rows: Rows, typed: str) -> str:
    links = [
        _beside(page, typed, *words)
        for page, *words in ((rows.newer, "newer", "Newer", "prev"), (rows.older, "older", "Older", "next"))
        if page is not None
    ]
    return f'<nav class="pager" aria-label="Pages">{"".join(links)}</nav>' if links else ""


def _beside(page: int, typed: str, name: str, words: str, relation: str) -> str:
    to = safe(address(typed, page=page))
    return f'<a id="{name}" class="button" rel="{relation}" href="{to}">{icon(name)}{words}</a>'
