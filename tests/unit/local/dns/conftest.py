"""The DNS server over our SES and the zones that a test fills, and verifiers that ask it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from mailroom.local.dns import server
from mailroom.local.dns.answers import Answers
from mailroom.local.dns.world import table
from mailroom.local.engine.records import Record
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.dns.asking import Asker


@pytest.fixture
def zones() -> list[Record]:
    """What the cloud's Route 53 holds: empty until a test fills it."""
    return []


@pytest.fixture
def asker(ses: Ses, region: Region, zones: list[Record]) -> Iterator[Asker]:
    """A server on loopback, and who asks it."""
    answers = Answers(lambda: table(ses, lambda: zones))
    udp, tcp = server.sockets("127.0.0.1")
    port = udp.getsockname()[1]
    loop = asyncio.new_event_loop()
    opened = server.Server(answers)
    ready = threading.Event()

    async def start() -> None:
        await opened.open(udp, tcp)
        ready.set()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(end())
        loop.close()

    async def end() -> None:
        opened.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield Asker(port)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
