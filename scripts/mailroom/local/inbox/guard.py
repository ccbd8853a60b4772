"""Which requests the local cloud's own pages answer.

A web page anywhere may make its own host name lead to 127.0.0.1 (DNS rebinding) and would then read these
pages as its own. The browser still sends that name in `Host`, so only names of this machine are answered. A
form or script of another site that would change something names its site in `Origin`; programs send none.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..engine.protocol.messages import Response

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def refusal(method: str, headers: Mapping[str, str]) -> Response | None:
    """The answer to a request that has no business here; None where it may pass. Header names are in lower
    case."""
    host = headers.get("host", "")
    if _without_port(host) not in LOOPBACK:
        return _refused(421, f"These pages are for this machine only: ask 127.0.0.1, not {host or 'nobody'}.")
    origin = headers.get("origin")
    if method not in ("GET", "HEAD") and origin is not None and urlsplit(origin).netloc != host:
        return _refused(403, "Another site may not change anything here.")
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _refused(status: int, words: str) -> Response:
    headers = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
    return Response(status, headers, f"{words}\n".encode("utf-8", "replace"))
