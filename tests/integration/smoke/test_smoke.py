"""`mailroom smoke` on the applied environment: all the way through, and nothing of it left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom import cli
from mailroom.environment import Environment
from mailroom.local.cloud import LocalCloud
from mailroom.smoke.ear import Ear
from mailroom.smoke.run import run
from mailroom.smoke.steps import STEPS

# A background job may have begun with these ignored.
PROGRAM = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
from mailroom.cli import main
main()
"""


def left(environment: Environment) -> list[str]:
    """Everything in the account whose name says that a smoke test made it."""
    client = environment.client
    rules = client("ses").describe_receipt_rule_set(RuleSetName=environment.output("rule_set_name"))
    names = [
        *client("sqs").list_queues().get("QueueUrls", []),
        *[topic["TopicArn"] for topic in client("sns").list_topics()["Topics"]],
        *[one["SubscriptionArn"] for one in client("sns").list_subscriptions()["Subscriptions"]],
        *[rule["Name"] for rule in client("events").list_rules()["Rules"]],
        *[rule["Name"] for rule in rules["Rules"]],
        *[user["UserName"] for user in client("iam").list_users()["Users"]],
    ]
    return [name for name in names if "smoke" in name]


def test_one_mail_all_the_way_through(cloud: LocalCloud, environment: Environment) -> None:
    """Every step says what it saw, the link brings the bytes, the simulator's event comes, nothing is left."""
    result = CliRunner().invoke(cli.app, ["smoke", "--name", cloud.name, "--json"])
    told = json.loads(result.stdout)
    assert (told["ok"], result.exit_code) == (True, 0), told
    assert [row["step"] for row in told["rows"]] == [*(name for name, *_ in STEPS), "clean up"]
    saw = {row["step"]: row["saw"] for row in told["rows"]}
    assert "the ledger says done: success@simulator.amazonses.com sent, smoke-" in saw["send on"]
    assert "64,000 bytes, equal to what was sent" in saw["link"]
    assert "Email Delivered for success@simulator.amazonses.com" in saw["event"]
    assert told["left"] == left(environment) == []


def test_a_step_that_fails_says_what_to_try(cloud: LocalCloud, environment: Environment) -> None:
    """While sending is paused, SES's refusal is told with the next command, later steps are not begun, nothing is left."""
    ses, name = environment.client("sesv2"), environment.output("configuration_set")
    ses.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=False)
    try:
        outcome = run(environment, cloud.name, lambda _: None)
    finally:
        ses.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=True)
    *_, failed, cleaned = outcome.rows
    assert (failed.step, failed.ok, cleaned.step, cleaned.ok) == ("submit", False, "clean up", True)
    assert f"554 Message rejected: Sending is paused for configuration set <{name}>" in failed.saw
    assert failed.next == f"mailroom inbound doctor {environment.output('sender_address')} --env local"
    assert left(environment) == []


def test_what_cannot_be_taken_away_is_named(
    cloud: LocalCloud, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thing that stays is told with the command that removes it; the rest goes all the same."""
    make = Ear.make

    def stubborn(ear: Ear, leavings: Any) -> None:
        make(ear, leavings)
        leavings.add("a thing", "aws remove-it", lambda: 1 / 0)

    monkeypatch.setattr(Ear, "make", stubborn)
    outcome = run(environment, cloud.name, lambda _: None)
    assert [(one.what, one.by_hand) for one in outcome.left] == [("a thing", "aws remove-it")]
    assert (outcome.rows[-1].next, outcome.ok) == ("aws remove-it", False)
    assert left(environment) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing(
    number: signal.Signals, cloud: LocalCloud, environment: Environment
) -> None:
    """Ctrl-C, SIGTERM and SIGHUP in the middle: everything is taken away, and the command says so."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "smoke", "--name", cloud.name],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    patience = time.monotonic() + 60
    while not left(environment):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.05)
    process.send_signal(number)
    shown, told = process.communicate(timeout=60)
    assert "clean up" in shown, (shown, told)
    assert process.returncode != 0
    assert left(environment) == []
