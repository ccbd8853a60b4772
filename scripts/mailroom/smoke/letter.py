"""The mail of a smoke test: written, sent by SMTP, and found again in the raw bucket."""

import hashlib
import secrets
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from lambda_src.inbound.decide import Rules
from lambda_src.shared.addresses import in_domains
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound import stored
from mailroom.sending.smtp_door import Door

TIMEOUT_SECONDS = 30.0
LEAST_BYTES = 64_000
HEAD_BYTES = 65_536
CLOCKS_APART = timedelta(minutes=5)
"""Between this machine's clock and S3's, at most."""


class Letter:
    """One mail with an attachment of random bytes; `token` is in its subject."""

    def __init__(
        self, token: str, sender: str, receipt_address: str, people: list[str], rules: Rules
    ) -> None:
        self.sender, self.receipt_address, self.people = sender, receipt_address, people
        self.subject = f"Mailroom smoke test {token}"
        # Larger than what may stay in the mail: it must go behind a link.
        self.content = secrets.token_bytes(max(LEAST_BYTES, rules.keep.files_below + 1))
        self.name = f"smoke-{token}.bin"
        self._marker = rules.marker

    @property
    def sha256(self) -> str:
        """Of the attachment."""
        return hashlib.sha256(self.content).hexdigest()

    def message(self) -> EmailMessage:
        """As a device would write it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, self.receipt_address, self.subject
        message.set_content(
            f"A test of the way that mail takes.\n{self._marker}{', '.join(self.people)}{self._marker}\n"
        )
        message.add_attachment(
            self.content, maintype="application", subtype="octet-stream", filename=self.name
        )
        return message

    def send(self, door: Door, username: str, password: str) -> str:
        """Submit it; what SES said. Raises smtplib.SMTPException or OSError."""
        with smtplib.SMTP(door.host, door.port, timeout=TIMEOUT_SECONDS) as smtp:
            smtp.starttls(context=door.context)
            smtp.login(username, password)
            for code, said in (
                smtp.mail(self.sender),
                smtp.rcpt(self.receipt_address),
                smtp.data(self.message().as_bytes(policy=SMTP)),
            ):
                if code != 250:
                    raise smtplib.SMTPResponseException(code, said.decode(errors="replace"))
        return said.decode(errors="replace")


class Finder:
    """Looks for a letter among what SES has stored; each object is opened once."""

    def __init__(self, environment: Environment, letter: Letter, since: datetime) -> None:
        self._s3 = environment.client("s3")
        self._bucket = environment.output("raw_bucket")
        self._subject = f"Subject: {letter.subject}".encode()
        self._since = since - CLOCKS_APART
        self._seen: set[str] = set()

    def find(self) -> stored.StoredMessage | None:
        """The letter as it is stored; None while it is not."""
        for one in stored.since(self._s3, self._bucket, self._since):
            if one.ledger_key not in self._seen:
                self._seen.add(one.ledger_key)
                if self._subject in self._head(one):
                    return one
        return None

    def _head(self, one: stored.StoredMessage) -> bytes:
        wanted: dict[str, Any] = {} if one.version == "null" else {"VersionId": one.version}
        answer = self._s3.get_object(
            Bucket=self._bucket, Key=one.key, Range=f"bytes=0-{HEAD_BYTES - 1}", **wanted
        )
        return bytes(answer["Body"].read())


def people(address: str, simulator: str, rules: Rules) -> list[str]:
    """Of the two recipients those that the environment lets have mail. Raises MailroomError for none."""
    allowed = [one for one in (simulator, address) if in_domains(one, rules.allowed_domains)]
    if not allowed:
        raise MailroomError(
            f"allowed_recipient_domains lets neither {simulator} nor {address} have mail.",
            f"add {address.rpartition('@')[2]} to inbound.allowed_recipient_domains, then make apply",
        )
    return allowed
