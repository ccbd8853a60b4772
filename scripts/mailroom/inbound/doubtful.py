"""Recipients that SES may have sent to: which there are, and how a person settles them.

A send is doubtful when SES's answer was lost. SES's own Send event settles it within a minute or so; where
none comes, somebody looks whether the mail arrived, and says so.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambda_src.inbound.ports import DOUBTFUL, OPEN, PENDING, SENDING, SENT
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound.ledger import Known, Ledger, Person
from mailroom.inbound.queues import put_in, take_out
from mailroom.inbound.stored import full_key, look

# A Send event is here within seconds; before this many it is worth a wait.
SOON_SECONDS = 120


@dataclass(frozen=True)
class Settled:
    """What came of settling: the addresses that were settled, and those that were not in doubt any more."""

    mail: str
    state: str
    settled: list[str]
    meanwhile: list[str]
    queued: bool
    dead_letters_removed: int


class Doubtful:
    """The doubts of an environment's ledger."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._ledger = Ledger(environment.client("dynamodb"), environment.output("ledger_table"))

    def people(self) -> list[Person]:
        """Everybody in doubt, the oldest first: doubtful, or in `sending` while nobody holds the mail."""
        unsettled = list(self._ledger.unsettled())
        mails = self._ledger.look_at([person.mail for person in unsettled])
        return [person for person in unsettled if _in_doubt(person, mails[person.mail])]

    def of_mail(self, key: str, recipient: str) -> tuple[str, list[Person]]:
        """The mail's id and those of its recipients that are in doubt, or the one of this address.

        `key` is an object key, with or without the version that the list shows. Raises MailroomError.
        """
        mail = self._mail(key)
        known = self._ledger.look(mail)
        people = [person for person in known.people if _in_doubt(person, known)]
        chosen = [person for person in people if recipient.lower() in ("", person.address.lower())]
        if recipient and not chosen:
            raise MailroomError(
                f"{mail} has no recipient {recipient} that is in doubt.", "mailroom inbound doubtful"
            )
        if not chosen and known.state != OPEN:
            raise MailroomError(
                f"Nothing is in doubt in {mail}: it is {known.state} in the ledger.",
                "mailroom inbound doubtful",
            )
        return mail, chosen

    def settle(self, mail: str, people: list[Person], *, sent: bool) -> Settled:
        """Settle these, queue the mail again, and take it out of the dead-letter queue, in this order.

        Killed in between, it can be said again: a mail without a doubt left is only queued.
        """
        state = SENT if sent else PENDING
        now = int(time.time())
        settled = [person.address for person in people if self._ledger.settle(person, state, now)]
        meanwhile = [person.address for person in people if person.address not in settled]
        s3, sqs = self._environment.client("s3"), self._environment.client("sqs")
        message = look(s3, self._environment.output("raw_bucket"), mail)
        if message is None:
            return Settled(mail, state, settled, meanwhile, queued=False, dead_letters_removed=0)
        put_in(sqs, self._environment.output("inbound_queue_url"), [message.event()])
        removed = take_out(sqs, self._environment.output("inbound_dead_letter_queue_url"), message.ledger_key)
        return Settled(mail, state, settled, meanwhile, queued=True, dead_letters_removed=removed)

    def _mail(self, key: str) -> str:
        if "#" in key:
            return full_key(key)
        message = look(self._environment.client("s3"), self._environment.output("raw_bucket"), key)
        if message is not None:
            return message.ledger_key
        raise MailroomError(
            f"{key} is not stored any more: name it with its version, as the list does (KEY#VERSION).",
            "mailroom inbound doubtful",
        )


def _in_doubt(person: Person, mail: Known) -> bool:
    """Doubtful, or left in `sending` by a worker whose lease is over."""
    return person.state == DOUBTFUL or (person.state == SENDING and mail.owned_until < time.time())


def row(person: Person) -> dict[str, Any]:
    """A doubt for programs. `tags` are those of SES's events about this send."""
    from lambda_src.inbound.derive import tags

    return {
        "mail": person.mail,
        "recipient": person.address,
        "state": person.state,
        "since": _time(person.updated_at),
        "tags": tags(person.mail, person.number, person.generation),
    }


def in_words(people: list[Person], env: str) -> Iterator[str]:
    """The list for a person, with what to look at and the next command."""
    for person in people:
        yield f"{person.mail}  to {person.address}  {person.state} since {_time(person.updated_at)}"
    if not people:
        yield "No recipient is in doubt."
        return
    if time.time() - max(person.updated_at for person in people) < SOON_SECONDS:
        yield "The newest doubt is minutes old: SES's Send event may still settle it by itself."
    yield (
        "Look whether the mail is at the recipient's (it came about the time shown), or in your log of SES's"
        " events under its tags (--json). Then say what you found:"
    )
    settle = f"mailroom inbound doubtful settle '{people[0].mail}' --env {env}"
    yield f"  {settle} --sent      (it arrived)"
    yield f"  {settle} --not-sent  (it did not: it is sent anew)"


def settled_in_words(done: Settled) -> Iterator[str]:
    """What `settle` did."""
    said = "sent" if done.state == SENT else "not sent, so it will be sent now"
    for address in done.settled:
        yield f"{address}: {said}"
    for address in done.meanwhile:
        yield f"{address}: not in doubt any more, somebody or SES's Send event was faster"
    if not done.settled and not done.meanwhile:
        yield "nothing was left to settle"
    if not done.queued:
        yield "its raw mail is no longer stored, so it is not queued again"
        return
    yield "queued again, so that it comes to its end"
    if done.dead_letters_removed:
        yield f"taken out of the dead-letter queue: {done.dead_letters_removed}"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
