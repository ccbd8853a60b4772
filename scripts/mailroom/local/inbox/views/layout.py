"""What all pages have around them: head, search, keys."""

from __future__ import annotations

from dataclasses import dataclass

from .icons import FAVICON, LOGO, icon
from .words import safe

LIST = "/_mailroom/inbox"
SCRIPT = f"{LIST}.js"
STYLE = f"{LIST}.css"

_KEYS = (
    ("j or ↓", "the next mail, an older one"),
    ("k or ↑", "the mail before, a newer one"),
    ("Enter", "open the mail"),
    ("Esc", "back to the list; out of the search"),
    ("/", "search"),
    ("← and →", "between the views of a mail"),
    ("g", "the newest mail"),
    ("?", "these keys"),
)


@dataclass(frozen=True)
class Page:
    """A page: its title (text), its content (HTML), what was searched for, what its content stands at
    (`stamp` changes when it must be loaded anew) and from where it is loaded anew ("": never)."""

    title: str
    body: str
    search: str = ""
    stamp: str = ""
    fresh: str = ""
    skip_to: str = "Skip to the mails"

    def html(self, nonce: str) -> str:
        """The whole page. `nonce` is that of its policy."""
        live = f' data-fresh="{safe(self.fresh)}" data-stamp="{safe(self.stamp)}"' if self.fresh else ""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark">'
            f'<title>{safe(self.title)} · Mailroom</title><link rel="icon" href="{FAVICON}">'
            f'<link rel="stylesheet" href="{STYLE}" nonce="{nonce}">'
            f'<script src="{SCRIPT}" nonce="{nonce}" defer></script></head>'
            f'<body{live}><a class="skip" href="#main">{safe(self.skip_to)}</a>'
            f"{_bar(self.search)}{self.body}{_keys()}</body></html>"
        )


def notice(title: str, words: str) -> Page:
    """A page that says one thing."""
    body = (
        f'<main id="main" class="narrow" tabindex="-1"><div class="nothing"><h1>{safe(title)}</h1>'
        f'<p>{safe(words)}</p><p><a class="button" href="{LIST}">{icon("back")}To the inbox</a></p>'
        "</div></main>"
    )
    return Page(title, body, skip_to="Skip to the words")


def _bar(search: str) -> str:
    return (
        f'<header class="bar"><a class="brand" href="{LIST}">{LOGO}<b>Mailroom</b>'
        "<span>local inbox</span></a>"
        f'<form class="search" role="search" action="{LIST}" method="get">'
        '<label class="unseen" for="q">Search sent mail</label>'
        f'{icon("search")}<input id="q" name="q" type="search" value="{safe(search)}" maxlength="500" '
        'placeholder="Search: words, to:, from:, is:bounced" autocomplete="off" autocapitalize="off" '
        'spellcheck="false" enterkeyhint="search"><kbd class="script" aria-hidden="true">/</kbd>'
        '<button type="submit">Search</button></form>'
        '<p id="live" class="live" role="status"></p>'
        '<button id="show-keys" class="round script" type="button" aria-haspopup="dialog" title="Keys (?)">'
        '<span aria-hidden="true">?</span><span class="unseen">Keys</span></button></header>'
    )


def _keys() -> str:
    rows = "".join(f"<div><dt><kbd>{key}</kbd></dt><dd>{safe(does)}</dd></div>" for key, does in _KEYS)
    return (
        '<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2>'
        f'<dl>{rows}</dl><form method="dialog"><button class="button" type="submit">Close</button></form>'
        "</dialog>"
    )
