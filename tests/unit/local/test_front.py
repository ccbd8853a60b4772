"""Which request goes where."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mailroom.local import front
from mailroom.local.adapter import localstack
from mailroom.local.smtp.users import Credentials, Users


def call(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def scope_of(service: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential=test/20261124/eu-west-1/{service}/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    ("path", "service", "status"),
    [
        ("/v2/email/account", "ses", 200),
        ("/v2/email/account", "", 200),
        ("/v1/email/identities/nobody.example", "ses", 404),
        ("/?Action=GetSendQuota", "ses", 200),
        ("/?Action=GetSendQuota", "email", 200),
        ("/", "s3", 418),
        ("/v2/other", "apigateway", 418),
        ("/_ministack/health", "", 418),
        ("/_mailroom/ready", "", 200),
        ("/_mailroom/inbox.json", "", 200),
        ("/_mailroom/else", "", 404),
    ],
)
def test_requests_find_their_service(address: str, path: str, service: str, status: int) -> None:
    """SES by its signature or path, our own pages, and everything else to the cloud behind."""
    headers = {"Authorization": scope_of(service)} if service else {}
    assert call(address + path, **headers) == status


def test_an_http_api_keeps_path_query_and_headers(address: str, backend: Any) -> None:
    """The path below the API's id reaches the emulator as it was sent, percent signs included."""
    call(f"{address}/_mailroom/http-api/abc123/a%2Fb/c?d=e%20f", **{"x-one": "1"})
    (seen,) = backend.seen
    assert seen["path"] == "/_aws/execute-api/abc123/a/b/c"
    assert seen["raw_path"] == b"/_aws/execute-api/abc123/a%2Fb/c"
    assert seen["query_string"] == b"d=e%20f"
    assert (b"x-one", b"1") in seen["headers"]


def test_a_body_that_is_too_large_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than any message could be is not kept in memory."""
    monkeypatch.setattr(front, "MAXIMUM_BODY", 1000)
    request = urllib.request.Request(f"{address}/v2/email/outbound-emails", data=b"x" * 1001, method="POST")
    with pytest.raises(urllib.error.HTTPError, match="413"):
        urllib.request.urlopen(request, timeout=10)


class Health(BaseHTTPRequestHandler):
    """A LocalStack as far as its health check."""

    def do_GET(self) -> None:
        body = json.dumps({"services": {}}).encode()
        self.send_response(200 if self.path == localstack.HEALTH else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        return None


@pytest.fixture
def healthy() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_localstack_is_used_where_one_is_named_and_answers(
    healthy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """localhost becomes 127.0.0.1; without the variable, or without an answer, there is none."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{healthy}")
    monkeypatch.delenv("LOCALSTACK_HOST", raising=False)
    assert localstack.find() is None
    monkeypatch.setenv("LOCALSTACK_HOST", f"localhost:{healthy}")
    assert localstack.find() == f"http://127.0.0.1:{healthy}"
    monkeypatch.setenv("LOCALSTACK_HOST", "localhost:1")
    assert localstack.find() is None


def test_behind_a_localstack_smtp_has_its_built_in_user_alone() -> None:
    """A LocalStack tells nobody's secret key, so nobody's password can be known."""
    users = Users(Credentials("mailroom", "word"), localstack.LocalStack("http://127.0.0.1:1"), "eu-west-1")
    assert users.find("AKIAEXAMPLE", "127.0.0.1") is None
    known = users.find("mailroom", "127.0.0.1")
    assert known is not None
    assert (known.password, known.caller.name) == ("word", "root")


def test_operations_that_wait_for_ses_leave_the_cloud_behind_its_threads(
    address: str, backend: Any, ses: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has SES's lock may wait for S3: a crowd that waits for the lock does not keep S3 from answering."""
    arrived = threading.Semaphore(0)
    caller, app = backend.caller, backend.app

    def counted(scope: Any, body: bytes) -> Any:
        arrived.release()
        return caller(scope, body)

    async def in_a_thread(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.to_thread(lambda: None)
        await app(scope, receive, send)

    monkeypatch.setattr(backend, "caller", counted)
    monkeypatch.setattr(backend, "app", in_a_thread)
    crowd = max(front.WORKERS, min(32, (os.cpu_count() or 1) + 4))  # asyncio's own threads are the latter
    with ThreadPoolExecutor(crowd) as people:
        with ses.lock:
            calls = [people.submit(call, f"{address}/v2/email/account") for _ in range(crowd)]
            assert all(arrived.acquire(timeout=10) for _ in range(front.WORKERS))
            assert call(f"{address}/bucket") == 418
        assert {one.result() for one in calls} == {200}


def test_half_a_request_is_not_answered_as_one(address: str, ses: Any, backend: Any) -> None:
    """A client that goes in the middle of its request has asked for nothing."""
    port = int(address.rpartition(":")[2])
    form = b"Action=VerifyDomainIdentity&Domain=mail.example"
    with socket.create_connection(("127.0.0.1", port)) as client:
        lines = (
            "POST / HTTP/1.1", "Host: x", f"Authorization: {scope_of('ses')}",
            "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form) + 5}", "", "",
        )  # fmt: skip
        client.sendall("\r\n".join(lines).encode() + form)
        client.shutdown(socket.SHUT_WR)
        while client.recv(1000):
            pass
    assert call(f"{address}/v2/email/account") == 200
    assert backend.asked[-1][0] == "ses:GetAccount"
    assert ses.region("eu-west-1").identities == {}
