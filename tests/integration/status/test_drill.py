"""`mailroom status drill` through what is applied."""

import json
import subprocess
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom import cli
from mailroom.status.asking import KEY_VARIABLE
from tests.integration.status.conftest import Status


def drill(status: Status, source: str, *options: str) -> Any:
    arguments = ["status", "drill", "--source", source, "--name", status.cloud.name, *options]
    return CliRunner().invoke(cli.app, arguments)


@pytest.mark.parametrize(("source", "end"), [("sms", "success"), ("pinpoint", "delivered")])
def test_a_drill_comes_back(status: Status, number: str, source: str, end: str) -> None:
    """For programs: the status that it must come to, how long it took, and a call that reads it back."""
    result = drill(status, source, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["came"], told["status"]) == (0, True, end), told
    assert told["seconds"][end] > 0
    read = subprocess.run(told["call"], shell=True, capture_output=True, check=True)  # noqa: S602 - it is to be pasted
    assert json.loads(read.stdout)["message_id"] == told["message_id"]


def test_a_drill_to_a_bouncing_address(status: Status) -> None:
    """For people: what happened, line by line, and the call with its key."""
    result = drill(status, "ses", "--to", "bounce@simulator.amazonses.com")
    assert result.exit_code == 0
    assert "hardbounce after" in result.stdout
    assert "550 5.1.1 user unknown" in result.stdout
    assert f"x-api-key: {status.questions.api.key}" in result.stdout


def test_a_drill_that_does_not_come_says_why(status: Status) -> None:
    """With the rule switched off nothing comes: exit code 1, what is seen on its way, and the next command."""
    events, rule = status.client("events"), f"{status.output('name_prefix')}-status-ses"
    events.disable_rule(Name=rule)
    try:
        result = drill(status, "ses", "--wait", "2")
    finally:
        events.enable_rule(Name=rule)
    assert result.exit_code == 1
    assert f"The event rule {rule} is switched off." in result.stdout
    assert f"aws events enable-rule --region eu-west-1 --name {rule}" in result.stdout


@pytest.mark.parametrize(("key", "said"), [("", "wants an API key"), ("wrong", "The status API says")])
def test_without_a_key_nothing_is_sent(
    status: Status, monkeypatch: pytest.MonkeyPatch, key: str, said: str
) -> None:
    """Whoever cannot read the answer is told so before a mail goes out, and how to get a key."""
    monkeypatch.setenv(KEY_VARIABLE, key)
    result = drill(status, "ses")
    problem: Any = result.exception
    assert said in problem.message
    assert "mailroom status key" in problem.hint
    assert "sent:" not in result.stderr
