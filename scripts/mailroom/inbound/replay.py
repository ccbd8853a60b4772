"""Working stored messages again, by the ledger: one by its key, all since a time, or all that failed.

Safe to be killed and repeated: a mail is queued before its dead letter is deleted, the ledger keeps a mail
that is queued twice from being sent twice, and a new generation is opened once a day unless somebody insists.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound.ledger import DONE, MOST_IN_A_BATCH, NOTICED, Known, Ledger
from mailroom.inbound.queues import DeadLetters, Letter, put_in, take_out
from mailroom.inbound.stored import StoredMessage, find, look, since

# So long a mail that was sent again is left alone: a run that was killed can simply be repeated.
RESEND_PAUSE_SECONDS = 24 * 3600

QUEUE, REOPEN, RESEND, LEAVE = "queue", "reopen", "resend", "leave"


@dataclass(frozen=True)
class Choice:
    """What the operator wants: `resend` finished mails anew, `again` even those sent again within a day,
    `noticed` ones too; `release`: SES's verdicts (virus, spam and the like) do not hold the mail again;
    `dry_run` changes nothing. `progress` is called for each mail that is looked at.
    """

    resend: bool = False
    again: bool = False
    noticed: bool = False
    release: bool = False
    dry_run: bool = False
    progress: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Row:
    """One mail (`<key>#<version>`), or one foreign dead letter: what it was, and what is done about it.

    `people` counts its recipients by their states, where it was looked at that closely.
    """

    mail: str
    was: str
    action: str
    why: str = ""
    people: dict[str, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What was done, or would be done where `changed` is False."""

    changed: bool
    rows: list[Row] = field(default_factory=list)
    dead_letters_removed: int = 0
    dead_letters_hidden: int = 0

    def to_json(self, show: bool) -> str:
        """The outcome as one object; addresses only where they are to be shown."""
        document = {**asdict(self), "counts": self.counts()}
        for row in document["rows"]:
            row["addresses"] = row["addresses"] if show else None
        return json.dumps(document)

    def counts(self) -> dict[str, int]:
        """How many mails have which action coming to them."""
        return dict(sorted(Counter(row.action for row in self.rows).items()))


class Replay:
    """The stored mail, the ledger and the queues of an environment."""

    def __init__(self, environment: Environment) -> None:
        self._s3 = environment.client("s3")
        self._bucket = environment.output("raw_bucket")
        self._ledger = Ledger(environment.client("dynamodb"), environment.output("ledger_table"))
        self._sqs = environment.client("sqs")
        self._queue = environment.output("inbound_queue_url")
        self._dead = environment.output("inbound_dead_letter_queue_url")

    def one(self, key: str, choice: Choice) -> Outcome:
        """One mail by its key. One that ended as a notice is opened again: whoever names it means it."""
        message = find(self._s3, self._bucket, key)
        known = self._ledger.look(message.ledger_key)
        if choice.release and known.state != NOTICED:
            raise MailroomError(
                f"{message.key} is {known.state} in the ledger: only mail that was told is released.",
                f"mailroom inbound replay {message.key}",
            )
        row = _row(known, plan(known, replace(choice, noticed=True), time.time()))
        if row.action == LEAVE and not choice.resend:
            row = _row(known, (QUEUE, "nothing is left to do"))
        self._work([(message, known, row)], choice)
        outcome = Outcome(not choice.dry_run, [row])
        if not choice.dry_run and row.action != LEAVE:
            outcome.dead_letters_removed = take_out(self._sqs, self._dead, message.key)
        return outcome

    def since(self, start: datetime, choice: Choice) -> Outcome:
        """All that was stored at or after `start` and is not done."""
        outcome = Outcome(not choice.dry_run)
        for chunk in _chunks(since(self._s3, self._bucket, start), MOST_IN_A_BATCH):
            ledger = self._ledger.look_at([message.ledger_key for message in chunk])
            work = []
            for message in chunk:
                choice.progress()
                action = plan(ledger[message.ledger_key], choice, time.time())
                known = ledger[message.ledger_key]
                if action[0] == RESEND:  # says who gets it
                    known = self._ledger.look(message.ledger_key)
                work.append((message, known, _row(known, action)))
            self._work(work, choice)
            outcome.rows += [row for _, _, row in work]
        return outcome

    def failed(self, choice: Choice) -> Outcome:
        """Everything in the dead-letter queue: queued again if about stored mail, else left and named."""
        outcome = Outcome(not choice.dry_run)
        seen: set[str] = set()
        with DeadLetters(self._sqs, self._dead) as dead:
            for letters in dead.batches():
                rows = [self._dead_row(letter, seen, choice) for letter in letters]
                good = [letter for letter, row in zip(letters, rows, strict=True) if row.action == QUEUE]
                if not choice.dry_run:
                    put_in(self._sqs, self._queue, [letter.body for letter in good])
                    dead.remove(good)
                    outcome.dead_letters_removed += len(good)
                outcome.rows += rows
            outcome.dead_letters_hidden = dead.hidden_from_us()
        return outcome

    def _dead_row(self, letter: Letter, seen: set[str], choice: Choice) -> Row:
        from lambda_src.inbound.records import UnknownRecord, mails

        choice.progress()
        try:
            found = mails(letter.body)
        except UnknownRecord as problem:
            return Row(letter.id, "foreign", LEAVE, f"not about mail of ours: {problem}")
        if not found:
            return Row(letter.id, "foreign", LEAVE, "not about mail of ours: S3's test event")
        name = ", ".join(mail.id for mail in found)
        if others := {mail.bucket for mail in found} - {self._bucket}:
            return Row(letter.id, "foreign", LEAVE, f"about another bucket: {', '.join(others)}")
        if not all(look(self._s3, self._bucket, mail.id) for mail in found):
            return Row(name, "gone", LEAVE, "its raw mail is no longer stored")
        if name in seen:
            return Row(
                name, "seen", LEAVE, "it is here twice, or has failed again meanwhile: look again later"
            )
        seen.add(name)
        states = self._ledger.look_at([mail.id for mail in found])
        return Row(name, ", ".join(known.state for known in states.values()), QUEUE)

    def _work(self, work: list[tuple[StoredMessage, Known, Row]], choice: Choice) -> None:
        """The ledger first, then the queue: killed between, the mail is open and the next run queues it."""
        if choice.dry_run:
            return
        now = int(time.time())
        for _, known, row in work:
            if row.action == RESEND:
                self._ledger.new_generation(known, now)
            elif row.action == REOPEN:
                self._ledger.reopen(known, now, release=choice.release)
        put_in(self._sqs, self._queue, [message.event() for message, _, row in work if row.action != LEAVE])


def plan(known: Known, choice: Choice, now: float) -> tuple[str, str]:
    """What to do with a mail of which the ledger knows this, and why where that is not plain."""
    if known.state not in (DONE, NOTICED):
        resumed = "it is not done yet, so it is resumed" if choice.resend else ""
        return QUEUE, "a worker has it just now" if known.owned_until > now else resumed
    if known.state == NOTICED and not choice.noticed:
        return LEAVE, f"it ended as a notice ({known.reason})"
    if choice.resend:
        if known.resent_at > now - RESEND_PAUSE_SECONDS and not choice.again:
            at = datetime.fromtimestamp(known.resent_at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
            return LEAVE, f"it was sent again at {at}; --again does it once more"
        return RESEND, f"generation {known.generation + 1}"
    if known.state == NOTICED:
        return REOPEN, f"it ended as a notice ({known.reason})"
    return LEAVE, ""


def replay(environment: Environment, key: str) -> Iterator[str]:
    """Work one stored message again, and say line by line what was done. Raises MailroomError."""
    from mailroom.inbound.words import in_words

    yield from in_words(Replay(environment).one(key, Choice()), show=False)


def _row(known: Known, action: tuple[str, str]) -> Row:
    people = dict(sorted(Counter(person.state for person in known.people).items()))
    return Row(known.mail, known.state, *action, people, [person.address for person in known.people])


def _chunks(items: Iterable[StoredMessage], size: int) -> Iterator[list[StoredMessage]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
