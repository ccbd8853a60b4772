"""One stored mail from the queue to its recipients. Plain logic: everything outside comes in by Ports.

A run may end anywhere, and the next one finishes what it began: the ledger knows who has the mail, and the
seed fixed at the first claim makes the same object keys and the same links again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from lambda_src.inbound import decide, derive, ports, tell
from lambda_src.inbound.decide import Decision, Rules
from lambda_src.inbound.lease import Lease
from lambda_src.inbound.message import Counted, Message, Sink, open_message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.ports import Claim, Mail, NotFinished, Recipient, Time
from lambda_src.inbound.reasons import naming
from lambda_src.inbound.recipients import Recipients
from lambda_src.inbound.sending import Post, Work, send_all
from lambda_src.shared.logs import Log

SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"
# SES's Send event, which settles a doubt, takes some seconds: no earlier try helps.
SECONDS_FOR_THE_EVENT = 10


@dataclass(frozen=True)
class Process:
    """What works on mails: the rules, the outside, and how the mails sent on look (see Post)."""

    rules: Rules
    store: ports.Store
    ledger: ports.Ledger
    notices: ports.Notices
    post: Post
    notice_shows_text: bool = False

    def work(self, mail: Mail, time: Time, log: Log) -> str:
        """Bring this mail as far as it goes: its outcome, or nothing where there was nothing left to do.

        When this raises, whatever it is, the mail must come back.
        """
        if mail.key.rpartition("/")[2] == SETUP_NOTIFICATION:
            log.warning("SES wrote its set-up object: look whether the domain has its MX record")
            return ""
        lease = Lease(self.ledger, mail.id, uuid4().hex, time)
        claim = lease.claim()
        if claim.state != ports.OPEN:
            log.info("nothing to do: this mail is finished", state=claim.state)
            return ""
        try:
            return self._work(mail, lease, claim, time, log)
        except Exception as problem:
            _release(lease, getattr(problem, "turn", 0), log)
            raise

    def _work(self, mail: Mail, lease: Lease, claim: Claim, time: Time, log: Log) -> str:
        people = self._after_interruption(lease, claim, time)
        pending = people is None or _count(people, ports.PENDING) > 0
        if people and not pending:
            _raise_open(people, time)
        raw = self.store.open_raw(mail)
        rules = replace(self.rules, policy={}) if claim.released else self.rules
        sinks = _Sinks(self.store, rules, claim.seed, raw.size, people is not None, pending)
        message = open_message(lease.reading(raw.read), sinks, keep=rules.keep, marker=rules.marker)
        work = Work(mail, claim, lease, message, raw.size, time, log)
        decision, listed = decide.decide(message, raw.size, rules)
        # Once recipients are planned, they and not the list (whose rules may have changed) say who gets it.
        if people is None and decision.outcome != "send":
            return self._not_sent(work, decision)
        lease.keep()
        if people is None:
            people = self.ledger.plan(mail.id, lease.owner, listed.valid, claim.generation, work.now())
        return self._close(work, listed, send_all(self.post, self.ledger, work, people))

    def _after_interruption(self, lease: Lease, claim: Claim, time: Time) -> tuple[Recipient, ...] | None:
        """Recipients that a worker left in `sending` are doubtful: its lease is over, its answer unknown."""
        if claim.recipients is None:
            return None
        people = []
        for person in claim.recipients:
            if person.state == ports.SENDING:
                now = int(time.now())
                moved = self.ledger.move(lease.mail, lease.owner, person, ports.DOUBTFUL, now)
                state = ports.DOUBTFUL if moved else self.ledger.state_of(lease.mail, person)
                person = replace(person, state=state)
            people.append(person)
        return tuple(people)

    def _not_sent(self, work: Work, decision: Decision) -> str:
        """Tell why, and finish."""
        links = []
        if decision.reason == "encrypted":
            seed, linker = work.claim.seed, self.post.linker
            links = linker.for_notice(work.mail, seed, work.message, work.size, work.now())
        text = self._text(work.message)
        work.lease.keep()
        self.notices.publish(tell.notice(work.mail, work.message, decision, links, text))
        self.ledger.finish(work.mail.id, work.lease.owner, ports.NOTICED, work.now(), decision.reason)
        work.log.info("mail not sent on", outcome=decision.outcome, reason=decision.reason)
        return decision.outcome

    def _close(self, work: Work, listed: Recipients, people: tuple[Recipient, ...]) -> str:
        """Finish a mail whose recipients are all settled; else it comes back."""
        counts = Counter(person.state for person in people)
        found = {"attachments": len(work.message.attachments), "defects": len(work.message.defects)}
        work.log.info("mail worked", **found, **counts)
        _raise_open(people, work.time)
        work.lease.keep()
        outcome = "partly" if counts[ports.SENT] else "nobody"
        for reason, names in _left_out(listed, people).items():
            if names:
                decision = decide.because(reason, outcome, names=naming(names))
                text = self._text(work.message)
                self.notices.publish(tell.notice(work.mail, work.message, decision, text=text))
        self.ledger.finish(work.mail.id, work.lease.owner, ports.DONE, work.now())
        return "sent" if counts[ports.SENT] else "refused"

    def _text(self, message: Message) -> str:
        return tell.text_of(message, self.rules.marker) if self.notice_shows_text else ""


def _left_out(listed: Recipients, people: Sequence[Recipient]) -> dict[str, list[str]]:
    """Who of the list got nothing, by reason. Good addresses that were not planned were not allowed then."""
    planned = {person.address for person in people}
    return {
        "invalid_recipients": list(listed.invalid),
        "not_allowed_recipients": [
            address for address in (*listed.valid, *listed.not_allowed) if address not in planned
        ],
        "refused_recipients": [person.address for person in people if person.state == ports.REFUSED],
    }


@dataclass(frozen=True)
class _Sinks:
    """Where attachments go.

    They are kept when the mail may be sent on; on a run that resumes while somebody still waits for the mail,
    all of them again: what stays in the mail may be another choice now, and no link may lead to nothing.
    """

    store: ports.Store
    rules: Rules
    seed: bytes
    size: int
    planned: bool
    pending: bool

    def __call__(self, number: int, headers: Headers) -> Sink:
        needed = self.pending if self.planned else self._may_be_sent(number, headers)
        return self.store.open_attachment(derive.attachment_key(self.seed, number)) if needed else Counted()

    def _may_be_sent(self, number: int, headers: Headers) -> bool:
        if number > self.rules.maximum_attachments:
            return False
        return decide.before_content(headers, self.size, self.rules) is None


def _count(people: Sequence[Recipient], state: str) -> int:
    return sum(person.state == state for person in people)


def _raise_open(people: Sequence[Recipient], time: Time) -> None:
    """Raise NotFinished where a recipient is not settled."""
    if waiting := _count(people, ports.PENDING):
        raise NotFinished(f"{waiting} of {len(people)} recipients are still to be sent to")
    if doubtful := _count(people, ports.DOUBTFUL) + _count(people, ports.SENDING):
        raise NotFinished(
            f"{doubtful} of {len(people)} recipients are doubtful: SES may have accepted their mail",
            time.now() + SECONDS_FOR_THE_EVENT,
        )


def _release(lease: Lease, turn: int, log: Log) -> None:
    """Give the mail back. Where even that fails, its lease ends by itself."""
    try:
        lease.release(turn)
    except Exception as problem:  # What ended the run is what counts.
        log.warning("the mail could not be given back", kind=type(problem).__name__)
