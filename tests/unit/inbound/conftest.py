"""Fakes that remember, for the logic of `inbound`, and a small outside world made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lambda_src.inbound import ports
from lambda_src.inbound.decide import Rules
from lambda_src.inbound.ports import Busy, Claim, Mail, NotFinished, Recipient, Time
from lambda_src.inbound.process import Process
from lambda_src.inbound.sending import Post
from lambda_src.shared.links_table import Link
from lambda_src.shared.logs import Log

# A mail with a list of two and two attachments.
REPORT = Path(__file__).with_name("report.eml").read_bytes()


class Crash(BaseException):
    """The worker dies: no code of ours may catch it."""


class Fault(Exception):
    """A call fails."""


@dataclass
class Strikes:
    """Counts every call that crosses the edge, and strikes at one of them, before or after it is done."""

    at: int = -1
    after: bool = False
    error: type[BaseException] = Crash
    count: int = 0
    calls: list[str] = field(default_factory=list)

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        strike = self.count == self.at
        self.count += 1
        if strike and not self.after:
            raise self.error(f"before {name}")
        answer = call()
        if strike:
            raise self.error(f"after {name}")
        return answer


class FakeRaw(BytesIO):
    """A stored message as a stream."""

    @property
    def size(self) -> int:
        return len(self.getvalue())


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

    def open_raw(self, mail: Mail) -> Any:
        return self.strikes.around("open_raw", lambda: FakeRaw(self.raw[mail.key]))

    def open_attachment(self, key: str) -> FakeSink:
        return FakeSink(self, key)


@dataclass
class FakeLedger:
    """One dictionary, with the conditions that the real one has."""

    strikes: Strikes
    mails: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[int, Recipient]] = field(default_factory=dict)

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        return self.strikes.around("claim", lambda: self._claim(mail, owner, now, until))

    def _claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        item = self.mails.setdefault(mail, {"state": ports.OPEN, "until": -1, "seed": mail.encode()})
        if item["state"] != ports.OPEN:
            return Claim(item["state"])
        if item["until"] >= now:
            raise Busy("another worker has this mail")
        item.update(owner=owner, until=until)
        people = tuple(self.people[mail].values()) if mail in self.people else None
        return Claim(ports.OPEN, item["seed"], people)

    def plan(self, mail: str, owner: str, addresses: Sequence[str], now: int) -> tuple[Recipient, ...]:
        people = {n: Recipient(n, address) for n, address in enumerate(addresses, 1)}
        self.strikes.around("plan", lambda: self.people.__setitem__(mail, people))
        return tuple(people.values())

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        return self.strikes.around(f"move to {state}", lambda: self._move(mail, recipient, state))

    def _move(self, mail: str, recipient: Recipient, state: str) -> bool:
        line = self.people[mail][recipient.number]
        if line.state != recipient.state:
            return False
        self.people[mail][recipient.number] = replace(line, state=state)
        return True

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        self.strikes.around("finish", lambda: self.mails[mail].update(state=state, reason=reason))
        if state == ports.DONE:
            self.mails[mail].pop("seed", None)

    def release(self, mail: str, owner: str, now: int) -> None:
        if self.mails[mail].get("owner") == owner:
            self.strikes.around("release", lambda: self.mails[mail].update(until=-1))


@dataclass
class FakeMailer:
    """Accepts mail; `answers` may hold an error for the next sends of an address."""

    strikes: Strikes
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    answers: dict[str, list[Exception]] = field(default_factory=dict)

    def send(self, raw: bytes, recipient: str, tags: Mapping[str, str]) -> str:
        if self.answers.get(recipient):
            raise self.answers[recipient].pop(0)
        self.strikes.around("send", lambda: self.accepted.append((recipient, raw)))
        self.tags.append(tags)
        return f"ses-{len(self.accepted)}"

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

    def __init__(self, rules: Rules | None = None) -> None:
        self.strikes = Strikes()
        self.store = FakeStore(self.strikes)
        self.ledger = FakeLedger(self.strikes)
        self.mailer = FakeMailer(self.strikes)
        self.links = self.notices = FakeBooks(self.strikes)
        self.now = 1_795_000_000.0
        self.slept: list[float] = []
        self.rules = rules or Rules(sender="mailroom@out.example")
        self.show_all = False

    def store_mail(self, raw: bytes, key: str = "incoming/m1") -> Mail:
        self.store.raw[key] = raw
        return Mail("raw", key, "v1", len(raw))

    def work(self, mail: Mail, seconds: float = 60) -> None:
        post = Post(
            self.mailer,
            self.links,
            self.rules.sender,
            self.rules.marker,
            "https://l.example",
            36,
            self.show_all,
        )
        process = Process(self.rules, self.store, self.ledger, self.notices, post)
        clock = Time(lambda: self.now, self.now + seconds, self._sleep)
        process.work(mail, clock, Log("ERROR", {}))

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
        return [person.state for person in self.ledger.people.get(mail.id, {}).values()]


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
