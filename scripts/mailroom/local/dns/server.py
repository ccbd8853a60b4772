"""DNS by UDP and TCP on one port of loopback, in the loop of the cloud; the work is done in threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .answers import Answers

log = logging.getLogger(__name__)

THREADS = 4
WAITING = 256
"""Queries by UDP that wait; more are dropped, and asked again by whoever sent them."""
IDLE_SECONDS = 10.0
ATTEMPTS = 20


def sockets(host: str) -> tuple[socket.socket, socket.socket]:
    """A bound socket for UDP and a listening one for TCP, on the same free port."""
    for _ in range(ATTEMPTS):
        tcp = socket.create_server((host, 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:  # somebody else has that port by UDP
            tcp.close()
            udp.close()
            continue
        for one in (udp, tcp):
            one.setblocking(False)
        return udp, tcp
    raise OSError(f"no port of {host} is free by UDP and TCP alike")


class Server:
    """Serves until it is closed. The threads are its own: an answer may wait for a call of an API that this
    very process serves in others."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._threads = ThreadPoolExecutor(THREADS, "mailroom-dns")
        self._tasks: set[asyncio.Task[None]] = set()
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    async def open(self, udp: socket.socket, tcp: socket.socket) -> None:
        """Serve on two sockets from `sockets`; they are closed with the server."""
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=udp)
        self._tcp = await asyncio.start_server(self._connection, sock=tcp)

    def close(self) -> None:
        """Serve no longer."""
        for one in (self._udp, self._tcp):
            if one is not None:
                one.close()
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def datagram(self, wire: bytes, peer: Any) -> None:
        """Answer a query that came by UDP."""
        if len(self._tasks) >= WAITING:
            log.warning("too many queries wait: one of %s is dropped", peer)
            return
        task = asyncio.create_task(self._datagram(wire, peer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _datagram(self, wire: bytes, peer: Any) -> None:
        answer = await self._answer(wire, tcp=False)
        if answer is not None and self._udp is not None and not self._udp.is_closing():
            self._udp.sendto(answer, peer)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Queries of one connection, one after the other, each with its length before it (RFC 1035 4.2.2)."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    (size,) = struct.unpack("!H", await reader.readexactly(2))
                    wire = await reader.readexactly(size)
                answer = await self._answer(wire, tcp=True)
                if answer is None:
                    break
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        writer.close()

    async def _answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self._answers.to(wire, tcp=tcp))


class _Datagrams(asyncio.DatagramProtocol):
    """What asyncio calls for each datagram."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._server.datagram(data, addr)
