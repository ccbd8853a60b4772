"""Events in the worst order there is: shuffled, twice, at once, with faults; and in good order beside.

The two tables must be equal. What SQS does is done here: a batch that was killed comes again, and so does a
record that failed.

    python -m mailroom.bench.status_storm [MESSAGES [EVENTS_EACH [THREADS]]]
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from lambda_src.shared.logs import Log
from lambda_src.status.handler import Wired, fold_batch
from lambda_src.status.settings import FoldSettings
from lambda_src.status.table import Table
from mailroom.bench import status_events
from mailroom.bench.rows import Row, at_most
from mailroom.bench.status_table import NO_FAULTS, STORM, FakeDynamoDB, Faults, Killed

MESSAGES, EACH, THREADS, BATCH = 10_000, 14, 4, 500
MOST_RECEIVES = 60  # far more than any queue allows: only a record that can never succeed comes so often
SETTINGS = FoldSettings("status", "https://sqs.example/dead", 365, "reference", "ERROR")
Bodies = Sequence[str]


class LetterBox:
    """A queue for dead letters that takes all and remembers."""

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Take them all."""
        self.letters += Entries
        return {"Failed": []}


class Silent(Log):
    """A log that nobody reads."""

    def _write(self, level: str, message: str, fields: dict[str, Any]) -> None:
        pass


@dataclass
class Queue:
    """The records that are to be worked still, with how often each came; several take from it at once."""

    waiting: list[tuple[int, str]]
    came: Counter[int] = field(default_factory=Counter)
    working: int = 0
    lock: Lock = field(default_factory=Lock)

    def take(self, most: int) -> list[tuple[int, str]] | None:
        """The next batch: empty while others still work, None when all is done."""
        with self.lock:
            batch = [self.waiting.pop() for _ in range(min(most, len(self.waiting)))]
            self.working += bool(batch)
            return batch if batch or self.working else None

    def done(self, again: list[tuple[int, str]]) -> None:
        """A batch is over; these records of it come again."""
        with self.lock:
            self.working -= 1
            self.came.update(number for number, _ in again)
            if self.came and max(self.came[number] for number, _ in again or [(-1, "")]) > MOST_RECEIVES:
                raise AssertionError("a record came more often than any queue allows")
            self.waiting[:0] = again


@dataclass(frozen=True)
class Run:
    """What a run left: the table, the dead letters, and how often something came again."""

    client: FakeDynamoDB
    letters: list[dict[str, Any]]
    again: int


def ordered(bodies: Bodies) -> Run:
    """Everything once, in order, one batch after the other, without a fault."""
    return run(list(bodies), 1, FakeDynamoDB(NO_FAULTS))


def stormy(bodies: Bodies, threads: int = THREADS, faults: Faults = STORM, seed: int = 1) -> Run:
    """Everything twice, shuffled, in batches at once, with these faults."""
    doubled = [*bodies, *bodies]
    random.Random(seed).shuffle(doubled)  # noqa: S311
    return run(doubled, threads, FakeDynamoDB(faults, seed))


def run(bodies: Bodies, threads: int, client: FakeDynamoDB, batch: int = BATCH) -> Run:
    """Work all bodies through the handler. Raises AssertionError where a record never succeeds."""
    queue, box = Queue(list(enumerate(bodies))[::-1]), LetterBox()
    wired = Wired(SETTINGS, Table(client, "status", 365, _no_sleep), box, _no_sleep)
    with ThreadPoolExecutor(threads) as pool:
        for worker in [pool.submit(_work, queue, wired, batch) for _ in range(threads)]:
            worker.result()
    return Run(client, box.letters, queue.came.total())


def _work(queue: Queue, wired: Wired, most: int) -> None:
    log = Silent("ERROR", {})
    while (batch := queue.take(most)) is not None:
        if not batch:
            time.sleep(0.001)
            continue
        records = [{"messageId": str(number), "body": body} for number, body in batch]
        try:
            answer = fold_batch(records, wired, log, "status", lambda: 60.0)
        except Killed:
            queue.done(batch)
            continue
        failed = {int(item["itemIdentifier"]) for item in answer["batchItemFailures"]}
        queue.done([record for record in batch if record[0] in failed])


def _no_sleep(seconds: float) -> None:
    pass


def different(one: FakeDynamoDB, other: FakeDynamoDB) -> int:
    """How many items of the two tables are not the same, or in one only."""
    mine, theirs = one.contents(), other.contents()
    return sum(mine.get(position) != theirs.get(position) for position in {*mine, *theirs})


def rows(
    say: Callable[[str], object], messages: int = MESSAGES, each: int = EACH, threads: int = THREADS
) -> Iterator[Row]:
    """The difference of the two runs, which must be none, and what the storm cost."""
    bodies = list(status_events.records(messages, each))
    say(f"{len(bodies):,} events of {messages:,} messages in order")
    calm = ordered(bodies)
    say(f"the same twice, shuffled, in {threads} batches at once, with faults")
    began = time.perf_counter()
    storm = stormy(bodies, threads)
    seconds = time.perf_counter() - began
    size = f"{len(bodies):,} events of {messages:,} messages"
    beside = f"{len(calm.client.items):,} items; {storm.again:,} records came again; {seconds:.0f} s"
    yield Row(
        "status: items that differ", size, different(calm.client, storm.client), "items", at_most(0), beside
    )
    yield Row("status: dead letters", size, len(calm.letters) + len(storm.letters), "letters", at_most(0))


if __name__ == "__main__":
    from mailroom.bench import show

    show.table(list(rows(lambda text: print(text, file=sys.stderr), *map(int, sys.argv[1:]))))
