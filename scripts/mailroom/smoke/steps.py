"""The steps of a smoke test, in their order: each does the real thing and says what it saw."""

import email
import email.policy
import secrets
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from lambda_src.inbound import derive
from mailroom.demo import post
from mailroom.environment import LOCAL, Environment
from mailroom.errors import MailroomError
from mailroom.inbound.explain import environment_settings
from mailroom.inbound.ledger import Ledger
from mailroom.inbound.stored import StoredMessage
from mailroom.leavings import Leavings
from mailroom.sending.smtp_create import COMMAND, Creation
from mailroom.sending.smtp_policy import Wish
from mailroom.smoke.ear import SIMULATOR, Ear
from mailroom.smoke.functions import failed_functions
from mailroom.smoke.letter import Finder, Letter, people

PATIENCE_SECONDS = 180.0
"""For each thing that is waited for: SES, S3 and SQS are seldom slower, and a second try is in it."""

Found = TypeVar("Found")


@dataclass
class Smoke:
    """One run in one environment; `local_name` picks one of several local clouds."""

    environment: Environment
    local_name: str
    leavings: Leavings
    patience_seconds: float = PATIENCE_SECONDS
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    credential: dict[str, Any] = field(default_factory=dict)
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    ear: Ear = field(init=False)
    letter: Letter = field(init=False)
    mail: StoredMessage = field(init=False)
    received: bytes = field(init=False)

    def functions(self) -> str:
        """Every function answers a call with nothing to do."""
        failed = failed_functions(self.environment)
        if failed:
            raise MailroomError("; ".join(f"{name}: {said}" for name, said in failed.items()))
        return "every function answers"

    def listen(self) -> str:
        """An address, a topic, a queue and two rules for this run alone."""
        rules = environment_settings(self.environment.name, self.local_name).rules
        self.ear = Ear(self.environment, self.token)
        allowed = people(self.ear.address, SIMULATOR, rules)
        sender = f"smoke-{self.token}@{self.environment.output('sender_address').rpartition('@')[2]}"
        receipt = self.environment.output("receipt_address")
        self.letter = Letter(self.token, sender, receipt, allowed, rules)
        self.ear.make(self.leavings)
        return f"{self.ear.address} is heard (topic, queue, receipt rule, event rule {self.ear.name})"

    def credentials(self) -> str:
        """SMTP credentials, proved by a login."""
        name = f"smoke-{self.token}"
        creation = Creation(self.environment, self.local_name, name)
        plan = creation.plan(Wish.of([self.letter.sender], [], [], []))
        self.leavings.add(
            f"SMTP credentials of {plan.user}",
            f"{COMMAND} delete {name} --env {self.environment.name}",
            lambda: creation.users.remove(plan.user),
        )
        creation.carry_out(plan, self.credential.update)
        return f"{plan.user} may send as {self.letter.sender}; {plan.door.host}:{plan.door.port} took them"

    def submit(self) -> str:
        """The mail with its attachment, by SMTP, to the receipt address."""
        door = Creation(self.environment, self.local_name, f"smoke-{self.token}").door
        try:
            said = self.letter.send(door, self.credential["username"], self.credential["password"])
        except smtplib.SMTPResponseException as problem:
            raise MailroomError(f"SES said {problem.smtp_code} {problem.smtp_error!s}") from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise MailroomError(f"{door.host}:{door.port}: {problem}") from problem
        return f"{len(self.letter.content):,} bytes for {' and '.join(self.letter.people)}: {said}"

    def arrival(self) -> str:
        """SES has received it and written it to the raw bucket."""
        finder = Finder(self.environment, self.letter, self.since)
        self.mail = self._until("the mail in the raw bucket", finder.find)
        return f"s3://{self.mail.bucket}/{self.mail.key} ({self.mail.size:,} bytes)"

    def work(self) -> str:
        """The ledger says that everybody has it."""
        ledger = Ledger(self.environment.client("dynamodb"), self.environment.output("ledger_table"))

        def look() -> str | None:
            known = ledger.look(self.mail.ledger_key)
            if known.reason:
                raise MailroomError(f"It is not sent on: {known.reason}")
            states = {person.address: person.state for person in known.people}
            done = known.state == "done" and set(states.values()) == {"sent"}
            return ", ".join(f"{one} {state}" for one, state in states.items()) if done else None

        return f"the ledger says done: {self._until('the ledger to say done', look)}"

    def link(self) -> str:
        """The mail as its recipient gets it: its link brings the attachment, equal to the byte."""
        if self.ear.address not in self.letter.people:
            return f"left out: allowed_recipient_domains has no {self.ear.address.rpartition('@')[2]}"
        links = self._until("the mail at its recipient", self._links)
        click = self._until("the link to bring the file", lambda: self._click(links[0]))
        return f"the link brings {click.size:,} bytes, equal to what was sent (SHA-256 {click.sha256[:12]}…)"

    def event(self) -> str:
        """What SES tells of the simulator's address."""
        if SIMULATOR not in self.letter.people:
            return f"left out: allowed_recipient_domains has no {SIMULATOR.rpartition('@')[2]}"
        wanted = self.ear.published()
        ours = derive.tags(self.mail.ledger_key, 1, 1)[derive.MAIL_TAG]

        def look() -> str | None:
            for event in self.ear.listen().events:
                sent = event["detail"]["mail"]
                if event["detail-type"] == wanted and ours in sent["tags"].get(derive.MAIL_TAG, []):
                    return str(sent["messageId"])
            return None

        return f"{wanted} for {SIMULATOR}, message {self._until(f'{wanted} of {SIMULATOR}', look)}"

    def _links(self) -> list[str] | None:
        for raw in self.ear.listen().mails:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            body = message.get_body(("plain", "html"))
            if body and str(message["Subject"]) == self.letter.subject:
                return post.links(self.environment.output("links_url"), body.get_content()) or None
        return None

    def _click(self, url: str) -> post.Click | None:
        """A click that brought the file. (Where malware is looked for, a page says so until then.)"""
        click = post.click(url)
        if click.status == 200 and not click.page:
            if click.sha256 != self.letter.sha256:
                raise MailroomError(f"The link brought {click.size:,} other bytes than were sent.")
            return click
        return None

    def _until(self, what: str, look: Callable[[], Found | None]) -> Found:
        """What `look` finds, as soon as it does. Raises MailroomError, naming `what`, when time is up."""
        started, pause = time.monotonic(), 0.2 if self.environment.name == LOCAL else 1.0
        while (found := look()) is None:
            if time.monotonic() - started > self.patience_seconds:
                raise MailroomError(f"Waited {self.patience_seconds:.0f} seconds for {what}.")
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
        return found


Step = tuple[str, str, Callable[[Smoke], str], str]
"""Its name, what a person reads while it runs, what it does, and the next command when it fails."""

STEPS: tuple[Step, ...] = (
    ("functions", "calling every function", Smoke.functions, "make apply ENV={env}"),
    ("listen", "making an address that can be heard", Smoke.listen, "aws sts get-caller-identity"),
    ("credentials", "making SMTP credentials", Smoke.credentials, f"{COMMAND} list --env {{env}}"),
    ("submit", "sending by SMTP", Smoke.submit, "mailroom inbound doctor {sender} --env {env}"),
    ("receive", "waiting for SES to receive", Smoke.arrival, "mailroom inbound doctor {receipt} --env {env}"),
    ("send on", "waiting for the ledger", Smoke.work, "mailroom inbound doctor {receipt} --env {env}"),
    ("link", "waiting for the recipient's mail", Smoke.link, "mailroom inbound doctor {heard} --env {env}"),
    ("event", "waiting for SES's event", Smoke.event, "mailroom inbound doctor {sender} --env {env}"),
)
