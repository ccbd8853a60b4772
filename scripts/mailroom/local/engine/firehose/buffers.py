"""What was put and is not delivered yet, stream by stream.

A stream's hints say how many bytes or seconds it may hold; here no record waits longer than MOST_SECONDS, so
that nobody who tests waits for a minute.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from ..refused import Refused
from . import delivery
from .delivery import Object, Stream
from .records import Cloud, Record

log = logging.getLogger(__name__)

MOST_SECONDS = 0.5
RETRY_SECONDS = 2.0
GIVE_UP_SECONDS = 15 * 60.0
"""AWS tries for 24 hours to write what the bucket did not take."""
DELIVERIES_AT_ONCE = 8

Describe = Callable[[], Stream]
"""A stream as it is now: what changed since a put counts for what was put before."""


@dataclass
class _Held:
    """The records of one stream; `due` is by time.monotonic."""

    describe: Describe
    due: float
    records: list[Record] = field(default_factory=list)
    size: int = 0


class Buffers:
    """All streams. Delivers from threads of its own, which begin with the first record."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._changed = threading.Condition()
        self._held: dict[str, _Held] = {}
        self._waiting: list[tuple[float, Callable[[], None]]] = []
        self._workers: ThreadPoolExecutor | None = None
        self._generation = 0

    def put(self, stream: Stream, describe: Describe, records: Sequence[Record]) -> None:
        """Take records for a stream. Never waits for their delivery."""
        with self._changed:
            self._begin()
            seconds = min(stream.settings.seconds, MOST_SECONDS)
            held = self._held.get(stream.arn)
            if held is None:
                held = self._held[stream.arn] = _Held(describe, time.monotonic() + seconds)
            held.records += records
            held.size += sum(len(record.data) for record in records)
            if held.size >= stream.settings.size:
                held.due = 0.0
            self._changed.notify()

    def clear(self) -> None:
        """Forget everything that was not delivered."""
        with self._changed:
            self._held.clear()
            self._waiting.clear()
            self._generation += 1

    def _begin(self) -> None:
        if self._workers is None:
            self._workers = ThreadPoolExecutor(DELIVERIES_AT_ONCE, "mailroom-firehose")
            threading.Thread(target=self._watch, daemon=True, name="mailroom-firehose-clock").start()

    def _watch(self) -> None:
        while True:
            with self._changed:
                work, next_due = self._due(time.monotonic())
                if not work:
                    wait = None if next_due is None else max(0.0, next_due - time.monotonic())
                    self._changed.wait(wait)
            for one in work:
                assert self._workers is not None  # noqa: S101 - made before this thread
                self._workers.submit(one)

    def _due(self, now: float) -> tuple[list[Callable[[], None]], float | None]:
        """What is to be done now, taken out; and when to look again."""
        ready = [name for name, held in self._held.items() if held.due <= now]
        work: list[Callable[[], None]] = [
            partial(self._deliver, self._held.pop(name), self._generation) for name in ready
        ]
        work += [again for due, again in self._waiting if due <= now]
        self._waiting = [one for one in self._waiting if one[0] > now]
        later = [held.due for held in self._held.values()] + [due for due, _ in self._waiting]
        return work, min(later, default=None)

    def _deliver(self, held: _Held, generation: int) -> None:
        try:
            stream = held.describe()
            made = delivery.objects(self.cloud, stream, held.records)
        except Exception:
            log.exception("%d records were lost between a stream and its bucket", len(held.records))
            return
        for one in made:
            self._write(stream, one, time.monotonic(), generation)

    def _write(self, stream: Stream, one: Object, since: float, generation: int) -> None:
        """Write an object; again and again where the bucket, a key or the role says no."""
        if generation != self._generation:
            return
        try:
            delivery.write(self.cloud, stream, one)
        except Refused as problem:
            now = time.monotonic()
            if now - since > GIVE_UP_SECONDS:
                log.error("stream %s gave up %s (%d records): %s", stream.name, one.key, one.records, problem)
                return
            log.warning("stream %s could not write %s, and will try again: %s", stream.name, one.key, problem)
            again = partial(self._write, stream, one, since, generation)
            with self._changed:
                self._waiting.append((now + RETRY_SECONDS, again))
                self._changed.notify()
        except Exception:
            log.exception("stream %s lost %s (%d records)", stream.name, one.key, one.records)
