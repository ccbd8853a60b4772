"""The views of a mail: HTML, text, headers, source, files."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from .. import headers
from ..cleaner import Cleaned
from ..message import File
from .icons import icon
from .layout import LIST
from .words import apart, count, linked, safe, shown, size

MAXIMUM_SOURCE = 300_000
"""Characters of the source that are shown."""
MAXIMUM_THUMBNAIL = 300_000
MAXIMUM_THUMBNAILS = 3_000_000
_WIDTHS = (("full", "Full width"), ("600", "600 px"), ("360", "Phone"))


def html(message_id: str, cleaned: Cleaned) -> str:
    """A frame with the mail's HTML, and what was kept out of it."""
    if cleaned.trouble:
        return f'<p class="note warn">{icon("failed")}{safe(cleaned.trouble)}</p>'
    at = f"{LIST}/{quote(message_id, safe='')}/html"
    widths = "".join(
        f'<input type="radio" name="width" id="w-{value}"{" checked" if value == "full" else ""}>'
        f'<label for="w-{value}">{words}</label>'
        for value, words in _WIDTHS
    )
    return (
        '<div class="frame"><div class="tools"><fieldset class="widths">'
        f'<legend class="unseen">Width of the mail</legend>{widths}</fieldset>{_kept_out(cleaned.remote)}'
        f'<a class="button" href="{at}" target="_blank" rel="noopener">{icon("away")}Alone in a tab</a></div>'
        f'<iframe title="The HTML of this mail" src="{at}" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe></div>'
    )


def _kept_out(remote: Sequence[str]) -> str:
    if not remote:
        return ""
    hosts = Counter(urlsplit(_absolute(one)).netloc or "no address" for one in remote)
    rows = "".join(f"<li>{apart(host)} <b>{number}</b></li>" for host, number in hosts.most_common(20))
    was = "was" if len(remote) == 1 else "were"
    return (
        f'<details class="note" id="kept-out"><summary>{icon("hidden")}'
        f"{count(len(remote), 'remote image')} {was} not loaded</summary>"
        f"<p>This page loads nothing from elsewhere. They are at:</p><ul>{rows}</ul></details>"
    )


def _absolute(address: str) -> str:
    return f"http:{address}" if address.startswith(("//", "\\\\")) else address


def framed(cleaned: Cleaned, title: str) -> str:
    """The document in the frame. Mail is written for white paper; its links open outside."""
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{safe(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>:root{color-scheme:light}img{max-width:100%;height:auto}body{margin:16px;background:#fff;"
        "color:#111;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}</style>"
        f'</head><body style="{safe(cleaned.body_style)}">{cleaned.html}</body></html>'
    )


def text(words: str) -> str:
    """The text of a mail."""
    return f'<pre tabindex="0" aria-label="The text of this mail">{linked(words)}</pre>'


def source(message_id: str, raw: bytes) -> str:
    """A mail as it was sent, its header names set apart."""
    whole = raw[: 4 * MAXIMUM_SOURCE].decode("utf-8", "replace")
    cut = whole[:MAXIMUM_SOURCE]
    head, gap, body = shown(cut).partition("\n\n")
    lines = "\n".join(_header_line(line) for line in head.split("\n")[:2000])
    note = ""
    if len(cut) < len(whole) or len(raw) > 4 * MAXIMUM_SOURCE:
        note = f'<p class="note">{icon("failed")}Only its beginning is shown, {size(len(cut))}.</p>'
    at = f"{LIST}/{quote(message_id, safe='')}/raw"
    save = f'<a class="button" href="{at}" download>{icon("save")}Download ({size(len(raw))})</a>'
    whole_text = f'<pre tabindex="0" aria-label="The source of this mail">{lines}{gap}{safe(body)}</pre>'
    return f'{note}<div class="tools">{save}</div>{whole_text}'


def _header_line(line: str) -> str:
    name, colon, value = line.partition(":")
    if not colon or not name or " " in name or line[0] in " \t":
        return safe(line)
    return f"<b>{safe(name)}:</b>{safe(value)}"


def header_fields(fields: Sequence[headers.Field]) -> str:
    """All header fields in their order, a DKIM signature in its parts."""
    rows = "".join(_field(field) for field in fields)
    return f'<dl class="fields">{rows}</dl>'


def _field(field: headers.Field) -> str:
    value = linked(field.decoded)
    if field.decoded != field.value:
        value += f'<details class="help"><summary>As sent</summary><code>{safe(field.value)}</code></details>'
    if field.name.lower() == "dkim-signature":
        value = _signature(field.value)
    return f'<div><dt>{safe(field.name)}</dt><dd dir="auto">{value}</dd></div>'


def _signature(value: str) -> str:
    parts = headers.signature(value)
    rows = "".join(
        f'<tr><th scope="row"><code>{safe(tag)}</code> {safe(meaning)}</th><td>{safe(words)}</td></tr>'
        for tag, meaning, words in parts.tags
    )
    place = f"<p>Its key is the TXT record of <code>{safe(parts.key_at)}</code></p>" if parts.key_at else ""
    return (
        f'<table class="signature">{rows}</table>{place}'
        f'<details class="help"><summary>As sent</summary><code>{safe(value)}</code></details>'
    )


def files(message_id: str, found: Sequence[File]) -> str:
    """The files of a mail as cards."""
    room = MAXIMUM_THUMBNAILS
    cards = []
    for file in found:
        small = file.picture and file.size <= min(MAXIMUM_THUMBNAIL, room)
        room -= file.size if small else 0
        cards.append(_card(message_id, file, data_url(file) if small else ""))
    return f'<ul class="cards">{"".join(cards)}</ul>'


def data_url(file: File) -> str:
    """A picture as an address that loads nothing."""
    return f"data:{file.picture};base64,{base64.b64encode(file.content).decode()}"


def _card(message_id: str, file: File, thumbnail: str) -> str:
    at = f"{LIST}/{quote(message_id, safe='')}/files/{file.number}"
    ending = file.name.rpartition(".")[2].upper() if "." in file.name else ""
    look = (
        f'<img src="{thumbnail}" alt="">'
        if thumbnail
        else f"{icon('file')}<b>{safe(ending) if len(ending) <= 5 else ''}</b>"
    )
    inline = f"shown in the HTML as cid:{apart(file.content_id)}" if file.content_id else ""
    return (
        f'<li><span class="look">{look}</span><span class="what"><b>{apart(file.name)}</b>'
        f"<span>{apart(file.content_type)}, {size(file.size)}</span><span>{inline}</span></span>"
        f'<a class="button" href="{at}" download>{icon("save")}<span>Download<span class="unseen"> '
        f"{safe(file.name)}</span></span></a></li>"
    )
