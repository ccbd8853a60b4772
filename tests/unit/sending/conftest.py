"""An environment with moto's IAM, an SES that knows some identities, and a door that says what it is told to."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from mailroom import paths
from mailroom.environment import Environment
from mailroom.sending import app, smtp_door

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
IDENTITIES = {
    "example.com": {"VerifiedForSendingStatus": True, "ConfigurationSetName": "usual"},
    "vip@example.com": {"VerifiedForSendingStatus": True},
    "new@example.com": {"VerifiedForSendingStatus": False},
    "new.example": {"VerifiedForSendingStatus": False},
}


class Ses:
    """SES as far as it is asked."""

    class exceptions:
        class NotFoundException(Exception): ...

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
        if EmailIdentity not in IDENTITIES:
            raise self.exceptions.NotFoundException
        return IDENTITIES[EmailIdentity]

    def get_configuration_set(self, ConfigurationSetName: str) -> dict[str, Any]:
        if ConfigurationSetName not in ("usual", "news"):
            raise self.exceptions.NotFoundException
        return {}


@dataclass
class Applied:
    """Answers as mailroom.environment.Environment does."""

    name: str = "test"
    outputs: dict[str, str] = field(
        default_factory=lambda: {
            "name_prefix": "mailroom-test",
            "region": "eu-west-1",
            "account_id": "123456789012",
        }
    )
    session: Any = field(default_factory=boto3.Session)

    def output(self, name: str) -> str:
        return self.outputs[name]

    def client(self, service: str, **settings: Any) -> Any:
        return Ses() if service == "sesv2" else _iam()


@cache
def _iam() -> Any:
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@dataclass
class Logins:
    """SES's door: who logged in, and what is said to the next ones (an exception is raised)."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    say: list[BaseException | Callable[[], None]] = field(default_factory=list)
    always: BaseException | None = None
    pauses: list[float] = field(default_factory=list)

    def login(self, door: smtp_door.Door, username: str, password: str) -> None:
        self.seen.append((username, password))
        said = self.say.pop(0) if self.say else self.always
        if callable(said):
            said()
        elif said is not None:
            raise said


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_aws():
        client = _iam()
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        client.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(document))
        yield client


@pytest.fixture
def logins(monkeypatch: pytest.MonkeyPatch) -> Logins:
    made = Logins()
    monkeypatch.setattr(smtp_door.Door, "login", lambda door, *login: made.login(door, *login))
    monkeypatch.setattr(smtp_door.time, "sleep", made.pauses.append)
    return made


@pytest.fixture
def applied(iam: Any, logins: Logins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Applied:
    made = Applied()
    (tmp_path / "test.tfvars").write_text(f'permissions_boundary = "{BOUNDARY}" # ours\n')
    monkeypatch.setattr(paths, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(Environment, "load", lambda env, name: made)
    return made


@pytest.fixture
def run(applied: Applied) -> Callable[..., Any]:
    """Run `mailroom sending smtp-credentials …`: its output, as JSON with --json; its errors come through."""

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(app, ["smtp-credentials", *arguments, "--env", "test"])
        if isinstance(result.exception, Exception):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return run


NOT_YET = smtplib.SMTPAuthenticationError(535, b"Authentication Credentials Invalid")
CLOSED = ConnectionRefusedError("connection refused")
UNTRUSTED = ssl.SSLCertVerificationError("self-signed certificate")
