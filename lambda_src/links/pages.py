"""The page for a link that leads nowhere: plain, without scripts, for a phone, light and dark."""

import html
from collections.abc import Mapping
from types import MappingProxyType

HOW_TO_ASK = (
    "To get the file again, reply to the mail that the link was in: the answer goes to whoever sent it."
)
# Why a link is refused: status, title, and what it means.
REFUSALS: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        "unknown": (
            404,
            "This link is not known",
            "Perhaps it was not copied whole, or the file was removed a long time ago.",
        ),
        "expired": (410, "This link has expired", "The file could be fetched until {until}."),
        "revoked": (410, "This link was withdrawn", "Whoever runs this service has withdrawn the file."),
    }
)
# No script, no frame, no outside resource: the page needs nothing but its own style.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ max-width: 32rem; margin: 12vh auto 0; padding: 0 1.25rem; font: 1.1rem/1.55 system-ui, sans-serif;
  color: #1c1c1c; background: #fff; }}
h1 {{ font-size: 1.5rem; line-height: 1.25; }}
@media (prefers-color-scheme: dark) {{ body {{ color: #ececec; background: #161616; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{why}</p>
<p>{how}</p>
</main>
</body>
</html>
"""


def page(reason: str, until: str = "") -> tuple[int, str]:
    """The status and the page for a reason of REFUSALS; `until` is when an expired link ended, in words."""
    status, title, why = REFUSALS[reason]
    texts = {"title": title, "why": why.format(until=until), "how": HOW_TO_ASK}
    return status, _PAGE.format(**{name: html.escape(text) for name, text in texts.items()})
