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
        self._last: tuple[tuple[int, str], list[Entry]] = ((-1, ""), [])

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

    def _found(self, asked: search.Search) -> list[Entry]:
        """What a search finds; a page that looks again and again does not search each time."""
        key, last = (self.mail.changes, asked.typed), self._last  # another thread may change it meanwhile
        if key != last[0]:
            last = self._last = (key, search.found(self.index, asked))
        return last[1]

    def _list(self, request: Request) -> Response:
        asked = search.parse(_one(request, "q"))
        stamp = _stamp(self.mail.changes, asked.typed, _one(request, "page"), _one(request, "tail"))
        if request.headers.get("if-none-match") == stamp:
            return _unchanged(stamp)
        found = self._found(asked)
        shown = rows(found, _number(request, "page"), _number(request, "tail"))
        here = {"page": _number(request, "page")} if shown.newer is not None else {"tail": latest(found)}
        listed = listing.Listed(
            search=asked,
            rows=shown,
            everything=self.index.entries(),
            fresh=listing.address(asked.typed, **here),
            stamp=stamp,
            now=self.clock(),
            read=self.index.content,
            address=f"http://{request.headers.get('host', '')}",
        )
        return _page(200, listing.page(listed))

    def _message(self, request: Request, message_id: str, part: str) -> Response:
        sent = self.mail.find(message_id)
        if sent is None:
            return _page(404, _GONE)
        if part == "":
            return self._mail(request, sent)
        if part == "events.json":
            return _json(self.mail.events(message_id))
        raw = self.mail.raw(message_id) or b""
        if part == "raw":
            saved = {"content-disposition": f'attachment; filename="{quote(message_id)}.eml"'}
            return _answer("message/rfc822", raw, **saved)
        if part == "html":
            html = panels.framed(self._cleaned(sent, message.opened(raw)), sent.subject)
            policy = {"content-security-policy": policies.FRAME}
            return _answer("text/html; charset=utf-8", html.encode("utf-8", "replace"), **policy)
        for file in message.opened(raw).files if part.startswith("files/") else ():
            if part == f"files/{file.number}":
                return _file(file)
        return _page(404, layout.notice("Nothing here", "This mail has no such part."))

    def _mail(self, request: Request, sent: Sent) -> Response:
        asked = search.parse(_one(request, "q"))
        stamp = _stamp(self.mail.changes, asked.typed)
        if request.headers.get("if-none-match") == stamp:
            return _unchanged(stamp)
        at = place(self._found(asked), sent.id)
        if at is None:  # its search finds it no more: it was accepted, now it is delivered
            asked = search.Search()
            at = place(self._found(asked), sent.id)
        entry = next((entry for entry in self.index.entries() if entry.sent.id == sent.id), None)
        if at is None or entry is None:
            return _page(404, _GONE)
        raw = self.mail.raw(sent.id) or b""
        opened = message.opened(raw)
        views = mail.views_of(opened)
        view = _one(request, "view") if _one(request, "view") in views else views[0]
        shown = mail.Mail(
            entry=entry,
            opened=opened,
            search=asked.typed,
            place=at,
            view=view,
            panel=self._panel(view, entry, opened, raw),
            fresh=listing.mail_address(sent.id, _one(request, "q"), view),
            stamp=stamp,
            now=self.clock(),
        )
        return _page(200, mail.page(shown))

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


def _unchanged(stamp: str) -> Response:
    return Response(304, {**policies.SAFE, "etag": stamp}, b"")


def _file(file: message.File) -> Response:
    """A file to be saved, whatever it is."""
    headers = {"content-disposition": disposition(file.name), "content-security-policy": policies.FILE}
    return _answer(safe_type(file.content_type), file.content, **headers)


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
