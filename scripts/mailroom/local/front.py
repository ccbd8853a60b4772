"""The one ASGI application: our engines, our own paths, and everything else to the cloud behind."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs

from .adapter.backend import Backend, Receive, Scope, Send
from .again import Again
from .engine.protocol.messages import Request, Response, ServiceError
from .engine.protocol.query import QueryService
from .engine.protocol.rest_json import RestJsonService
from .engine.protocol.service import Service
from .engine.ses import callers, v1, v2
from .engine.ses.permissions import needed, quoted
from .engine.ses.state import Ses
from .faults import control
from .faults.gate import Gate
from .faults.table import Table
from .fronted import Fronted
from .inbox import guard
from .inbox.pages import Inbox
from .permissions import PATH as PERMISSIONS
from .permissions import Permissions

OWN = "/_mailroom/"
HTTP_API = "/_mailroom/http-api/"
EXECUTE_API = "/_aws/execute-api/"
SIGNING_NAMES = ("ses", "email")
FIRST_V2 = "/v1/email/"
"""Where older SDKs ask for v2's PutEmailIdentityDkimSigningAttributes; the provider 5.100 has one of them."""
MAXIMUM_BODY = 64 * 1024 * 1024
"""More than a 40 MB message in base64 inside JSON."""
WORKERS = 16

T = TypeVar("T")


class Front:
    """Sends each request where it belongs."""

    def __init__(self, backend: Backend, ses: Ses, engines: Mapping[str, Fronted]) -> None:
        """`engines` are the others that are ours, by the names that signatures have for them."""
        self.backend = backend
        self.ses = ses
        self.engines = engines
        self.inbox = Inbox(ses.mail, ses.clock)
        # Of their own, not the loop's: operations wait for SES's lock, and whoever has that may wait for S3,
        # which the cloud behind answers in the loop's threads.
        self.workers = ThreadPoolExecutor(WORKERS, "mailroom-engines")
        # And others: a large mail that is looked at keeps no operation waiting.
        self.lookers = ThreadPoolExecutor(2, "mailroom-inbox")
        self.v1 = QueryService("ses", v1.OPERATIONS)
        self.v2 = RestJsonService("sesv2", v2.OPERATIONS)
        self.faults = Table()
        self.gate = Gate(self.faults, backend.worker, _answer, backend.struck)
        self.again = Again()
        self.permissions = Permissions()
        backend.watch_answers(self.faults.kills_answer)
        backend.watch_permissions(self.permissions.note)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.backend.app(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(HTTP_API):
            await self.backend.app(_as_execute_api(scope), receive, send)
        elif path == "/_mailroom/ready":
            await _answer(send, Response(200, {"content-type": "text/plain"}, b"ready\n"))
        elif path.startswith(OWN):
            await _answer(send, await self._own(_request(scope, b""), receive))
        else:
            await self.again(partial(self.gate, self._services), scope, receive, send)

    async def _own(self, request: Request, receive: Receive) -> Response:
        """Our own pages, for who asks from this machine."""
        refused = guard.refusal(request.method, request.headers)
        if refused is not None:
            return refused
        if request.path == control.PATH:
            return control.respond(self.faults, request.method, await _body(receive) or b"")
        if request.path == PERMISSIONS:
            return self.permissions.respond(request.method)
        return await asyncio.get_running_loop().run_in_executor(self.lookers, self.inbox.respond, request)

    async def _services(self, scope: Scope, receive: Receive, send: Send) -> None:
        """AWS's APIs."""
        path, signed_for = scope["path"], _signed_for(scope)
        if signed_for in SIGNING_NAMES or path.startswith("/v2/email/"):
            await self._ours(self._ses_answer, scope, receive, send)
        elif signed_for in self.engines:
            answer = partial(self._engine_answer, self.engines[signed_for])
            await self._ours(answer, scope, receive, send)
        else:
            if path == "/_ministack/reset" and scope["method"] == "POST":
                await self._working(self.ses.reset)
                for engine in self.engines.values():
                    await self._working(engine.state.reset)
            await self.backend.app(scope, receive, send)

    async def _ours(
        self, answer: Callable[[Scope, bytes], Response], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer a request by an engine of ours, in a thread."""
        body = await _body(receive)
        if body is None:
            await _answer(send, Response(413, {"content-type": "text/plain"}, b"the request is too large\n"))
            return
        await _answer(send, await self._working(answer, scope, body))

    async def _working(self, work: Callable[..., T], *arguments: Any) -> T:
        """What some work of an engine answers, in a thread with a copy of this context."""
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self.workers, run, work, *arguments)

    def _engine_answer(self, engine: Fronted, scope: Scope, body: bytes) -> Response:
        return engine.answer(self.backend.caller(scope, body), _request(scope, body))

    def _ses_answer(self, scope: Scope, body: bytes) -> Response:
        service: Service = self.v2 if scope["path"].startswith(("/v2/", FIRST_V2)) else self.v1
        signed = self.backend.caller(scope, body)
        region = self.ses.region(signed.region)
        callers.current.set(signed.caller)  # of this thread's copy of the context, which goes with the call

        def authorize(operation: str, params: dict[str, Any]) -> None:
            for one in needed(region, operation, params):
                try:
                    signed.check(one.action, one.resource, one.context, one.policies)
                except ServiceError as refused:
                    if service is self.v1 and refused.code == "AccessDeniedException":
                        raise ServiceError("AccessDenied", quoted(refused.message), 403) from refused
                    raise

        request = _request(scope, body)
        if request.path.startswith(FIRST_V2):
            request = replace(request, path="/v2/email/" + request.path.removeprefix(FIRST_V2))
        with self.ses.lock:
            return service.respond(request, region, authorize)


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


def _signed_for(scope: Scope) -> str:
    """The service that a request's signature names (SigV4 credential scope); "" where it has none."""
    for name, value in scope["headers"]:
        if name.lower() == b"authorization" and b"Credential=" in value:
            parts = value.partition(b"Credential=")[2].partition(b",")[0].split(b"/")
            return parts[3].decode("latin-1") if len(parts) > 3 else ""
    return ""


def _as_execute_api(scope: Scope) -> Scope:
    """The path of an HTTP API as the emulator serves it."""
    changed = dict(scope)
    changed["path"] = EXECUTE_API + scope["path"].removeprefix(HTTP_API)
    raw = scope.get("raw_path")
    if raw:
        changed["raw_path"] = EXECUTE_API.encode() + raw.removeprefix(HTTP_API.encode())
    return changed


async def _body(receive: Receive) -> bytes | None:
    """The whole body of a request; None where it is larger than MAXIMUM_BODY, or its sender has gone: half a
    request may well be a request, but not the one that was meant."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= MAXIMUM_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= MAXIMUM_BODY else None


async def _answer(send: Send, response: Response) -> None:
    headers = {**response.headers, "content-length": str(len(response.body))}
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [
                (name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()
            ],
        }
    )
    await send({"type": "http.response.body", "body": response.body})
