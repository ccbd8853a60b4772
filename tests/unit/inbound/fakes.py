"""Fakes that remember: the ledger and the row of sends, with the conditions of the real ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lambda_src.inbound import ports
from lambda_src.inbound.ports import Busy, Claim, Recipient


class Crash(BaseException):
    """The worker dies: no code of ours may catch it."""


class Fault(Exception):
    """A call fails."""


@dataclass
class Strikes:
    """Counts every call that crosses the edge, and strikes at one of them, before or after it is done.

    It raises `error`, or lets `stall` happen and goes on: what others do while this worker stands still.
    """

    at: int = -1
    after: bool = False
    error: type[BaseException] = Crash
    stall: Callable[[], Any] | None = None
    count: int = 0
    calls: list[str] = field(default_factory=list)

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        here = self.count == self.at
        self.count += 1
        if here and not self.after:
            self._strike(f"before {name}")
        answer = call()
        if here and self.after:
            self._strike(f"after {name}")
        return answer

    def _strike(self, where: str) -> None:
        if self.stall is None:
            raise self.error(where)
        self.stall()


@dataclass
class Line:
    """A recipient's item."""

    person: Recipient
    owner: str = ""
    ses_message_id: str = ""
    unsettled: bool = False


@dataclass
class FakeLedger:
    """Two dictionaries, with the conditions that the real ledger has (test_ledger.py holds them together)."""

    strikes: Strikes = field(default_factory=Strikes)
    mails: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[tuple[str, int, int], Line] = field(default_factory=dict)

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        return self.strikes.around("claim", lambda: self._claim(mail, owner, now, until))

    def _claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        new = {"state": ports.OPEN, "until": -1, "generation": 1, "turn": 0}
        item = self.mails.setdefault(mail, new)
        if item["state"] != ports.OPEN:
            return Claim(item["state"])
        if item["until"] >= now and item["owner"] != owner:
            raise Busy("another worker has this mail", item["until"] + 1)
        item.setdefault("seed", f"{mail} {item['generation']}".encode().ljust(32))
        item.update(owner=owner, until=until)
        people = tuple(self.people(mail)) if "recipients" in item else None
        return Claim(ports.OPEN, item["seed"], people, item["generation"], item["turn"], "released" in item)

    def people(self, mail: str) -> list[Recipient]:
        """The recipients of the mail's generation."""
        generation = self.mails[mail]["generation"] if mail in self.mails else 1
        lines = [line for key, line in self.lines.items() if key[0] == mail and key[2] == generation]
        return [line.person for line in lines]

    def renew(self, mail: str, owner: str, now: int, until: int) -> bool:
        return self.strikes.around("renew", lambda: self._ours(mail, owner, until=until))

    def _ours(self, mail: str, worker: str, **values: Any) -> bool:
        if self.mails[mail].get("owner") != worker:
            return False
        self.mails[mail].update(values)
        return True

    def plan(
        self, mail: str, owner: str, addresses: Sequence[str], generation: int, now: int
    ) -> tuple[Recipient, ...]:
        people = [Recipient(n, address, "pending", generation) for n, address in enumerate(addresses, 1)]
        self.strikes.around("plan", lambda: self._plan(mail, owner, people))
        return tuple(people)

    def _plan(self, mail: str, owner: str, people: list[Recipient]) -> None:
        if "recipients" in self.mails[mail] or not self._ours(mail, owner, recipients=len(people)):
            raise Busy("another worker took this mail over")
        self.lines |= {(mail, person.number, person.generation): Line(person) for person in people}

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        move = lambda: self._move(mail, owner, recipient, state, ses_message_id)  # noqa: E731
        return self.strikes.around(f"move to {state}", move)

    def _move(self, mail: str, owner: str, recipient: Recipient, state: str, ses_message_id: str) -> bool:
        line = self.lines[mail, recipient.number, recipient.generation]
        old, mine = line.person.state, line.owner == owner
        allowed = state == ports.SENT or (old == state and mine)
        if old == recipient.state:
            allowed = allowed or mine or old != ports.SENDING or state == ports.DOUBTFUL
        if allowed:
            self._put(line, state, ses_message_id)
            line.owner = owner
        return allowed

    def _put(self, line: Line, state: str, ses_message_id: str = "") -> None:
        line.person = replace(line.person, state=state)
        line.ses_message_id = ses_message_id or line.ses_message_id
        line.unsettled = state in (ports.SENDING, ports.DOUBTFUL)

    def state_of(self, mail: str, recipient: Recipient) -> str:
        return self.lines[mail, recipient.number, recipient.generation].person.state

    def settle(self, mail: str, recipient: Recipient, now: int, ses_message_id: str) -> bool:
        line = self.lines.get((mail, recipient.number, recipient.generation))
        if line is None or line.person.state == ports.SENT:
            return False
        self._put(line, ports.SENT, ses_message_id)
        return True

    def say_not_sent(self, mail: str, number: int) -> None:
        """As a person does, on a doubtful recipient of the first generation."""
        self._put(self.lines[mail, number, 1], ports.PENDING)

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        self.strikes.around("finish", lambda: self._finish(mail, owner, state, reason))

    def _finish(self, mail: str, owner: str, state: str, reason: str) -> None:
        if self._ours(mail, owner, state=state, reason=reason, owner="", until=-1, turn=0):
            if state == ports.DONE:
                del self.mails[mail]["seed"]
        elif self.mails[mail]["state"] != state:
            raise Busy("another worker took this mail over")

    def release(self, mail: str, owner: str, now: int, turn: int = 0) -> None:
        self.strikes.around("release", lambda: self._ours(mail, owner, until=-1, turn=turn))

    def resend(self, mail: str) -> None:
        """As `replay --resend` does."""
        item = self.mails[mail]
        item.update(state=ports.OPEN, generation=item["generation"] + 1, until=-1)
        for name in ("seed", "recipients", "reason"):
            item.pop(name, None)


@dataclass
class FakeTurns:
    """A row of places in memory, for all the workers that share it; times in ms."""

    strikes: Strikes
    interval: float
    next_at: float = 0

    def reserve(self, count: int, now: int, latest: int) -> int | None:
        return self.strikes.around("reserve", lambda: self._reserve(count, now, latest))

    def _reserve(self, count: int, now: int, latest: int) -> int | None:
        first = max(self.next_at, now)
        if first > latest:
            return None
        self.next_at = first + count * self.interval
        return int(first)
