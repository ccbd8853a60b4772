"""The page for a link that does not lead to its file: plain, without scripts, for a phone, light and dark."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# The page of a file that is being checked asks again by itself, as often as this.
RETRY_SECONDS = 15
_REPLY = "Reply to the mail that the link was in: the answer goes to whoever sent it. Ask for the file again"


@dataclass(frozen=True)
class Refusal:
    """The status, why there is no file (`{until}`: when the link ended), and what to do about it."""

    status: int
    title: str
    why: str
    how: str


# 410 where it is over for good, 503 where waiting helps, 403 where somebody would have to allow it.
REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        "unknown": Refusal(
            404,
            "This link is not known",
            "Perhaps it was not copied whole, or its file was removed a long time ago.",
            "Open the link from the mail itself, or copy all of it. If it is still not known, reply to the"
            " mail that the link was in, and ask for the file: the answer goes to whoever sent it.",
        ),
        "expired": Refusal(
            410, "This link has expired", "The file could be fetched until {until}.", f"{_REPLY}."
        ),
        "revoked": Refusal(
            410,
            "This link was withdrawn",
            "Whoever runs this service has withdrawn the file. Nothing is wrong with your device.",
            f"{_REPLY}, or why it was withdrawn.",
        ),
        "infected": Refusal(
            410,
            "This file is infected",
            "A virus scanner has found malware in the file, so it is not handed out. Your device has not"
            " received any of it.",
            f"{_REPLY}, and say that it was infected: their device may need help.",
        ),
        "checking": Refusal(
            503,
            "This file is being checked",
            "Every file is scanned for malware before it is handed out; mostly in less than a minute.",
            f"Just leave this page open: it asks again every {RETRY_SECONDS} seconds, and the file is saved"
            " as soon as it has passed.",
        ),
        "unchecked": Refusal(
            403,
            "This file could not be checked",
            "The virus scanner could not look into the file, for instance because a password protects it,"
            " so it is not handed out.",
            f"{_REPLY} in another form, without a password, or ask whoever runs this service to release it.",
        ),
    }
)
# No script, no frame, no outside resource: the page needs nothing but its own style and its empty icon,
# which keeps browsers from asking for /favicon.ico.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_REFRESH = f'<meta http-equiv="refresh" content="{RETRY_SECONDS}">\n'
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
{refresh}<link rel="icon" href="data:,">
<title>{title}</title>
<style>
:root {{ --page: #f2f4f7; --card: #fff; --text: #1d232b; --soft: #5a6472; --line: #dfe4ea; --mark: #b3541e; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --page: #14171b; --card: #1e2329; --text: #e8ebef; --soft: #a3adba; --line: #343b45;
    --mark: #f0a06a; }}
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem;
  display: grid; place-items: center; background: var(--page); color: var(--text);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }}
main {{ width: 100%; max-width: 34rem; padding: clamp(1.5rem, 6vw, 2.5rem); background: var(--card);
  border: 1px solid var(--line); border-top: 4px solid var(--mark); border-radius: .625rem;
  overflow-wrap: break-word; }}
h1 {{ margin: 0 0 .75rem; font-size: clamp(1.4rem, 6vw, 1.75rem); line-height: 1.25; text-wrap: balance; }}
h2 {{ margin: 1.5rem 0 .25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 1rem; }}
p {{ margin: 0; }}
footer {{ margin-top: 1.5rem; color: var(--soft); font-size: .875rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{why}</p>
<h2>What you can do</h2>
<p>{how}</p>
<footer>Links to attachments &middot; {status}</footer>
</main>
</body>
</html>
"""


def page(reason: str, until: str = "") -> tuple[int, str]:
    """The status and the page for a reason of REFUSALS; `until` is when an expired link ended, in words."""
    refusal = REFUSALS[reason]
    texts = {"title": refusal.title, "why": refusal.why.format(until=until), "how": refusal.how}
    shown = {name: html.escape(text) for name, text in texts.items()}
    refresh = _REFRESH if refusal.status == 503 else ""
    return refusal.status, _PAGE.format(**shown, status=refusal.status, refresh=refresh)
