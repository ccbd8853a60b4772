"""One stored mail from the queue to its recipients. Plain logic: everything outside comes in by Ports.

A run may end anywhere, and the next one finishes what it began: the ledger knows who has the mail, and the
seed fixed at the first claim makes the same object keys and the same links again.
"""

from collections import Counter
from dataclasses import dataclass
from uuid import uuid4

from lambda_src.inbound import decide, derive, ports
from lambda_src.inbound.decide import Decision, Rules
from lambda_src.inbound.message import Counted, Message, Sink, open_message
from lambda_src.inbound.mime.headers import Headers
from lambda_src.inbound.ports import Claim, Mail, NotFinished, Notice, Recipient, Time
from lambda_src.inbound.recipients import Recipients
from lambda_src.inbound.sending import Post, Work, send_all
from lambda_src.shared.logs import Log

SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"


@dataclass(frozen=True)
class Process:
    """What works on mails: the rules, the outside, and how the mails sent on look (see Post)."""

    rules: Rules
    store: ports.Store
    ledger: ports.Ledger
    notices: ports.Notices
    post: Post

    def work(self, mail: Mail, time: Time, log: Log) -> None:
        """Bring this mail as far as it goes. When this raises, whatever it is, the mail must come back."""
        if mail.key.rpartition("/")[2] == SETUP_NOTIFICATION:
            log.warning("SES wrote its set-up object: look whether the domain has its MX record")
            return
        owner = uuid4().hex
        claim = self.ledger.claim(mail.id, owner, int(time.now()), int(time.deadline))
        if claim.state != ports.OPEN:
            log.info("nothing to do: this mail is finished", state=claim.state)
            return
        try:
            self._work(mail, owner, claim, time, log)
        except Exception:
            self.ledger.release(mail.id, owner, int(time.now()))
            raise

    def _work(self, mail: Mail, owner: str, claim: Claim, time: Time, log: Log) -> None:
        people = self._settle_interrupted(mail, owner, claim, time)
        states = {person.state for person in people or ()}
        if people and ports.DOUBTFUL in states and ports.PENDING not in states:
            raise NotFinished(_doubtful_words(people))
        raw = self.store.open_raw(mail)
        message = open_message(raw.read, _Sinks(self.store, self.rules, claim, raw.size))
        decision, listed = decide.decide(message, raw.size, self.rules)
        # Once recipients are planned, they and not the list (whose rules may have changed) say who gets it.
        if people is None and decision.outcome != "send":
            self._tell(mail, message, decision)
            self.ledger.finish(mail.id, owner, ports.NOTICED, int(time.now()), decision.reason)
            log.info("mail not sent on", outcome=decision.outcome, reason=decision.reason)
            return
        if people is None:
            people = self.ledger.plan(mail.id, owner, listed.valid, int(time.now()))
        work = Work(mail, owner, claim.seed, message, time, log)
        self._close(work, listed, send_all(self.post, self.ledger, work, people))

    def _settle_interrupted(
        self, mail: Mail, owner: str, claim: Claim, time: Time
    ) -> tuple[Recipient, ...] | None:
        """Recipients that a worker left in `sending` are doubtful: its lease is over, its answer unknown."""
        if claim.recipients is None:
            return None
        people = []
        for person in claim.recipients:
            if person.state == ports.SENDING:
                self.ledger.move(mail.id, owner, person, ports.DOUBTFUL, int(time.now()))
                person = Recipient(person.number, person.address, ports.DOUBTFUL)
            people.append(person)
        return tuple(people)

    def _close(self, work: Work, listed: Recipients, people: tuple[Recipient, ...]) -> None:
        """Finish a mail whose recipients are all settled; else it comes back."""
        counts = Counter(person.state for person in people)
        found = {"attachments": len(work.message.attachments), "defects": len(work.message.defects)}
        work.log.info("mail worked", **found, **counts)
        if counts[ports.PENDING]:
            raise NotFinished(f"{counts[ports.PENDING]} of {len(people)} recipients are still to be sent to")
        if counts[ports.DOUBTFUL]:
            raise NotFinished(_doubtful_words(people))
        if listed.invalid:
            names = ", ".join(listed.invalid)
            self._tell(work.mail, work.message, decide.because("invalid_recipients", names=names))
        if refused := counts[ports.REFUSED]:
            self._tell(work.mail, work.message, decide.because("refused_recipients", count=refused))
        self.ledger.finish(work.mail.id, work.owner, ports.DONE, work.now())

    def _tell(self, mail: Mail, message: Message, decision: Decision) -> None:
        sender, title = message.headers.words("from"), message.headers.words("subject")
        self.notices.publish(Notice(decision.reason, decision.words, sender, title, mail.key))


@dataclass(frozen=True)
class _Sinks:
    """Where attachments go: kept only when the mail may be sent on, and not again when all are kept."""

    store: ports.Store
    rules: Rules
    claim: Claim
    size: int

    def __call__(self, number: int, headers: Headers) -> Sink:
        done = self.claim.recipients is not None or number > self.rules.maximum_attachments
        if done or decide.before_content(headers, self.size, self.rules):
            return Counted()
        return self.store.open_attachment(derive.attachment_key(self.claim.seed, number))


def _doubtful_words(people: tuple[Recipient, ...]) -> str:
    count = sum(person.state == ports.DOUBTFUL for person in people)
    return f"{count} of {len(people)} recipients are doubtful: SES may have accepted their mail"
