"""Every request of a cloud passes here; where a fault is armed, this is where it strikes."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any

from ..adapter.backend import ASGIApp, LambdaWorker, Receive, Scope, Send
from ..engine.protocol.messages import Response
from . import calls, errors
from .fault import Fault
from .table import Table

log = logging.getLogger(__name__)

FindWorker = Callable[[str], LambdaWorker | None]
"""The Lambda worker that has this access key, if it is one's."""
Struck = Callable[[Scope, str, str, str, bytes], None]
"""Is told of a call that was answered with an error: service, operation, kind of fault, body."""


class Gate:
    """The faults of a cloud. `find_worker` knows who calls; `answer` sends a whole response."""

    def __init__(self, table: Table, find_worker: FindWorker, answer: Any, struck: Struck) -> None:
        self.table = table
        self._find_worker = find_worker
        self._answer = answer
        self._struck = struck

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through to `app`, or not."""
        if not self.table:
            await app(scope, receive, send)
            return
        headers = calls.headers_of(scope)
        if calls.is_form(headers):
            receive, body = await _read_ahead(receive)
        else:
            body = b""
        found = calls.identify(scope, headers, body)
        if found is None:
            await app(scope, receive, send)
            return
        call, key = found
        worker = self._find_worker(key) if key else None
        if worker is not None:
            call = _called_by(call, worker.function)
        seconds, fault = self.table.meets(call)
        await asyncio.sleep(seconds)
        if fault is None:
            await app(scope, receive, send)
        else:
            log.info("fault %s strikes %s %s of %s", fault.kind, call.service, call.operation, call.function)
            await self._strike(fault, call, worker, app, scope, receive, send)

    async def _strike(
        self,
        fault: Fault,
        call: calls.Call,
        worker: LambdaWorker | None,
        app: ASGIApp,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        if fault.kind in ("lost-answer", "kill-after"):
            await app(scope, receive, _nowhere)
        else:
            body = await drain(receive)
        if fault.kind in ("throttle", "error"):
            answer: Response = errors.throttled(call) if fault.kind == "throttle" else errors.failed(call)
            self._struck(scope, call.service, call.operation, fault.kind, body)
            await self._answer(send, answer)
            return
        if fault.kills and worker is not None:
            worker.kill()
        await hang_up(send)


def _called_by(call: calls.Call, function: str) -> calls.Call:
    return calls.Call(call.service, call.operation, call.protocol, call.query_mode, function)


async def _nowhere(message: Any) -> None:
    """A send that loses what it is given."""


async def drain(receive: Receive) -> bytes:
    """The body of a request, which is read to its end: one that is answered before would end as another
    error."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def _read_ahead(receive: Receive) -> tuple[Receive, bytes]:
    """The body of a request, and a receive that gives the same messages once more."""
    kept = [await receive()]
    while kept[-1].get("more_body"):
        kept.append(await receive())
    body = b"".join(message.get("body", b"") for message in kept)

    async def again() -> Any:
        return kept.pop(0) if kept else await receive()

    return again, body


async def hang_up(send: Send) -> None:
    """Close the connection of a request without an answer.

    ASGI has no word for it, so hypercorn's own is said: `send` is a method of its stream, which knows the
    protocol that owns the connection. An application that only returns would be answered for with a 500.
    """
    from hypercorn.events import Closed

    stream: Any = inspect.unwrap(send).__self__
    protocol = stream.send.__self__
    stream.closed = True
    await protocol.send(Closed())
