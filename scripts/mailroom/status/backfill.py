"""The archive folded into the table again, by the very logic of the function.

Every step can be done twice: an event that the table knows changes nothing. So objects are worked side by
side, a stopped run goes on at the first object that was not done, and the function may fold meanwhile.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from lambda_src.status.apply import apply
from lambda_src.status.decode import APPLIED, IGNORED, REJECTED, decode
from lambda_src.status.event import Event
from lambda_src.status.keys import Key
from lambda_src.status.settings import FoldSettings
from lambda_src.status.state import State
from lambda_src.status.table import Table
from lambda_src.status.view import last_at, seconds
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.status.archive import Damaged, Days, Place, Stored, lines, objects
from mailroom.status.checkpoint import Checkpoint

EVENTS_A_BATCH = 500
SIDE_BY_SIDE = 4
AHEAD = 2 * SIDE_BY_SIDE
"""So many objects are begun before the first of them must be done."""
KEPT_REJECTIONS = 200
READ_TRIES = 3
NOTE_EVERY_SECONDS = 1.0
LATE_DAYS = 30
"""An item that is past its days by no more than this is written: events that follow, in objects not yet read,
may well keep it. Where none does, TTL takes it away again."""
_DAY = 86400


class Stopped(Exception):
    """Somebody ended the run before this object was done."""


@dataclass(frozen=True)
class Rejection:
    """A record that is no event: where it lies, and why."""

    key: str
    line: int
    reason: str


@dataclass
class Counts:
    """What was found and done; items were left out `expired` times, since their days are over."""

    objects: int = 0
    events: int = 0
    ignored: int = 0
    rejected: int = 0
    writes: int = 0
    expired: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    """The first KEPT_REJECTIONS of them."""

    def reject(self, rejection: Rejection) -> None:
        """Count one, and keep it where there is room."""
        self.rejected += 1
        if len(self.rejections) < KEPT_REJECTIONS:
            self.rejections.append(rejection)

    def add(self, other: "Counts") -> None:
        """Count another's as well."""
        for name in ("objects", "events", "ignored", "rejected", "writes", "expired"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rejections += other.rejections[: KEPT_REJECTIONS - len(self.rejections)]

    @classmethod
    def noted(cls, document: dict[str, Any]) -> "Counts":
        """What `asdict` made of one."""
        kept = [Rejection(**one) for one in document["rejections"]]
        return cls(**{**document, "rejections": kept})


class Lasting:
    """The table for a batch: what is long past its days is not written, and with `dry_run` nothing is."""

    def __init__(self, table: Table, settings: FoldSettings, counts: Counts, dry_run: bool) -> None:
        self._table, self._counts, self._dry_run = table, counts, dry_run
        self._oldest = time.time() - (settings.retention_days + LATE_DAYS) * _DAY
        self.read = table.read

    def write(self, key: Key, state: State, version: int) -> None:
        """See Table.write."""
        if seconds(last_at(state)) <= self._oldest:
            self._counts.expired += 1
            return
        if not self._dry_run:
            self._table.write(key, state, version)
        self._counts.writes += 1


class Backfill:
    """One run over a place and some days. `watch` is called in turn with all counts and the object done."""

    def __init__(self, environment: Environment, place: Place, days: Days, dry_run: bool = False) -> None:
        self.place, self._days, self._dry_run = place, days, dry_run
        self._settings = _settings(environment)
        self.table = self._settings.status_table
        self._s3 = environment.client("s3", max_pool_connections=AHEAD)
        dynamodb = environment.client("dynamodb", max_pool_connections=AHEAD, retries={"mode": "adaptive"})
        self._items = Table(dynamodb, self.table, self._settings.retention_days)
        account = str(environment.output("account_id"))
        self._checkpoint = Checkpoint(
            environment.data_dir, str(place), str(days), account, environment.output("region"), self.table
        )
        self.counts = Counts()
        self.after = ""
        self._stop = threading.Event()

    def resume(self) -> bool:
        """Go on where a stopped run was; False where none is noted."""
        noted = None if self._dry_run else self._checkpoint.read()
        if noted:
            self.after, self.counts = noted["after"], Counts.noted(noted["counts"])
        return bool(noted)

    def restart(self) -> None:
        """Forget a stopped run."""
        self._checkpoint.remove()

    def run(self, watch: Callable[[Counts, Stored], object]) -> None:
        """Fold every object. Raises MailroomError; what was done until then, or an interrupt, is noted."""
        noted_at = float("-inf")
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            try:
                for stored, found in self._worked(pool):
                    self.counts.add(found)
                    self.after = stored.key
                    watch(self.counts, stored)
                    if time.monotonic() - noted_at > NOTE_EVERY_SECONDS:
                        self._note()
                        noted_at = time.monotonic()
            except BaseException:
                self._note()
                self._stop.set()  # those that were begun end with their batch
                pool.shutdown(cancel_futures=True)
                raise
        self._checkpoint.remove()

    def _note(self) -> None:
        if self.after and not self._dry_run:
            self._checkpoint.write({"after": self.after, "counts": asdict(self.counts)})

    def _worked(self, pool: ThreadPoolExecutor) -> Iterator[tuple[Stored, Counts]]:
        """Every object with its counts, in the order of the keys: one key says how far all is done."""
        begun: deque[tuple[Stored, Future[Counts]]] = deque()
        for stored in objects(self._s3, self.place, self._days, self.after):
            begun.append((stored, pool.submit(self._object, stored.key)))
            if len(begun) == AHEAD:
                done, future = begun.popleft()
                yield done, future.result()
        for done, future in begun:
            yield done, future.result()

    def _object(self, key: str) -> Counts:
        """Fold one object; reads it again where the connection broke."""
        from botocore.exceptions import HTTPClientError, IncompleteReadError

        for number in range(1, READ_TRIES + 1):
            try:
                return self._folded(key)
            except (HTTPClientError, IncompleteReadError):
                if number == READ_TRIES:
                    raise
        raise AssertionError("unreachable")

    def _folded(self, key: str) -> Counts:
        counts = Counts(objects=1)
        batch: list[list[Event]] = []
        size = 0
        for line, found in self._lines(key):
            events = self._events(key, line, found, counts)
            if events:
                batch.append(events)
                size += len(events)
            if size >= EVENTS_A_BATCH:
                self._apply(key, batch, counts)
                batch, size = [], 0
        self._apply(key, batch, counts)
        return counts

    def _lines(self, key: str) -> Iterator[tuple[int, str | Damaged]]:
        """The object's lines; none where it has gone since it was listed, as old ones do."""
        try:
            body = self._s3.get_object(Bucket=self.place.bucket, Key=key)["Body"]
        except self._s3.exceptions.NoSuchKey:
            return
        with body:
            yield from lines(body)

    def _events(self, key: str, line: int, found: str | Damaged, counts: Counts) -> list[Event]:
        """The events of one line, counted, and what is none."""
        if isinstance(found, Damaged):
            counts.reject(Rejection(key, line, str(found)))
            return []
        events: list[Event] = []
        for decoded in decode(found, self._settings.reference_tag):
            counts.events += decoded.outcome == APPLIED
            counts.ignored += decoded.outcome == IGNORED
            if decoded.outcome == REJECTED:
                counts.reject(Rejection(key, line, decoded.reason))
            events += decoded.events
        return events

    def _apply(self, key: str, batch: Sequence[Sequence[Event]], counts: Counts) -> None:
        if self._stop.is_set():
            raise Stopped
        lasting = Lasting(self._items, self._settings, counts, self._dry_run)
        done = apply(lasting, batch, time.sleep, lambda: float("inf"))
        for problem in done.failed.values():
            raise MailroomError(
                f"The table {self.table} did not take all of {key}: {type(problem).__name__}: {problem}",
                "the same command again: it goes on where it was",
            ) from problem


def _settings(environment: Environment) -> FoldSettings:
    """The settings of the deployed function. Raises MailroomError where nothing is deployed."""
    function = environment.output("status_function_name")
    answer = environment.client("lambda").get_function_configuration(FunctionName=function)
    return FoldSettings.from_env(answer["Environment"]["Variables"])
