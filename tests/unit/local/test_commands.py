"""The commands, and the state that they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.errors import MailroomError
from mailroom.local import app, cloud, state
from mailroom.local.engine.ses.state import Ses
from mailroom.local.engine.ses.store import Sent, new_message_id

RAW = b"From: a@mail.example\r\nSubject: [red]Re[/red]\r\n\r\n\xff\r\n"


@pytest.fixture
def running(address: str, ses: Ses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A cloud that status finds, with one sent message; its id."""
    found = cloud.LocalCloud(
        aws=address,
        region="eu-west-1",
        account_id="000000000000",
        submission={"host": "127.0.0.1", "port": 1, "username": "mailroom", "password": "word"},
        inbound={"host": "127.0.0.1", "port": 2},
        dns={"host": "127.0.0.1", "port": 3},
        inbox=f"{address}/_mailroom/inbox",
        state=str(tmp_path),
        pid=os.getpid(),
        name="default",
    )
    monkeypatch.setattr(cloud, "status", lambda name="default": found if name == "default" else None)
    sent = ses.mail.keep(
        Sent(
            id=new_message_id(1),
            sender="a@mail.example",
            recipients=("b@far.example", "c@far.example"),
            configuration_set="inbound",
            time="2026-11-24T12:00:00.000+00:00",
            region="eu-west-1",
            via="smtp",
        ),
        RAW,
    )
    return sent.id


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_the_inbox_lists_what_was_sent(running: str) -> None:
    """For people a few lines each, nothing of a subject taken for markup; for programs the promised members."""
    shown = run("inbox").output
    assert running in shown
    assert "[red]Re[/red]" in shown
    assert "to b@far.example, c@far.example from a@mail.example" in shown
    (entry,) = json.loads(run("inbox", "--json").output)
    assert {"id", "from", "recipients", "subject", "size", "configuration_set", "time"} <= set(entry)


def test_one_message_can_be_had_raw(running: str) -> None:
    """--raw prints the bytes that were sent and nothing else."""
    assert run("inbox", running, "--raw").stdout_bytes == RAW
    assert "inbound" in run("inbox", running).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("inbox", "no-such-id", "--raw"), "No message no-such-id"),
        (("inbox", "--name", "other"), "no local cloud 'other'"),
        (("status", "--name", "other"), "no local cloud 'other'"),
        (("status", "--name", "../x"), "is no name"),
    ],
)
def test_what_is_not_there_is_said_in_words(running: str, arguments: tuple[str, ...], words: str) -> None:
    """Each error says what was looked for."""
    if "../x" in arguments:
        with pytest.raises(MailroomError, match=words):
            state.folder("../x")
        return
    result = run(*arguments)
    assert isinstance(result.exception, MailroomError)
    assert words in str(result.exception)


def test_status_shows_where_everything_is(running: str) -> None:
    """Addresses of the API, both doors and the inbox, and the login of the one that asks for it."""
    shown = run("status").output
    for words in (
        "127.0.0.1:1  user mailroom, password word", "127.0.0.1:2", "/_mailroom/inbox", "dig @127.0.0.1 -p 3 NAME TYPE"
    ):  # fmt: skip
        assert words in shown
    assert json.loads(run("status", "--json").output)["inbound"] == {"host": "127.0.0.1", "port": 2}


def test_a_process_is_known_by_more_than_its_number() -> None:
    """This process lives; the same number with another birth does not, nor one that has ended."""
    assert state.Process.of(os.getpid()).alive
    assert not state.Process(os.getpid(), "another time").alive
    ended = subprocess.Popen([sys.executable, "-c", ""])
    known = state.Process.of(ended.pid)
    ended.wait()
    assert not known.alive


def test_the_state_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The file that holds the password of the submission door is readable by nobody else."""
    state.write_json(tmp_path / state.STATE, {"a": 1})
    assert (tmp_path / state.STATE).stat().st_mode & 0o077 == 0
    assert state.read_json(tmp_path / state.STATE) == {"a": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == [state.STATE]


@pytest.mark.parametrize("content", ["", "{", "nonsense"])
def test_a_half_written_state_is_none(tmp_path: Path, content: str) -> None:
    """What cannot be read is not there."""
    (tmp_path / state.STATE).write_text(content)
    assert state.read_json(tmp_path / state.STATE) is None


@pytest.mark.parametrize("change", [{"dns": None}, {"unheard_of": 1}])
def test_the_state_of_another_version_is_no_cloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """A cloud that an older or newer clone started is not found, and nothing crashes."""
    monkeypatch.setenv(state.DIRECTORY_VARIABLE, str(tmp_path))
    written = {field.name: "" for field in fields(cloud.LocalCloud)} | {"aws": "http://127.0.0.1:1"} | change
    written = {name: value for name, value in written.items() if value is not None}
    process = state.Process.of(os.getpid())
    (tmp_path / "old").mkdir()
    state.write_json(tmp_path / "old" / state.STATE, {**written, "pid": process.pid, "birth": process.birth})
    assert cloud.status("old") is None


def test_help_does_not_load_the_emulator() -> None:
    """`mailroom local --help` answers without boto3, ministack and rich's tables."""
    code = (
        "import sys; from mailroom.local import app; "
        "print([name for name in ('boto3', 'botocore', 'ministack', 'aiosmtpd', 'hypercorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
