"""Sending one mail on to each of its recipients, at most once each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lambda_src.inbound import bodies, derive, outgoing, ports
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.message import Message
from lambda_src.inbound.ports import AddressRefused, Mail, NotAccepted, Recipient, Time, TooFast, Unknown
from lambda_src.shared.links_table import DAYS_KEPT_AFTER_EXPIRY, Link, token, token_hash
from lambda_src.shared.logs import Log

DAY = 86400
# A send and its entries in the ledger fit into this; with less time left, the rest waits for the next run.
SECONDS_FOR_ONE_SEND = 5
PAUSES_WHEN_TOO_FAST = (0.3, 0.6, 1.2)


@dataclass(frozen=True)
class Post:
    """How mails go out: the door, the links, and how they look."""

    mailer: ports.Mailer
    links_table: ports.LinksTable
    sender: str
    marker: str
    links_url: str
    link_expiry_hours: int
    show_all_recipients: bool = False


@dataclass(frozen=True)
class Work:
    """The mail that is worked on, by whom, and with how much time."""

    mail: Mail
    owner: str
    seed: bytes
    message: Message
    time: Time
    log: Log

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.time.now())


def send_all(
    post: Post, ledger: ports.Ledger, work: Work, people: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    """Send to everyone who is pending; the recipients as they are afterwards.

    A refusal of one recipient does not stop the others. What another call raises ends the run.
    """
    plain = bodies.without_list(work.message, post.marker)
    shown = [person.address for person in people]
    after = []
    for person in people:
        if person.state == ports.PENDING and work.time.left() > SECONDS_FOR_ONE_SEND:
            links = make_links(post, work, person)
            to = shown if post.show_all_recipients else [person.address]
            raw = _raw(post, work.message, plain, to, links)
            post.links_table.write([link for _, link in links])
            person = _send_one(post, ledger, work, person, raw)
        after.append(person)
    return tuple(after)


def make_links(post: Post, work: Work, person: Recipient) -> list[tuple[str, Link]]:
    """This recipient's link to each attachment: its URL, and its line in the table."""
    now = work.now()
    expires = now + post.link_expiry_hours * 3600
    links = []
    for file in work.message.attachments:
        secret = token(work.seed, person.address, file.number)
        link = Link(
            token_hash=token_hash(secret),
            mail=work.mail.id,
            recipient=person.address,
            object_key=derive.attachment_key(work.seed, file.number),
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            created_at=now,
            expires_at=expires,
            removed_at=expires + DAYS_KEPT_AFTER_EXPIRY * DAY,
        )
        links.append((f"{post.links_url}/{secret}", link))
    return links


def _raw(post: Post, message: Message, plain: Bodies, to: list[str], links: list[tuple[str, Link]]) -> bytes:
    until = links[0][1].expires_at if links else 0
    complete = bodies.with_links(plain, message.attachments, [url for url, _ in links], until)
    return outgoing.build(message.headers, post.sender, to, complete)


def _send_one(post: Post, ledger: ports.Ledger, work: Work, person: Recipient, raw: bytes) -> Recipient:
    """pending -> sending -> sent, or back to pending, or refused, or doubtful."""
    mail, log = work.mail.id, work.log
    if not ledger.move(mail, work.owner, person, ports.SENDING, work.now()):
        log.warning("recipient is being sent to by another worker", recipient=person.number)
        return person
    person = replace(person, state=ports.SENDING)
    ses_message_id = ""
    try:
        tags = derive.tags(mail, person.number)
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
    if not ledger.move(mail, work.owner, person, state, work.now(), ses_message_id):
        log.warning("another worker has taken the mail over meanwhile", recipient=person.number, state=state)
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
