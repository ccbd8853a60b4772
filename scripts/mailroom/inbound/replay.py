"""Working stored messages again, by the ledger: one by its key, all since a time, or all that failed.

Safe to be killed and repeated: a mail is queued before its dead letter is deleted, the ledger keeps a mail
that is queued twice from being sent twice, and a new generation is opened once a day unless somebody insists.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice

from lambda_src.inbound.ports import NOTICED, OPEN
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound.failed import GO, Sorter
from mailroom.inbound.ledger import MOST_IN_A_BATCH, Known, Ledger
from mailroom.inbound.plan import QUEUE, REOPEN, RESEND, Choice, Row, plan, plan_one, row
from mailroom.inbound.queues import DeadLetters, put_in, take_out
from mailroom.inbound.stored import StoredMessage, find, since


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
        for entry in document["rows"]:
            entry["addresses"] = entry["addresses"] if show else None
        return json.dumps(document)

    def counts(self) -> dict[str, int]:
        """How many mails have which action coming to them."""
        return dict(sorted(Counter(found.action for found in self.rows).items()))


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
        planned = plan_one(known, choice, time.time())
        self._work([(message, known, planned)], choice)
        outcome = Outcome(not choice.dry_run, [planned])
        if not choice.dry_run and planned.action in (*GO, REOPEN, RESEND):
            outcome.dead_letters_removed = take_out(self._sqs, self._dead, message.ledger_key)
        return outcome

    def since(self, start: datetime, choice: Choice) -> Outcome:
        """All that was stored at or after `start` and is not done."""
        outcome = Outcome(not choice.dry_run)
        for chunk in _chunks(since(self._s3, self._bucket, start), MOST_IN_A_BATCH):
            ledger = self._looked_at([message.ledger_key for message in chunk])
            work = []
            for message in chunk:
                choice.progress()
                known = ledger[message.ledger_key]
                action = plan(known, choice, time.time())
                if action[0] == RESEND:  # says who gets it
                    known = self._ledger.look(message.ledger_key)
                work.append((message, known, row(known, action)))
            self._work(work, choice)
            outcome.rows += [done for _, _, done in work]
        return outcome

    def failed(self, choice: Choice) -> Outcome:
        """All dead letters: queued again where that can help, removed where the mail is done, else named."""
        outcome = Outcome(not choice.dry_run)
        sorter = Sorter(self._s3, self._bucket, self._looked_at, drop_gone=choice.drop_gone)
        with DeadLetters(self._sqs, self._dead) as dead:
            for letters in dead.batches():
                rows = []
                for letter in letters:
                    choice.progress()
                    rows.append(sorter.row(letter))
                if not choice.dry_run:
                    pairs = list(zip(letters, rows, strict=True))
                    again = [letter.body for letter, found in pairs if found.action == QUEUE]
                    gone = [letter for letter, found in pairs if found.action in GO]
                    put_in(self._sqs, self._queue, again)
                    dead.remove(gone)
                    outcome.dead_letters_removed += len(gone)
                outcome.rows += rows
            outcome.dead_letters_hidden = dead.hidden_from_us()
        return outcome

    def _looked_at(self, mails: Sequence[str]) -> dict[str, Known]:
        """Many mails at once; those that are open and have somebody in doubt with their recipients."""
        ledger = self._ledger.look_at(mails)
        for mail, known in ledger.items():
            if known.state == OPEN and mail in self._unsettled:
                ledger[mail] = self._ledger.look(mail)
        return ledger

    @cached_property
    def _unsettled(self) -> set[str]:
        """The mails with somebody in doubt, by the index: one query for them all."""
        return {person.mail for person in self._ledger.unsettled()}

    def _work(self, work: list[tuple[StoredMessage, Known, Row]], choice: Choice) -> None:
        """The ledger first, then the queue: killed between, the mail is open and the next run queues it."""
        if choice.dry_run:
            return
        now = int(time.time())
        for _, known, planned in work:
            if planned.action == RESEND:
                self._ledger.new_generation(known, now)
            elif planned.action == REOPEN:
                self._ledger.reopen(known, now, release=choice.release)
        queued = [
            message.event() for message, _, planned in work if planned.action in (QUEUE, REOPEN, RESEND)
        ]
        put_in(self._sqs, self._queue, queued)


def replay(environment: Environment, key: str) -> Iterator[str]:
    """Work one stored message again, and say line by line what was done. Raises MailroomError."""
    from mailroom.inbound.words import in_words

    yield from in_words(Replay(environment).one(key, Choice()), show=False)


def _chunks(items: Iterable[StoredMessage], size: int) -> Iterator[list[StoredMessage]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
