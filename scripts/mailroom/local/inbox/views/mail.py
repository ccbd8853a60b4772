"""The page of one mail: who, when, how it went, and one of its views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..index import Entry
from ..message import Opened
from ..rows import Place
from .badges import LABELS, badges
from .icons import icon
from .layout import Page
from .listing import address, mail_address, set_search
from .words import apart, moment, safe, since, size

VIEWS = ("html", "text", "headers", "source", "files", "events")
_NAMES = {
    "html": "HTML",
    "text": "Text",
    "headers": "Headers",
    "source": "Source",
    "files": "Files",
    "events": "Events",
}


@dataclass(frozen=True)
class Mail:
    """All that the page of a mail shows: the mail, its place among what was searched for (`search` as typed),
    and `panel`, the HTML of the chosen view."""

    entry: Entry
    opened: Opened
    search: str
    place: Place
    view: str
    panel: str
    fresh: str
    stamp: str
    now: datetime


def views_of(opened: Opened) -> list[str]:
    """The views that a mail has, the one that a reader wants first in front."""
    absent = {"html": opened.html is None, "text": opened.text is None, "files": not opened.files}
    return [view for view in VIEWS if not absent.get(view)]


def page(mail: Mail) -> Page:
    """The page of a mail."""
    subject = mail.entry.sent.subject or "(no subject)"
    notes = "".join(f'<p class="note warn">{icon("failed")}{safe(note)}</p>' for note in mail.opened.notes)
    live = " data-live" if mail.view == "events" else ""
    body = (
        f'<main id="main" class="one" tabindex="-1">{_beside(mail)}'
        f"<h1>{apart(subject)}</h1>"
        f'<p id="badges" class="marks" data-live>{badges(mail.entry.outcome)}</p>{_facts(mail)}'
        f'{_tabs(mail)}{notes}<section id="panel" class="{mail.view}" aria-label="{_NAMES[mail.view]}"{live}>'
        f"{mail.panel}</section></main>"
    )
    return Page(subject, body, mail.search, mail.stamp, mail.fresh, "Skip to the mail")


def _beside(mail: Mail) -> str:
    place = mail.place
    newer = _step(mail, place.newer, "newer", "Newer", "prev")
    older = _step(mail, place.older, "older", "Older", "next")
    back = safe(f"{address(mail.search, page=place.page)}#m-{mail.entry.sent.id}")
    return (
        f'<nav id="beside" class="beside" aria-label="Other mails" data-live>'
        f'<a id="back" class="button" href="{back}">{icon("back")}'
        f"{'Found' if mail.search else 'All'} mail</a>"
        f'<span class="count">{place.number:,} of {place.total:,}</span>{newer}{older}</nav>'
    )


def _step(mail: Mail, message_id: str, name: str, words: str, relation: str) -> str:
    if not message_id:
        return f'<span class="button off">{icon(name)}{words}</span>'
    to = safe(mail_address(message_id, mail.search))
    return f'<a id="{name}" class="button" rel="{relation}" href="{to}">{icon(name)}{words}</a>'


def _facts(mail: Mail) -> str:
    sent = mail.entry.sent
    header = {field.name.lower(): field.decoded for field in reversed(mail.opened.fields)}
    about = size(sent.size)
    if sent.configuration_set:
        where = safe(address(set_search(sent.configuration_set)))
        about += f', configuration set <a href="{where}">{apart(sent.configuration_set)}</a>'
    seen = [
        ("From", apart(header.get("from") or sent.sender)),
        ("Sent", f"{moment(sent.time, mail.now)} {since(sent.time, mail.now)}"),
        ("To", _people(mail)),
        ("About", about),
    ]
    more = [
        ("Envelope sender", apart(sent.sender)),
        ("Came by", f"{safe(sent.via)}, {safe(sent.region)}"),
        ("Caller", f"{apart(sent.caller)} from {safe(sent.source_ip)}"),
        ("Message id", f"<code>{safe(sent.id)}</code>"),
        *((f"Tag {name}", apart(value)) for name, value in sent.tags),
    ]
    return (
        f'<dl class="facts seen">{_definitions(seen)}</dl><details class="help more" id="more">'
        f'<summary>Envelope, caller, id, tags</summary><dl class="facts">{_definitions(more)}</dl></details>'
    )


def _definitions(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<div><dt>{safe(name)}</dt><dd>{value}</dd></div>" for name, value in rows)


def _people(mail: Mail) -> str:
    fates = dict(mail.entry.outcome.people)
    people = "".join(_person(one, fates) for one in mail.entry.sent.recipients)
    return f'<ul class="people" id="people" data-live>{people}</ul>'


def _person(person: str, fates: dict[str, str]) -> str:
    fate = fates.get(person.lower(), "accepted")
    return f'<li>{apart(person)} <span class="fate {fate}">{icon(fate)}{LABELS[fate].lower()}</span></li>'


def _tabs(mail: Mail) -> str:
    links = "".join(_tab(mail, view) for view in views_of(mail.opened))
    return f'<nav class="tabs" id="tabs" aria-label="Views of this mail" data-live><ul>{links}</ul></nav>'


def _tab(mail: Mail, view: str) -> str:
    current = ' aria-current="page"' if view == mail.view else ""
    number = _number(mail, view)
    counted = f' <span class="number">{number:,}</span>' if number is not None else ""
    to = safe(mail_address(mail.entry.sent.id, mail.search, view))
    return f'<li><a id="tab-{view}" href="{to}"{current}>{_NAMES[view]}{counted}</a></li>'


def _number(mail: Mail, view: str) -> int | None:
    counted: dict[str, Sequence[object] | int] = {
        "files": mail.opened.files,
        "headers": mail.opened.fields,
        "events": mail.entry.events,
    }
    found = counted.get(view)
    return found if isinstance(found, int) or found is None else len(found)
