"""Sending one mail on to each of its recipients, at most once each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lambda_src.inbound import bodies, derive, outgoing, ports
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.lease import Lease
from lambda_src.inbound.linking import WHOLE, Linked, Linker
from lambda_src.inbound.message import Message
from lambda_src.inbound.pace import SECONDS_FOR_ONE_SEND, Pace
from lambda_src.inbound.ports import (
    AddressRefused,
    Claim,
    Mail,
    NotAccepted,
    NotItsTurn,
    Recipient,
    Time,
    TooFast,
    Unknown,
)
from lambda_src.shared.logs import Log

PAUSES_WHEN_TOO_FAST = (0.3, 0.6, 1.2)


@dataclass(frozen=True)
class Post:
    """How mails go out: the door, the links, the rate, and how they look. `turns` is None without a rate."""

    mailer: ports.Mailer
    linker: Linker
    sender: str
    marker: str
    show_all_recipients: bool = False
    turns: ports.Turns | None = None


@dataclass(frozen=True)
class Work:
    """The mail that is worked on, by whom, with how much time. `size` is that of the raw mail in bytes."""

    mail: Mail
    claim: Claim
    lease: Lease
    message: Message
    size: int
    time: Time
    log: Log

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.time.now())


def send_all(
    post: Post, ledger: ports.Ledger, work: Work, people: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    """Send to everyone who is pending; the recipients as they are afterwards.

    A refusal of one recipient does not stop the others. What another call raises ends the run. Raises
    NotItsTurn when the sending rate leaves the rest for later.
    """
    waiting = sum(person.state == ports.PENDING for person in people)
    if not waiting:
        return people
    letter = _letter(post, work, [person.address for person in people])
    pace = Pace(post.turns, work.lease, work.time, waiting, work.claim.turn)
    after: list[Recipient] = []
    for person in people:
        if person.state == ports.PENDING:
            if not pace.wait():
                _leave(pace, people[len(after) :])
                return (*after, *people[len(after) :])
            person = _send_one(post, ledger, work, person, letter(person))
        after.append(person)
    return tuple(after)


def _leave(pace: Pace, rest: Sequence[Recipient]) -> None:
    """With a rate, the rest comes back in time for its place."""
    if pace.next_turn:
        count = sum(person.state == ports.PENDING for person in rest)
        raise NotItsTurn(f"{count} recipients wait for their turn", pace.next_turn, pace.again_at)


def _letter(post: Post, work: Work, everybody: list[str]) -> Callable[[Recipient], bytes]:
    """What makes the mail for one recipient, and writes that recipient's links.

    Called for one after the other: only one of them is in memory. None comes near SES's 40 MB, since texts
    (message.py) and kept files (Keep.total) are bounded to a few.
    """
    mail, seed, message = work.mail, work.claim.seed, work.message
    plain = bodies.without_list(message, post.marker)
    files = list(message.linked)
    # The whole holds the list: only where everybody sees the others anyway.
    if message.signed and post.show_all_recipients:
        files.append(post.linker.whole(mail, seed, "signed-original.eml", work.size))

    def letter(person: Recipient) -> bytes:
        links = post.linker.links(mail, seed, files, person.address, work.now())
        if links:
            post.linker.write(links)
        to = everybody if post.show_all_recipients else [person.address]
        complete = _complete(message, plain, links)
        return outgoing.build(message.headers, post.sender, to, complete, message.kept)

    return letter


def _complete(message: Message, plain: Bodies, links: list[Linked]) -> Bodies:
    """The bodies with what was taken out; the whole is told apart from its parts."""
    until = links[0].line.expires_at if links else 0
    whole = next((link.url for link in links if link.line.object_key.endswith(f"/{WHOLE}")), "")
    urls = [link.url for link in links if link.url != whole]
    return bodies.with_links(plain, message.linked, urls, until, message.signed, whole)


def _send_one(post: Post, ledger: ports.Ledger, work: Work, person: Recipient, raw: bytes) -> Recipient:
    """pending -> sending -> sent, or back to pending, or refused, or doubtful."""
    mail, owner, log = work.mail.id, work.lease.owner, work.log
    if not ledger.move(mail, owner, person, ports.SENDING, work.now()):
        log.warning("recipient is being sent to by another worker", recipient=person.number)
        return replace(person, state=ledger.state_of(mail, person))
    person = replace(person, state=ports.SENDING)
    ses_message_id = ""
    try:
        tags = derive.tags(mail, person.number, person.generation)
        ses_message_id = _patiently(lambda: post.mailer.send(raw, person.address, tags), work.time)
        state = ports.SENT
    except AddressRefused as problem:
        state = ports.REFUSED
        log.warning("SES refuses this address", recipient=person.number, code=problem.code)
    except NotAccepted as problem:
        state = ports.PENDING
        log.error("SES did not accept the mail", recipient=person.number, code=problem.code)
    except Unknown as problem:
        state = ports.DOUBTFUL
        log.error("SES may have accepted the mail", recipient=person.number, code=problem.code)
    if not ledger.move(mail, owner, person, state, work.now(), ses_message_id):
        # Another worker, or SES's Send event, was faster: what stands there counts.
        log.warning("recipient was settled by another meanwhile", recipient=person.number, state=state)
        state = ledger.state_of(mail, person)
    return replace(person, state=state)


def _patiently(send: Callable[[], str], time: Time) -> str:
    """The answer of `send`, tried again after a pause where SES says that we are too fast."""
    for pause in PAUSES_WHEN_TOO_FAST:
        try:
            return send()
        except TooFast:
            if time.left() < pause + SECONDS_FOR_ONE_SEND:
                raise
            time.sleep(pause)
    return send()
