"""Which page a path of the inbox asks for.

/_mailroom/inbox.json            what was sent, for programs (?q= searches)
/_mailroom/inbox                 the same, for people (?q= searches, ?page= older ones)
/_mailroom/inbox/ID              one mail (?view=html, text, headers, source, files, events)
/_mailroom/inbox/ID/html         its HTML part, cleaned, for the sandboxed frame
/_mailroom/inbox/ID/raw          the mail as it was sent
/_mailroom/inbox/ID/files/N      one of its files, to be saved
/_mailroom/inbox/ID/events.json  its events, for programs
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from lambda_src.links.names import disposition, safe_type

from ..engine.protocol.messages import Request, Response
from ..engine.ses.store import MailStore, Sent
from . import message, policies, search, timeline
from .cleaner import Cleaned, Cleaner
from .index import Entry, Index
from .rows import latest, place, rows
from .views import events, layout, listing, mail, panels

LIST = layout.LIST
ASSETS = {
    f"{LIST}.css": ("inbox.css", "text/css; charset=utf-8"),
    f"{LIST}.js": ("inbox.js", "text/javascript; charset=utf-8"),
}
MAXIMUM_PICTURES = 12_000_000
"""Bytes of a mail's own pictures that its HTML shows."""

_GONE = layout.notice("No such mail", "It was never sent, or the cloud was reset.")


class Inbox:
    """The inbox of one local cloud. `clock` tells the time that "ago" counts from."""

    def __init__(self, mail: MailStore, clock: Callable[[], datetime]) -> None:
        self.mail = mail
        self.clock = clock
        self.index = Index(mail)
        self.cleaner = Cleaner()

    def respond(self, request: Request) -> Response:
        """Answer a GET below /_mailroom/; anything else is not found."""
        path = request.path
        if request.method not in ("GET", "HEAD"):
            return _page(405, layout.notice("Only looking here", "The inbox answers GET."))
        if path in ASSETS:
            name, kind = ASSETS[path]
            return _answer(kind, (Path(__file__).parent / "assets" / name).read_bytes())
        if path == f"{LIST}.json":
            found = search.found(self.index, search.parse(_one(request, "q")))
            return _json([entry.sent.listed() for entry in found])
        if path in (LIST, f"{LIST}/"):
            return self._list(request)
        message_id, _, part = path.removeprefix(f"{LIST}/").partition("/")
        if path.startswith(f"{LIST}/"):
            return self._message(request, message_id, part)
        return _page(404, layout.notice("Nothing here", "The inbox is at /_mailroom/inbox."))

    def _list(self, request: Request) -> Response:
        asked = search.parse(_one(request, "q"))
        everything = self.index.entries()
        found = search.found(self.index, asked)
        shown = rows(found, _number(request, "page"), _number(request, "tail"))
        newest = everything[-1].sent.id if everything else ""
        stamp = _stamp(asked.typed, shown, newest, len(everything), sum(entry.events for entry in everything))
        if request.headers.get("if-none-match") == stamp:
            return Response(304, {**policies.SAFE, "etag": stamp}, b"")
        fresh = {"page": _number(request, "page")} if shown.newer is not None else {"tail": latest(found)}
        listed = listing.Listed(
            search=asked,
            rows=shown,
            everything=everything,
            fresh=listing.address(asked.typed, **fresh),
            stamp=stamp,
            now=self.clock(),
            read=self.index.content,
            address=f"http://{request.headers.get('host', '')}",
        )
        return _page(200, listing.page(listed))

    def _message(self, request: Request, message_id: str, part: str) -> Response:
        sent, raw = self.mail.find(message_id), self.mail.raw(message_id)
        if sent is None or raw is None:
            return _page(404, _GONE)
        if part == "":
            return self._mail(request, sent, raw)
        if part == "raw":
            saved = {"content-disposition": f'attachment; filename="{quote(message_id)}.eml"'}
            return _answer("message/rfc822", raw, **saved)
        if part == "events.json":
            return _json(self.mail.events(message_id))
        if part == "html":
            html = panels.framed(self._cleaned(sent, message.opened(raw)), sent.subject)
            policy = {"content-security-policy": policies.FRAME}
            return _answer("text/html; charset=utf-8", html.encode("utf-8", "replace"), **policy)
        for file in message.opened(raw).files if part.startswith("files/") else ():
            if part == f"files/{file.number}":
                headers = {
                    "content-disposition": disposition(file.name),
                    "content-security-policy": policies.FILE,
                }
                return _answer(safe_type(file.content_type), file.content, **headers)
        return _page(404, layout.notice("Nothing here", "This mail has no such part."))

    def _mail(self, request: Request, sent: Sent, raw: bytes) -> Response:
        asked = search.parse(_one(request, "q"))
        at = place(self.index, asked, sent.id)
        if at is None:
            return _page(404, _GONE)
        told = self.mail.events(sent.id)
        stamp = _stamp(at, len(told))
        if request.headers.get("if-none-match") == stamp:
            return Response(304, {**policies.SAFE, "etag": stamp}, b"")
        opened = message.opened(raw)
        views = mail.views_of(opened)
        view = _one(request, "view") if _one(request, "view") in views else views[0]
        entry = self.index.entry(sent)
        fresh = listing.mail_address(sent.id, asked.typed, view)
        panel = self._panel(view, entry, opened, raw)
        return _page(200, mail.page(mail.Mail(entry, opened, at, view, panel, fresh, stamp, self.clock())))

    def _panel(self, view: str, entry: Entry, opened: message.Opened, raw: bytes) -> str:
        sent = entry.sent
        if view == "html":
            return panels.html(sent.id, self._cleaned(sent, opened))
        if view == "text":
            return panels.text(opened.text or "")
        if view == "headers":
            return panels.header_fields(opened.fields)
        if view == "files":
            return panels.files(sent.id, opened.files)
        if view == "events":
            return events.timeline(sent.id, timeline.steps(sent, self.mail.events(sent.id)), self.clock())
        return panels.source(sent.id, raw)

    def _cleaned(self, sent: Sent, opened: message.Opened) -> Cleaned:
        return self.cleaner.cleaned(sent.id, opened.html or "", lambda: _pictures(opened))


def _pictures(opened: message.Opened) -> dict[str, str]:
    """The data: URLs of a mail's own pictures by their Content-ID."""
    room = MAXIMUM_PICTURES
    found: dict[str, str] = {}
    for file in opened.files:
        if file.content_id and file.picture and file.size <= room:
            room -= file.size
            found.setdefault(file.content_id, panels.data_url(file))
    return found


def _stamp(*facts: object) -> str:
    """What a page stands at, as an entity tag: another one where something of it changed."""
    return f'"{hashlib.blake2b(repr(facts).encode("utf-8", "replace"), digest_size=12).hexdigest()}"'


def _one(request: Request, name: str) -> str:
    return request.query.get(name, [""])[0]


def _number(request: Request, name: str) -> int:
    given = _one(request, name)
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _answer(kind: str, body: bytes, **headers: str) -> Response:
    return Response(200, {**policies.SAFE, "content-type": kind, **headers}, body)


def _json(document: object) -> Response:
    return _answer("application/json", json.dumps(document, default=str).encode())


def _page(status: int, page: layout.Page) -> Response:
    nonce = secrets.token_urlsafe(16)
    headers = {
        **policies.SAFE,
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policies.page(nonce),
    }
    if page.stamp:
        headers["etag"] = page.stamp
    return Response(status, headers, page.html(nonce).encode("utf-8", "replace"))
