"""The status page on this machine: the page's own files, and its questions passed on to the deployed API.

What is passed on is signed by the operator. So it is only for the browser of whoever started it: a request
must call this machine by its own name (no other page can read by DNS rebinding), must not come from another
page, and must know the path, which is drawn anew at each start and keeps other people of this machine out.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from lambda_src.status import page
from mailroom.local.inbox import guard
from mailroom.status.asking import Answer, Api, NotReached

MOST_BODY_BYTES = 10_000  # the API takes no more
_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+"
ROUTES = {
    "GET": re.compile(rf"/(?:messages/({_SEGMENT})|messages|failures|rates|call|openapi\.json)"),
    "POST": re.compile(r"/messages/search()"),
}
_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$'()*+,;=:@/?&-]|%[0-9A-Fa-f]{2})*")
_PASSED_ON = ("accept", "content-type", "x-api-key")
_HANDED_BACK = ("content-type", "retry-after", "x-amzn-requestid")
_SAFE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Page:
    """Answers for the page below `prefix`, a path that nobody can guess."""

    api: Api
    prefix: str

    @classmethod
    def of(cls, api: Api) -> "Page":
        """A page with a path of its own."""
        return cls(api, f"/{secrets.token_urlsafe(16)}")

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a request of a browser; header names are in lower case."""
        if refused := guard.refusal(method, headers):
            return Answer(refused.status, refused.headers, refused.body)
        path, _, query = target.partition("?")
        if not secrets.compare_digest(path[: len(self.prefix) + 1].encode(), f"{self.prefix}/".encode()):
            return _refused(404, "Nothing is here: open the address that `mailroom status page` printed.")
        path = path.removeprefix(self.prefix)
        if path == "/" or path.startswith("/assets/"):
            return self._file(method, path, headers)
        if not _of_this_page(headers):
            return _refused(403, "Another page may not ask here.")
        return self._passed_on(method, path, query, headers, body)

    def _file(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        asked = {"file": path.removeprefix("/assets/")} if path != "/" else None
        event = {
            "httpMethod": method,
            "resource": "/assets/{file}" if asked else "/",
            "pathParameters": asked,
            "headers": headers,
            "requestContext": {"path": f"{self.prefix}{path}"},
        }
        given = page.respond(event, page.Settings(""))
        # Strict-Transport-Security is of no use on loopback, and would bind other servers on `localhost`.
        kept = {k: v for k, v in given["headers"].items() if k != "strict-transport-security"}
        return Answer(given["statusCode"], kept, given["body"].encode())

    def _passed_on(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        route = ROUTES.get(method)
        found = route.fullmatch(path) if route else None
        if not found or not _QUERY.fullmatch(query) or unquote(found[1] or "") in (".", ".."):
            return _refused(404, "The status API has no such route.")
        if method == "POST" and headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused(415, "The body must be application/json.")
        passed = {name: headers[name] for name in _PASSED_ON if name in headers}
        try:
            given = self.api.ask(method, path, query, body, passed)
        except NotReached as problem:
            words = f"{problem.message} {f'Try: {problem.hint}' if problem.hint else ''}".strip()
            return _refused(502, words, "not_reached")
        back = {name: given.headers[name] for name in _HANDED_BACK if name in given.headers}
        return Answer(given.status, {**_SAFE, **back}, given.body)


def _of_this_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that our own page asks; programs that are no browser say nothing at all.

    Sec-Fetch-Site is `none` where a person typed the address. https://www.w3.org/TR/fetch-metadata/
    """
    origin = headers.get("origin")
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none") and origin in (
        None,
        f"http://{headers.get('host', '')}",
    )


def _refused(status: int, words: str, code: str = "refused") -> Answer:
    """In the form of the API's own errors, so that the page shows the words."""
    body = json.dumps({"error": code, "message": words}).encode()
    return Answer(status, {**_SAFE, "content-type": "application/json; charset=utf-8"}, body)


def listen(shown: Page, port: int) -> ThreadingHTTPServer:
    """A server on loopback, not serving yet; 0 is any free port. Raises OSError where the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30
        server_version = "mailroom"
        sys_version = ""

        def do_GET(self) -> None:
            length = self.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > MOST_BODY_BYTES or "transfer-encoding" in self.headers:
                return self._give(_refused(413, f"A body has {MOST_BODY_BYTES} bytes at most."))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(length))
            return self._give(shown.answer(self.command, self.path, headers, body))

        do_POST = do_HEAD = do_OPTIONS = do_PUT = do_DELETE = do_GET

        def _give(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: a request's path may hold what nobody wants in a terminal's history."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


def address(shown: Page, server: ThreadingHTTPServer) -> str:
    """Where the page is."""
    return f"http://127.0.0.1:{server.server_port}{shown.prefix}/"
