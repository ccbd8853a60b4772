"""Who may ask for the local cloud's own pages."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from mailroom.local.inbox import guard


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("127.0.0.1", True), ("127.0.0.1:4566", True), ("localhost", True), ("localhost:80", True),
        ("LOCALHOST:80", True), ("[::1]", True), ("[::1]:4566", True),
        ("", False), ("evil.example", False), ("evil.example:4566", False), ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:80", False), ("127.0.0.1@evil.example", False), ("evil.example#127.0.0.1", False),
        ("0.0.0.0:4566", False), ("127.0.0.2", False), ("::1", False), ("localhost.", False), ("localhost:", False),
        ("localhost:80:80", False), ("127.0.0.1 evil.example", False),
    ],
)  # fmt: skip
def test_only_names_of_this_machine_are_answered(host: str, passes: bool) -> None:
    """A site that makes its own name lead here (DNS rebinding) still sends that name."""
    refused = guard.refusal("GET", {"host": host})
    assert (refused is None) == passes
    assert refused is None or (refused.status == 421 and b"127.0.0.1" in refused.body)


@pytest.mark.parametrize(
    ("method", "origin", "passes"),
    [
        ("POST", None, True), ("POST", "http://127.0.0.1:4566", True), ("GET", "http://evil.example", True),
        ("POST", "http://evil.example", False), ("DELETE", "null", False), ("POST", "http://127.0.0.1:99", False),
        ("POST", "http://localhost:4566", False), ("PUT", "", False),
    ],
)  # fmt: skip
def test_another_site_changes_nothing(method: str, origin: str | None, passes: bool) -> None:
    """Programs name no origin, browsers always do where something would change."""
    headers = {"host": "127.0.0.1:4566", **({"origin": origin} if origin is not None else {})}
    assert (guard.refusal(method, headers) is None) == passes


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/_mailroom/inbox", "GET", 421),
        ("/_mailroom/inbox.json", "GET", 421),
        ("/_mailroom/faults", "GET", 421),
        ("/_mailroom/faults", "DELETE", 421),
        ("/_mailroom/ready", "GET", 200),
        ("/_mailroom/http-api/x", "GET", 418),
        ("/v2/email/account", "GET", 200),
        ("/bucket/key", "GET", 418),
    ],
)
def test_the_front_asks_the_guard_for_our_own_pages_only(
    address: str, path: str, method: str, status: int
) -> None:
    """AWS's APIs, and API Gateway's addresses, are called by any name, from containers too."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request(method, path, headers={"Host": "evil.example"})
    assert connection.getresponse().status == status
    connection.close()


def test_the_front_serves_the_pages(address: str) -> None:
    """Query and headers arrive at the inbox."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", "/_mailroom/inbox?q=is%3Alost")
    answer = connection.getresponse()
    body = answer.read().decode()
    assert "Nothing was sent yet" in body
    assert 'value="is:lost"' in body
    connection.request(
        "GET", "/_mailroom/inbox?q=is%3Alost", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert connection.getresponse().status == 304
    connection.close()
