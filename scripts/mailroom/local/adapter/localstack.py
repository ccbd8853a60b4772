"""Somebody's own LocalStack behind our SES, where LOCALSTACK_HOST names one that answers its health check.

Its IAM cannot be asked about somebody else's request, so our SES allows everybody there (docs/local.md).
Each of our clouds lives in an account of its own there: LocalStack takes an access key of 12 digits for an
account, and an account sees nothing of another's. Only bucket names are shared by all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3

from ..engine.protocol.values import utf8
from ..engine.ses.callers import Caller
from .backend import ASGIApp, LambdaWorker, Receive, Scope, Send, Signed, SmtpUser

HEALTH = "/_localstack/health"
ASK_SECONDS = 2.0
AT_ONCE = 64
"""Requests that are passed on at one time; long polls and functions that are waited for hold one each."""
# Of one connection, not of the message (RFC 9110, 7.6.1); the length is counted anew.
HOP_BY_HOP = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"expect"))


def find() -> str | None:
    """The address of the LocalStack to use, or None.

    localstack-client knows how LOCALSTACK_HOST is read. Its addresses of services are not asked for: they
    would be AWS_ENDPOINT_URL where that is set, and localhost:4566 where nothing is.
    """
    named = os.environ.get("LOCALSTACK_HOST")
    if not named:
        return None
    from localstack_client.config import parse_localstack_host

    host, port = parse_localstack_host(named)
    endpoint = f"http://{'127.0.0.1' if host == 'localhost' else host}:{port}"
    return endpoint if health(endpoint) is not None else None


def new_account() -> str:
    """An account that nobody in a shared LocalStack has: 12 digits, none of AWS's examples."""
    return str(secrets.randbelow(8 * 10**11) + 10**11)


def health(endpoint: str) -> dict[str, Any] | None:
    """What a LocalStack says of itself (`version`, `edition`, `services`); None where none answers."""
    try:
        answer = urllib3.request("GET", endpoint + HEALTH, timeout=ASK_SECONDS, retries=False)
        found = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError):
        return None
    return found if answer.status == 200 and isinstance(found, dict) else None


class LocalStack:
    """See adapter.backend.Backend: a proxy of every request."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.app: ASGIApp = self._serve
        self._pool = urllib3.PoolManager(
            maxsize=AT_ONCE, retries=False, timeout=urllib3.Timeout(connect=5, read=900)
        )
        self._workers = ThreadPoolExecutor(AT_ONCE, "mailroom-localstack")

    def caller(self, scope: Scope, body: bytes) -> Signed:
        """See Backend.caller. Everybody may do everything, and counts as root."""
        region = os.environ.get("MINISTACK_REGION", "eu-west-1")
        for name, value in scope["headers"]:
            if name.lower() == b"authorization" and value.count(b"/") >= 3:
                region = utf8(value.partition(b"Credential=")[2].split(b"/")[2])

        def check(action: str, resource: str, context: dict[str, Any], policies: Sequence[str] = ()) -> None:
            return None

        return Signed(region, Caller(source_ip=(scope.get("client") or ("127.0.0.1",))[0]), check)

    def smtp_user(self, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
        """See Backend.smtp_user. LocalStack tells no secrets: the door has its built-in user alone."""
        return None

    def worker(self, access_key: str) -> LambdaWorker | None:
        """See Backend.worker. LocalStack's workers are not ours to know."""
        return None

    def watch_answers(self, loses: Callable[[str], bool]) -> None:
        """See Backend.watch_answers. LocalStack's workers are not ours to kill."""

    def watch_objects(self, created: Callable[[str, str, str | None], None]) -> None:
        """See Backend.watch_objects. LocalStack's objects are not ours to see."""

    def watch_permissions(self, asked: Callable[[str, str, str, bool], None]) -> None:
        """See Backend.watch_permissions. LocalStack's IAM is not ours to hear."""

    def struck(self, scope: Scope, service: str, operation: str, kind: str, body: bytes) -> None:
        """See Backend.struck. LocalStack's metrics are not ours to write."""

    async def run(self) -> None:
        """See Backend.run: LocalStack minds its own alarms."""

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            forwarded = asyncio.get_running_loop().run_in_executor(self._workers, self._forward, scope, body)
            answer = await forwarded
            await send({"type": "http.response.start", "status": answer[0], "headers": answer[1]})
            await send({"type": "http.response.body", "body": answer[2]})

    def _forward(self, scope: Scope, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        url = self.endpoint + utf8(scope.get("raw_path") or scope["path"].encode())
        if scope.get("query_string"):
            url += "?" + utf8(scope["query_string"])
        headers = urllib3.HTTPHeaderDict()
        for name, value in scope["headers"]:
            if name.lower() not in HOP_BY_HOP:
                headers.add(utf8(name), utf8(value))
        try:
            answer = self._pool.urlopen(
                scope["method"], url, body=body, headers=headers, redirect=False, decode_content=False
            )
        except urllib3.exceptions.HTTPError as problem:
            return (
                502,
                [(b"content-type", b"text/plain")],
                f"LocalStack at {self.endpoint}: {problem}\n".encode(),
            )
        kept = [(n.lower().encode(), v.encode("latin-1")) for n, v in answer.headers.items()]
        return answer.status, [one for one in kept if one[0] not in HOP_BY_HOP], answer.data


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
