"""A small outside world made of fakes, for the logic of `inbound`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_src.inbound import ports
from lambda_src.inbound.decide import Rules
from lambda_src.inbound.linking import Linker
from lambda_src.inbound.ports import Mail, NotFinished, Time
from lambda_src.inbound.process import Process
from lambda_src.inbound.sending import Post
from lambda_src.shared.links_table import Link
from lambda_src.shared.logs import Log
from tests.unit.inbound.fakes import Crash, FakeLedger, FakeTurns, Fault, Strikes

# A mail with a list of two and two attachments.
REPORT = Path(__file__).with_name("report.eml").read_bytes()


class FakeRaw(BytesIO):
    """A stored message as a stream; `while_reading` happens before each read."""

    while_reading: Callable[[], Any] | None = None

    @property
    def size(self) -> int:
        return len(self.getvalue())

    def read(self, size: int | None = -1) -> bytes:
        if self.while_reading:
            self.while_reading()
        return super().read(size)


@dataclass
class FakeSink:
    """Keeps an object only when it is closed."""

    store: "FakeStore"
    key: str
    data: bytes = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        self.store.strikes.around("put", lambda: self.store.objects.__setitem__(self.key, self.data))

    def abort(self) -> None:
        self.store.aborted.append(self.key)


@dataclass
class FakeStore:
    """The two buckets."""

    strikes: Strikes
    raw: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)
    while_reading: Callable[[], Any] | None = None

    def open_raw(self, mail: Mail) -> Any:
        raw = FakeRaw(self.raw[mail.key])
        raw.while_reading = self.while_reading
        return self.strikes.around("open_raw", lambda: raw)

    def open_attachment(self, key: str) -> FakeSink:
        return FakeSink(self, key)

    def copy_raw(self, mail: Mail, key: str) -> None:
        self.strikes.around("copy", lambda: self.objects.__setitem__(key, self.raw[mail.key]))


@dataclass
class FakeMailer:
    """Accepts mail; `answers` may hold an error for the next sends of an address."""

    strikes: Strikes
    world: "World"
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answers: dict[str, list[Exception]] = field(default_factory=dict)

    def send(self, raw: bytes, recipient: str, tags: Mapping[str, str]) -> str:
        if self.answers.get(recipient):
            raise self.answers[recipient].pop(0)
        self.strikes.around("send", lambda: self._accept(raw, recipient, tags))
        return f"ses-{len(self.accepted)}"

    def _accept(self, raw: bytes, recipient: str, tags: Mapping[str, str]) -> None:
        self.accepted.append((recipient, raw))
        self.tags.append(tags)
        self.times.append(self.world.now)

    def to(self) -> list[str]:
        return [recipient for recipient, _ in self.accepted]


@dataclass
class FakeBooks:
    """The links table by hash, and the notice topic."""

    strikes: Strikes
    table: dict[str, Link] = field(default_factory=dict)
    told: list[ports.Notice] = field(default_factory=list)

    def write(self, links: Sequence[Link]) -> None:
        self.strikes.around("links", lambda: self.table.update({link.token_hash: link for link in links}))

    def publish(self, notice: ports.Notice) -> None:
        self.strikes.around("publish", lambda: self.told.append(notice))


class World:
    """A process among fakes, with a clock of its own."""

    def __init__(self, rules: Rules | None = None, per_second: float = 0) -> None:
        self.strikes = Strikes()
        self.store = FakeStore(self.strikes)
        self.ledger = FakeLedger(self.strikes)
        self.mailer = FakeMailer(self.strikes, self)
        self.links = self.notices = FakeBooks(self.strikes)
        self.turns = FakeTurns(self.strikes, 1000 / per_second) if per_second else None
        self.now = 1_795_000_000.0
        self.slept: list[float] = []
        self.rules = rules or Rules(sender="mailroom@out.example")
        self.show_all = self.notice_shows_text = False

    def store_mail(self, raw: bytes, key: str = "incoming/m1") -> Mail:
        self.store.raw[key] = raw
        return Mail("raw", key, "v1", len(raw))

    def work(self, mail: Mail, seconds: float = 60) -> str:
        linker = Linker(self.store, self.links, "https://l.example", 36)
        post = Post(
            self.mailer, linker, self.rules.sender, self.rules.marker, self.show_all, turns=self.turns
        )
        process = Process(self.rules, self.store, self.ledger, self.notices, post, self.notice_shows_text)
        clock = Time(lambda: self.now, self.now + seconds, self._sleep)
        return process.work(mail, clock, Log("ERROR", {}))

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def work_until_done(self, mail: Mail, tries: int = 6) -> bool:
        """As the queue does: again, each time after the last lease is over; whether it ended in a success."""
        for _ in range(tries):
            self.now += 120
            try:
                self.work(mail)
            except (Crash, Fault, NotFinished):
                continue
            return True
        return False

    def states(self, mail: Mail) -> list[str]:
        return [person.state for person in self.ledger.people(mail.id)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def new_world() -> type[World]:
    """For tests that need many worlds."""
    return World


@pytest.fixture
def report() -> bytes:
    """A mail with a list of two and two attachments."""
    return REPORT


@pytest.fixture
def errors() -> tuple[type[BaseException], type[BaseException]]:
    """A worker's death, and a call's failure."""
    return Crash, Fault


@pytest.fixture
def ledger_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """DynamoDB (moto) with the table `ledger`: its client."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    keys = {"mail": "HASH", "part": "RANGE"}
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        )
        yield client
