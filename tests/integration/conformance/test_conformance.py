"""The contract that `mailroom conformance` asks of a real SES holds in the local one, every case and every word."""

import json
from typing import Any

from typer.testing import CliRunner

from mailroom import cli
from mailroom.environment import Environment
from mailroom.local.cloud import LocalCloud


def things(environment: Environment) -> list[str]:
    """Everything of the kinds that the cases make, by name."""
    client = environment.client
    return sorted(
        [
            *client("sqs").list_queues().get("QueueUrls", []),
            *[topic["TopicArn"] for topic in client("sns").list_topics()["Topics"]],
            *client("sesv2").list_configuration_sets()["ConfigurationSets"],
            *[one["Name"] for one in client("ses").list_receipt_rule_sets()["RuleSets"]],
            *[user["UserName"] for user in client("iam").list_users()["Users"]],
        ]
    )


def test_every_promise_holds_here(cloud: LocalCloud, environment: Environment) -> None:
    """Each case is the same to the word; nothing is left, and the active receipt rule set is as it was."""
    ses = environment.client("ses")
    before, active = things(environment), ses.describe_active_receipt_rule_set()["Rules"]
    result = CliRunner().invoke(cli.app, ["conformance", "--name", cloud.name, "--json"])
    told: dict[str, Any] = json.loads(result.stdout)
    assert [row for row in told["rows"] if row["state"] != "same"] == []
    assert len(told["rows"]) >= 30
    assert (told["left"], result.exit_code) == ([], 0)
    assert things(environment) == before
    assert ses.describe_active_receipt_rule_set()["Rules"] == active
