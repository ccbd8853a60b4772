"""In how many pieces the HTTP server sends an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData
from hypercorn.typing import ConnectionState

from mailroom.local.web import WholeAnswers

App = Callable[[Any, Any, Any], Awaitable[None]]

POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
EXPECTS = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def answering(status: int, *parts: bytes, length: bool = True) -> App:
    """An application that says the head of an answer, lets others run, and then says each part."""

    async def app(_: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"%d" % sum(map(len, parts)))] if length else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await asyncio.sleep(0)
        while (await receive()).get("more_body"):
            pass
        for at, part in enumerate(parts, 1):
            await send({"type": "http.response.body", "body": part, "more_body": at < len(parts)})

    return app


async def breaking(_: Any, __: Any, send: Any) -> None:
    """Say the head of an answer, and fail."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    raise RuntimeError("after the head")


async def accepting(_: Any, receive: Any, send: Any) -> None:
    """Accept a WebSocket, and send a text by it."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello"})


def written(app: App, *received: bytes) -> list[bytes]:
    """What is written to a connection by which this is received: each piece; b"closed" where it is closed."""

    async def run() -> list[bytes]:
        pieces: list[bytes] = []

        async def send(event: Event) -> None:
            if isinstance(event, RawData):
                pieces.append(event.data)
            elif isinstance(event, Closed):
                pieces.append(b"closed")

        config = Config()
        config.errorlog = None
        async with TaskGroup(asyncio.get_running_loop()) as group:
            context, state = WorkerContext(None), ConnectionState({})
            protocol = WholeAnswers(ASGIWrapper(app), config, context, group, state, False, None, None, send)
            for data in received:
                await protocol.handle(RawData(data))
        return [piece for piece in pieces if piece]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("request_", "app", "body"),
    [
        (POST, answering(201, b"made"), b"made"),
        (POST, answering(409, b"exists"), b"exists"),
        (POST, answering(200, b""), b""),
        (POST, answering(204, b"", length=False), b""),
        (HEAD, answering(200, b"not sent"), b""),
        (POST, answering(200, b"x" * 100_000), b"x" * 100_000),
    ],
    ids=["made", "refused", "empty", "no content", "HEAD", "large"],
)
def test_an_answer_is_one_piece(request_: bytes, app: App, body: bytes) -> None:
    """Who has the head of an answer has the body too, and may end the connection: each call in a row."""
    pieces = written(app, request_, request_, request_)
    assert len(pieces) == 3
    for piece in pieces:
        head, _, rest = piece.partition(b"\r\n\r\n")
        assert (head[:9], rest) == (b"HTTP/1.1 ", body)


def test_a_streamed_answer_is_not_held_back() -> None:
    """Only the first part of a body waits for nothing but comes with the head; the next go as they come."""
    first, *rest = written(answering(200, b"one", b"two"), POST)
    assert first.endswith(b"\r\n\r\none")
    assert rest == [b"two"]


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    """100 Continue is written at once; the answer to the body, in one piece, after it."""
    asked, answer = written(answering(200, b"done"), EXPECTS, b"abc")
    assert asked.startswith(b"HTTP/1.1 100 ")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\ndone")


def test_half_an_answer_is_none() -> None:
    """Where an application fails after the head, nothing is written, and the connection is closed."""
    assert written(breaking, POST) == [b"closed"]


def test_a_websocket_opens() -> None:
    """Its handshake and what is said by it are written as they come."""
    opened, said, *_ = written(accepting, UPGRADE)
    assert opened.startswith(b"HTTP/1.1 101 ")
    assert said.endswith(b"hello")
