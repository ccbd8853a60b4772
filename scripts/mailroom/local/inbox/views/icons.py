"""Small drawings, 16 units wide, in the colour of the text beside them."""

from __future__ import annotations

_PATHS = {
    "accepted": "M2 8h9M8 4.5 11.5 8 8 11.5M14 3v10",
    "delivered": "m3 8.5 3.2 3.2L13 4.8",
    "bounced": "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
    "complained": "M4 14V2.5M4 3h8.5l-2 3 2 3H4",
    "rejected": "m4 4 8 8M12 4l-8 8",
    "failed": "M8 2.5 14 13H2L8 2.5ZM8 6.5v3M8 11.3v.2",
    "delayed": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3.3l2.2 1.4",
    "suppressed": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8l8.4 8.4",
    "opened": "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8Z"
    "M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
    "clicked": "m5 5 3 9 1.6-3.8L13.5 8.5 5 5ZM3 1.8l.6 1.6M1.6 5h1.7M6.6 1.6 6 3.2",
    "subscription": "M2 3.5h12v9H2v-9Zm0 .5 6 5 6-5M6 8l-3.5 4M10 8l3.5 4",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14",
    "file": "M4 1.8h5.2L12.5 5v9.2H4V1.8ZM9 2v3.2h3.3",
    "clip": "m12.8 7.3-5 5a3 3 0 0 1-4.3-4.3l5.4-5.3a2 2 0 0 1 2.8 2.8l-5.2 5.2a1 1 0 0 1-1.4-1.4l4.6-4.6",
    "back": "M14 8H3M7 3.5 2.5 8 7 12.5",
    "newer": "M3 10.5 8 5.5l5 5",
    "older": "m3 5.5 5 5 5-5",
    "save": "M8 2v8M4.5 6.8 8 10.3l3.5-3.5M2.5 13.5h11",
    "away": "M6 3H3v10h10v-3M9 2.5h4.5V7M13 3 7.5 8.5",
    "hidden": "M2 2l12 12M4 3h10v9M2 4.5V13h9.5M2.5 11.5l3-3 2 2",
    "mail": "M2 3.5h12v9H2v-9Zm0 .5 6 5 6-5",
    "set": "M2.5 8.3V2.5h5.8l5.2 5.2-5.8 5.8-5.2-5.2ZM5.4 5.3v.1",
}


def icon(name: str) -> str:
    """A drawing that says nothing to a screen reader: words stand beside it."""
    return (
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        f'<path d="{_PATHS[name]}"/></svg>'
    )


LOGO = (
    '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">'
    '<rect x="1" y="1" width="30" height="30" rx="8"/>'
    '<path d="M7 11.5h18v11H7zM7.5 12l8.5 6.5L24.5 12"/></svg>'
)

TRAY = (
    '<svg class="tray" viewBox="0 0 200 130" aria-hidden="true" focusable="false">'
    '<path class="dots" d="M18 34c30-26 66-24 82 6"/>'
    '<g class="sheet"><rect x="62" y="30" width="76" height="52" rx="6"/><path d="m66 35 34 26 34-26"/></g>'
    '<path class="box" d="M28 74h34l10 18h56l10-18h34v34a10 10 0 0 1-10 10H38a10 10 0 0 1-10-10V74Z"/></svg>'
)

# The browser asks for no other file when the page names this one.
FAVICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='8' fill='%232a5bd7'/%3E"
    "%3Cpath d='M7 11h18v12H7zM7.5 11.5l8.5 7 8.5-7' fill='none' stroke='%23fff' stroke-width='2' "
    "stroke-linejoin='round'/%3E%3C/svg%3E"
)
