"""Which page a path of the inbox asks for.

/_mailroom/inbox.json        what was sent, for programs
/_mailroom/inbox             the same, for people
/_mailroom/inbox/ID          one message
/_mailroom/inbox/ID/html     its HTML part, for the sandboxed frame
/_mailroom/inbox/ID/raw      the message as it was sent
"""

from __future__ import annotations

import json
from urllib.parse import quote

from ..engine.protocol.messages import Response
from ..engine.ses.store import MailStore
from . import layout, message

LIST = "/_mailroom/inbox"

# Nothing is loaded, nothing runs: the pages carry their style and need no more.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The mail's own HTML: as above, in a sandbox without origin; only our own page may frame it.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Inbox:
    """The inbox of one local cloud."""

    def __init__(self, mail: MailStore) -> None:
        self.mail = mail

    def respond(self, method: str, path: str) -> Response:
        """Answer a GET below /_mailroom/; anything else is not found."""
        if method not in ("GET", "HEAD"):
            return _page(405, layout.notice("Only looking here", "The inbox answers GET."))
        if path == f"{LIST}.json":
            listed = [sent.listed() for sent in self.mail.listing()]
            return Response(200, {**SAFE, "content-type": "application/json"}, json.dumps(listed).encode())
        if path in (LIST, f"{LIST}/"):
            return _page(200, layout.listing(self.mail.listing()))
        message_id, _, part = path.removeprefix(f"{LIST}/").partition("/")
        if path.startswith(f"{LIST}/") and part in ("", "html", "raw"):
            return self._message(message_id, part)
        return _page(404, layout.notice("Nothing here", "The inbox is at /_mailroom/inbox."))

    def _message(self, message_id: str, part: str) -> Response:
        sent, raw = self.mail.find(message_id), self.mail.raw(message_id)
        if sent is None or raw is None:
            return _page(404, layout.notice("No such message", "It was never sent, or the cloud was reset."))
        if part == "raw":
            name = f'attachment; filename="{quote(message_id)}.eml"'
            return Response(200, {**SAFE, "content-type": "message/rfc822", "content-disposition": name}, raw)
        opened = message.opened(raw)
        if part == "html":
            headers = {
                **SAFE,
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": FRAME_POLICY,
            }
            return Response(200, headers, layout.framed(opened.html or "").encode("utf-8", "replace"))
        return _page(200, layout.message_page(sent, opened))


def _page(status: int, html: str) -> Response:
    headers = {**SAFE, "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
    return Response(status, headers, html.encode("utf-8", "replace"))
