"""The headers of the inbox's answers: what a browser may do with each of them."""

from __future__ import annotations

SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}

FRAME = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A mail's own HTML: no script, nothing loaded, in a sandbox without origin; only our page may frame it."""

FILE = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""What is only ever saved."""


def page(nonce: str) -> str:
    """Our own pages: their one style sheet and one script, by a nonce. Not by 'self', since the objects of
    the local S3 have the same origin."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
