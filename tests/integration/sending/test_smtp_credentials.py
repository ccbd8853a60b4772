"""`mailroom sending smtp-credentials` on the applied environment: made, used as a stranger would, turned off."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.local.cloud import LocalCloud
from mailroom.sending import app


class Desk:
    """An operator's desk in one environment."""

    def __init__(self, cloud: LocalCloud, environment: Environment) -> None:
        self.cloud, self.environment = cloud, environment
        self.iam = environment.client("iam")
        self.domain = environment.output("sender_address").partition("@")[2]

    def run(self, *arguments: str) -> Any:
        """What `mailroom sending smtp-credentials … --json` says; a MailroomError comes through."""
        command = ["smtp-credentials", *arguments, "--json", "--name", self.cloud.name]
        result = CliRunner().invoke(app, command)
        if isinstance(result.exception, Exception):
            raise result.exception
        return json.loads(result.stdout)

    def send(self, row: dict[str, Any], sender: str, **headers: str) -> str:
        """Log in with what was shown and send; what the door said to the message."""
        message = EmailMessage()
        message["From"], message["To"] = sender, "a@far.example"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("hello")
        with smtplib.SMTP(row["host"], row["port"], timeout=30) as smtp:
            smtp.starttls(
                context=ssl.create_default_context(cafile=f"{self.cloud.state}/smtp-certificate.pem")
            )
            smtp.login(row["username"], row["password"])
            try:
                smtp.send_message(message)
            except smtplib.SMTPDataError as refused:
                return f"{refused.smtp_code} {bytes(refused.smtp_error).decode()}"
        return "250"

    def users(self) -> list[str]:
        return [user["UserName"] for user in self.iam.list_users(PathPrefix="/mailroom/")["Users"]]


@pytest.fixture
def desk(cloud: LocalCloud, environment: Environment) -> Iterator[Desk]:
    made = Desk(cloud, environment)
    yield made
    for row in made.run("list"):
        made.run("delete", row["name"], "--yes")


def test_from_making_to_turning_off(desk: Desk) -> None:
    """Sends as it may, not as anybody else; rotates; stops at once when deleted."""
    crm, news = f"crm@{desk.domain}", f"news@{desk.domain}"
    row = desk.run("create", "crm", "--from", crm)
    assert row["user"] == f"{desk.environment.output('name_prefix')}-smtp-crm"
    assert desk.send(row, crm) == "250"
    assert "554 Access denied: User" in desk.send(row, news)
    second = desk.run("create", "crm", "--rotate")
    desk.run("delete", "crm", "--key", row["username"])
    assert desk.send(second, crm) == "250"
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        desk.send(row, crm)
    (listed,) = desk.run("list")
    assert [key["id"] for key in listed["keys"]] == [second["username"]]
    assert desk.run("delete", "crm", "--yes")["user_deleted"]
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        desk.send(second, crm)
    assert desk.users() == []


def test_bound_to_sets_and_addresses(desk: Desk) -> None:
    """A configuration set that was named may be used, another not; from another address nothing goes."""
    sender = f"crm@{desk.domain}"
    sets = desk.environment.output("configuration_set")
    row = desk.run("create", "one", "--from", sender, "--configuration-set", sets, "--source-ip", "127.0.0.1")
    assert desk.send(row, sender, X_SES_CONFIGURATION_SET=sets) == "250"
    assert "554 Access denied" in desk.send(row, sender, X_SES_CONFIGURATION_SET="other")
    away = desk.run("create", "two", "--from", sender, "--source-ip", "192.0.2.0/24")
    assert "554 Access denied" in desk.send(away, sender)


def test_the_password_is_kept_nowhere(desk: Desk) -> None:
    """Neither in the cloud's folder (its log, Terraform's files) nor in what list says."""
    row = desk.run("create", "crm", "--from", f"crm@{desk.domain}")
    found = subprocess.run(
        ["grep", "-rlF", row["password"], desk.cloud.state], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    assert row["password"] not in json.dumps(desk.run("list"))
    with pytest.raises(MailroomError, match="is there already"):
        desk.run("create", "crm", "--from", f"crm@{desk.domain}")


def test_a_killed_create_leaves_nothing(desk: Desk, tmp_path: Any) -> None:
    """SIGTERM while the door is waited for: the command deletes what it made, and says so."""
    program = tmp_path / "run.py"
    program.write_text(
        "from mailroom.cli import main\n"
        "from mailroom.sending import smtp_door\n"
        "import smtplib\n"
        "def refuse(self, *login):\n"
        "    raise smtplib.SMTPAuthenticationError(535, b'not yet')\n"
        "smtp_door.Door.login = refuse\n"
        "main()\n"
    )
    create = ["sending", "smtp-credentials", "create", "crm", "--from", f"crm@{desk.domain}"]
    process = subprocess.Popen(
        [sys.executable, program, *create, "--name", desk.cloud.name],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    patience = time.monotonic() + 60
    while not desk.users():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    shown, told = process.communicate(timeout=60)
    assert (shown, process.returncode) == ("", 128 + signal.SIGTERM)
    assert "deleted again" in told
    assert desk.users() == []
