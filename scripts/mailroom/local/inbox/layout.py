"""The HTML of the inbox. Everything that came from outside goes through `escape`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from ..engine.ses.store import Sent
from .message import Attachment, Opened
from .style import STYLE

LIST = "/_mailroom/inbox"
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )


def notice(title: str, words: str) -> str:
    """A page that says one thing."""
    return page(title, f'{_head(title)}<main><p class="empty">{escape(words)}</p></main>')


def _head(title: str, beside: str = "") -> str:
    return (
        f'<header><p class="home"><a href="{LIST}">Mailroom <span>local inbox</span></a></p>'
        f"<h1>{escape(title)}</h1>{beside}</header>"
    )


def listing(sent: Sequence[Sent]) -> str:
    """What was sent, newest first."""
    count = f'<p class="count">{len(sent)} message{"" if len(sent) == 1 else "s"} sent</p>'
    if not sent:
        empty = (
            '<p class="empty">Nothing was sent yet. What SES takes, by API or SMTP, is kept here whole.</p>'
        )
        return page("Inbox", f"{_head('Inbox')}<main>{empty}</main>")
    rows = "".join(_row(one) for one in reversed(sent))
    return page("Inbox", f'{_head("Inbox", count)}<main><ol class="mails">{rows}</ol></main>')


def _row(sent: Sent) -> str:
    to = ", ".join(sent.recipients)
    marks = f'<span class="set">{escape(sent.configuration_set)}</span>' if sent.configuration_set else ""
    if sent.suppressed:
        marks = f'<span class="set">suppressed: {len(sent.suppressed)}</span>{marks}'
    return (
        f'<li><a href="{LIST}/{quote(sent.id, safe="")}">'
        f'<span class="subject">{escape(sent.subject or "(no subject)")}</span>'
        f'<span class="people"><b>{escape(to)}</b> <span>from {escape(sent.sender)}</span></span>'
        f'<span class="facts">{marks}<span>{readable_size(sent.size)}</span>{_time(sent.time)}</span>'
        "</a></li>"
    )


def _time(iso: str) -> str:
    when = datetime.fromisoformat(iso)
    return f'<time datetime="{escape(iso)}">{when:%Y-%m-%d %H:%M:%S}</time>'


def readable_size(size: int) -> str:
    """A size in bytes as people read it."""
    amount, unit = float(size), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def message_page(sent: Sent, opened: Opened) -> str:
    """One message: its envelope, headers, text, HTML and attachments."""
    at = f"{LIST}/{quote(sent.id, safe='')}"
    raw = f'<p class="count"><a class="button" href="{at}/raw" download>Download as sent</a></p>'
    envelope = [
        ("From", sent.sender),
        ("To", ", ".join(sent.recipients)),
        *([("Suppressed, not delivered", ", ".join(sent.suppressed))] if sent.suppressed else []),
        ("Configuration set", sent.configuration_set or "none"),
        ("Came by", sent.via),
        ("Size", readable_size(sent.size)),
        ("Time", sent.time),
        ("Id", sent.id),
        *((f"Tag {name}", value) for name, value in sent.tags),
    ]
    parts = [
        _section("Envelope", _definitions(envelope)),
        _section("Text", f"<pre>{linked(opened.text)}</pre>") if opened.text is not None else "",
        _section("HTML", _frame(at)) if opened.html is not None else "",
        _section("Attachments", _attachments(opened.attachments)) if opened.attachments else "",
        _section("Headers", _definitions(opened.headers)),
    ]
    title = sent.subject or "(no subject)"
    return page(title, f"{_head(title, raw)}<main>{''.join(parts)}</main>")


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inner}</section>"


def _frame(at: str) -> str:
    return (
        f'<iframe title="The HTML of this message" src="{at}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>'
    )


def _definitions(rows: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{linked(value)}</dd>' for name, value in rows)}</dl>"


def _attachments(attachments: Sequence[Attachment]) -> str:
    rows = "".join(
        f"<li><b>{escape(one.name)}</b> {escape(one.content_type)}, {readable_size(one.size)}</li>"
        for one in attachments
    )
    return f'<ul class="attachments">{rows}</ul>'


def linked(text: str | None) -> str:
    """Text, escaped, with its web addresses as links that open outside."""
    pieces, at = [], 0
    for match in _LINK.finditer(text or ""):
        address = escape(match.group())
        pieces.append(escape((text or "")[at : match.start()]))
        pieces.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>')
        at = match.end()
    return "".join(pieces) + escape((text or "")[at:])


def framed(html: str) -> str:
    """A message's HTML for the sandboxed frame: its links open outside of it."""
    return f'<!doctype html><meta charset="utf-8"><base target="_blank">{html}'
