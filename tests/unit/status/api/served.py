"""The function behind a small server on loopback, which lets in who has the key, or whoever is signed."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambda_src.status.rest.routes import ROUTES
from tests.unit.status.api.conftest import Api

KEY = "a-key-that-is-known"
BASE = "/v1"


@dataclass
class Gateway:
    """What came in, and what stands in its way: `busy` answers of 429 come first."""

    url: str = ""
    signed: bool = False
    busy: int = 0
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def served(api: Api) -> Iterator[Gateway]:
    """Serve until the block ends."""
    gateway = Gateway()
    lock = threading.Lock()  # moto is no server

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            gateway.requests.append((self.command, self.path, dict(self.headers.items()), body))
            with lock:
                answer = self._answer(body)
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        do_POST = do_GET

        def _answer(self, body: bytes) -> dict[str, Any]:
            known = "authorization" if gateway.signed else "x-api-key"
            let_in = self.headers.get(known, "").startswith("AWS4-HMAC-SHA256" if gateway.signed else KEY)
            if not let_in:
                return _refused(403, "forbidden", "The call needs an API key that is valid.")
            if gateway.busy:
                gateway.busy -= 1
                return {
                    **_refused(429, "too_many_requests", "Too many calls at once."),
                    "headers": {"retry-after": "3"},
                }
            parts = urlsplit(self.path)
            path = parts.path.removeprefix(BASE)
            named = re.fullmatch(r"/messages/([^/]+)", path)
            resource = path if path in ROUTES or not named else "/messages/{message_id}"
            return api.respond(
                {
                    "resource": resource,
                    "httpMethod": self.command,
                    "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
                    "pathParameters": {"message_id": named[1]} if named else None,
                    "body": body.decode() or None,
                    "requestContext": {"path": parts.path},
                }
            )

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}{BASE}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _refused(status: int, code: str, message: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": {}, "body": json.dumps({"error": code, "message": message})}
