"""The HTTP server of a local cloud: hypercorn, set up for clients that are as near as this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import hypercorn.protocol
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from hypercorn.events import Event, RawData
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import Response
from hypercorn.protocol.h11 import H11Protocol

IDLE_SECONDS = 600
"""When we close a connection that nobody uses: later than any client of ours would (the AWS SDK for Go: after
90 s). Where hypercorn closes one at the moment when a request comes in by it, the call is done and its answer
is lost (seen: every fifth of those that came within 6 ms of that moment)."""


class WholeAnswers(H11Protocol):
    """hypercorn's HTTP/1.1, which writes the head of an answer together with what comes first of its body.

    hypercorn writes the head on its own. A client that is answered faster than its own thread
    returns from sending the request may then lose the body. The AWS SDK for Go closes the body of its request
    once it has the head of the answer; Go's transport, which only then looks whether that body has more to
    send, takes what the SDK's body says for an error, and closes the connection. The SDK tries again ("use of
    closed network connection"), and what the first try made "already exists". What came along with the head
    is in Go's buffer by then, and is read: 4096 bytes, the head included.
    Source: smithy-go 1.22.3, transport/http/internal/io/safe.go (WriteTo says io.EOF once closed; corrected
    upstream in 2026); Go 1.23, net/http/transfer.go (writeBody), transport.go (writeLoop, ReadBufferSize).
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._write = self.send
        self.send = self._held_back
        self._of_head = False
        self._head = b""

    async def stream_send(self, event: StreamEvent) -> None:
        """Say something of an answer."""
        self._of_head = isinstance(event, Response) and event.status_code >= 200
        await super().stream_send(event)

    async def _held_back(self, event: Event) -> None:
        """Write, but a head not before what comes after it. Where nothing does, the connection is closed."""
        if not isinstance(event, RawData):
            await self._write(event)
        elif self._of_head:
            self._of_head, self._head = False, event.data
        else:
            head, self._head = self._head, b""
            await self._write(RawData(head + event.data))


async def serve(app: Any, handle: int, over: Callable[[], Awaitable[Any]], *, grace: float = 0.5) -> None:
    """Serve an ASGI application until `over` returns, and so many seconds for what is under way by then.

    `handle` is the file descriptor of a listening socket, which is ours to close from now on.
    """
    hypercorn.protocol.H11Protocol = WholeAnswers  # type: ignore[misc]  # it has no other place to say so
    config = Config()
    config.bind = [f"fd://{handle}"]
    config.keep_alive_timeout = IDLE_SECONDS
    config.graceful_timeout = grace
    config.shutdown_timeout = 1.0
    config.loglevel = "WARNING"
    await hypercorn_serve(app, config, shutdown_trigger=over)
