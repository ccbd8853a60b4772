"""SES's SMTP door for an environment, and the login that proves new credentials."""

import smtplib
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

import typer

from mailroom.counting import counted
from mailroom.environment import LOCAL, Environment
from mailroom.errors import MailroomError

TRIES = 30
PAUSE_SECONDS = 1.0
TIMEOUT_SECONDS = 10.0
PORT = 587


@dataclass(frozen=True)
class Door:
    """Where to submit mail: host, port (STARTTLS), and how its certificate is checked."""

    host: str
    port: int
    context: ssl.SSLContext

    @classmethod
    def of(cls, environment: Environment, local_name: str) -> "Door":
        """The Region's endpoint in AWS; the local cloud's door, with its own certificate, for `local`."""
        if environment.name != LOCAL:
            region = environment.output("region")
            return cls(f"email-smtp.{region}.amazonaws.com", PORT, ssl.create_default_context())
        from mailroom.local.cloud import status

        cloud = status(local_name)
        if cloud is None:
            raise MailroomError(f"The local cloud {local_name!r} is gone.", "mailroom local up")
        context = ssl.create_default_context(cafile=str(Path(cloud.state) / "smtp-certificate.pem"))
        return cls(cloud.submission["host"], cloud.submission["port"], context)

    def login(self, username: str, password: str) -> None:
        """Log in and out again. Raises smtplib.SMTPException or OSError where that does not go."""
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as smtp:
            smtp.starttls(context=self.context)
            smtp.login(username, password)


def wait_for_login(door: Door, username: str, password: str) -> int:
    """Try until the door says 235: in AWS a new key is known after some seconds. Answers the number of tries.

    Tells of it on stderr. Raises MailroomError with what was last said after TRIES tries.
    """
    typer.echo(f"waiting for {door.host}:{door.port} to take the new credentials", err=True)
    said = ""
    with counted("login tries:") as count:
        for number in range(1, TRIES + 1):
            count()
            try:
                door.login(username, password)
                return number
            except (smtplib.SMTPException, OSError) as problem:
                said = _words(problem)
            if number < TRIES:
                time.sleep(PAUSE_SECONDS)
    raise MailroomError(
        f"{door.host}:{door.port} did not take the new credentials in {TRIES} tries; at last: {said}. "
        "What was made is deleted again.",
        f"openssl s_client -starttls smtp -connect {door.host}:{door.port} (is the port open from here?)",
    )


def _words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        return f"{problem.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(problem) or type(problem).__name__
