"""How mails ended in an applied local cloud: by ledger, inbox, notices, raw bucket and dead-letter queue."""

import time
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from lambda_src.inbound import derive
from lambda_src.inbound.records import UnknownRecord, mails
from mailroom.bench.notices import Notices
from mailroom.demo import post
from mailroom.demo.mails import Mail
from mailroom.demo.watch import Progress, Watch
from mailroom.environment import Environment
from mailroom.inbound.doubtful import Doubtful
from mailroom.inbound.queues import DeadLetters, put_in
from mailroom.local.cloud import LocalCloud

SENT, NOTICED, DEAD, DOUBTFUL, OPEN, LOST = "sent", "noticed", "dead letter", "doubtful", "unfinished", "lost"
LONGEST_LINE = 998  # RFC 5321, without its end
IN_DOUBT = {"sending", "doubtful"}
SETTLED = {"sent", "refused", "doubtful"}


@dataclass(frozen=True)
class End:
    """One mail's end. `deliveries`: how often SES took it, by address; `wrong`: in words what must not be."""

    how: str
    reason: str = ""
    recipients: Mapping[str, str] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Bytes(Mail):
    """A mail that is only bytes."""

    content: bytes = b""

    @property
    def raw(self) -> bytes:
        """See Mail."""
        return self.content


class Mails:
    """Brings mails into the cloud, and looks what came of them. A mail is named by its id in the ledger."""

    def __init__(self, cloud: LocalCloud, environment: Environment) -> None:
        self.cloud, self.environment, self.watch = cloud, environment, Watch(environment)
        self.notices = Notices(environment)
        self._s3, self._sqs = environment.client("s3"), environment.client("sqs")
        self._raw_bucket = environment.output("raw_bucket")
        self._queue = environment.output("inbound_queue_url")
        self._dead_letters = environment.output("inbound_dead_letter_queue_url")

    def brought(self, raw: bytes) -> str:
        """Bring it in by SMTP, or past it where SMTP would not carry these very bytes."""
        return self.by_smtp(raw) if _is_carried(raw) else self.stored(raw)

    def by_smtp(self, raw: bytes) -> str:
        """Send it to the receipt address by SES's inbound door. Raises smtplib.SMTPException."""
        mail = _Bytes("", EmailMessage(), {}, raw)
        said = post.send(self.cloud, self.environment.output("receipt_address"), mail)
        key = f"incoming/{said.split()[-1]}"
        return f"{key}#{self.watch.raw(key)[0]}"

    def stored(self, raw: bytes) -> str:
        """Put the very bytes into the raw bucket, where S3 tells the queue: some bytes no SMTP carries."""
        key = f"incoming/bench-{uuid.uuid4().hex}"
        answer = self._s3.put_object(Bucket=self._raw_bucket, Key=key, Body=raw)
        return f"{key}#{answer['VersionId']}"

    def ends(self, wanted: Collection[str], seconds: float) -> dict[str, End]:
        """Each mail's end: once all have one and nothing is wrong with any, or after so many seconds."""
        deadline = time.monotonic() + seconds
        found: dict[str, End] = {}
        while waiting := [mail for mail in wanted if mail not in found or found[mail].wrong]:
            found |= self._look(waiting)
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        return found

    def dead(self) -> set[str]:
        """The mails in the dead-letter queue, which stay there."""
        with DeadLetters(self._sqs, self._dead_letters) as letters:
            return {mail for batch in letters.batches() for letter in batch for mail in _named(letter.body)}

    def brought_back(self, ends: Mapping[str, End], seconds: float) -> Mapping[str, End]:
        """The ends after an operator has done what there is to do.

        Twice, if need be: while a dead worker's lease runs, its doubt does not show; a replay brings it out.
        """
        for _ in range(2):
            if any(end.how not in (SENT, NOTICED) for end in ends.values()):
                self._bring_back(ends)
                ends = self.ends(ends.keys(), seconds)
        return ends

    def _bring_back(self, ends: Mapping[str, End]) -> None:
        """Settle what is in doubt as not sent, and replay the dead letters."""
        doubtful = Doubtful(self.environment)
        for mail in (mail for mail, end in ends.items() if end.how == DOUBTFUL):
            doubtful.settle(*doubtful.of_mail(mail, ""), sent=False)
        with DeadLetters(self._sqs, self._dead_letters) as letters:
            for batch in letters.batches():
                put_in(self._sqs, self._queue, [letter.body for letter in batch])
                letters.remove(batch)

    def _look(self, wanted: Collection[str]) -> dict[str, End]:
        deliveries: dict[str, Counter[str]] = {mail: Counter() for mail in wanted}
        dead = self.dead()
        progress = {mail: self.watch.progress(mail) for mail in wanted}
        for sent in post.inbox(self.cloud):
            deliveries.get(mail_of(sent), Counter()).update(sent["recipients"])
        return {
            mail: judged(progress[mail], deliveries[mail], mail in dead, self._is_kept(mail))
            for mail in wanted
        }

    def _is_kept(self, mail: str) -> bool:
        key, _, version = mail.rpartition("#")
        try:
            self._s3.head_object(Bucket=self._raw_bucket, Key=key, VersionId=version)
        except ClientError:
            return False
        return True


def judged(progress: Progress | None, deliveries: Mapping[str, int], dead: bool, kept: bool) -> End:
    """A mail's end, and what is wrong with it, in words."""
    people = progress.recipients if progress else {}
    wrong = [f"{address} got it {count} times" for address, count in deliveries.items() if count > 1]
    wrong += [f"{address} got it and is not in the list" for address in deliveries.keys() - people.keys()]
    for address, state in people.items():
        came = bool(deliveries.get(address))
        if came != (state == "sent"):
            wrong.append(f"{address} is {state} and {'got it' if came else 'did not get it'}")
    if not kept:
        wrong.append("its raw object is gone")
    how = _how(progress, dead)
    if how in (OPEN, LOST):
        wrong.append("it came to no end")
    return End(
        how, progress.reason if progress else "", people, MappingProxyType(dict(deliveries)), tuple(wrong)
    )


def _how(progress: Progress | None, dead: bool) -> str:
    if progress and progress.state != "open":
        return NOTICED if progress.state == "noticed" else SENT
    states = set(progress.recipients.values()) if progress else set()
    if "doubtful" in states and states <= SETTLED:  # no further try changes it: only the event, or a person
        return DOUBTFUL
    if not dead:
        return OPEN if progress else LOST
    return DOUBTFUL if states & IN_DOUBT else DEAD


def mail_of(sent: Mapping[str, Any]) -> str:
    """The mail's id of a line of the inbox; "" where it is none that `inbound` sent."""
    try:
        return derive.ledger_place(sent["tags"])[0]
    except ValueError:
        return ""


def _is_carried(raw: bytes) -> bool:
    """Whether SMTP carries it as it is: every line ends in CRLF, and there is none too long, and no NUL."""
    lines = raw.split(b"\r\n")
    return lines.pop() == b"" and not any(
        len(line) > LONGEST_LINE or b"\r" in line or b"\n" in line or b"\0" in line for line in lines
    )


def _named(body: str) -> set[str]:
    try:
        return {mail.id for mail in mails(body)}
    except UnknownRecord:
        return set()
