"""Terraform by hand, without our wrapper, as terraform/README.md says."""

import os
from pathlib import Path

from mailroom import provider_mirror
from mailroom.environment import Environment
from mailroom.local import cloud as clouds
from tests.by_hand import by_hand


def test_plain_terraform_on_two_clouds(tmp_path: Path) -> None:
    """`terraform init -backend-config=…` and `apply -var-file=…` work by hand, on one cloud beside another; a destroy
    refuses while data is retained, and afterwards leaves nothing, mail in versioned buckets included."""
    names = [f"by-hand-{os.getpid()}", f"beside-{os.getpid()}"]
    try:
        second, beside = (
            Environment("local", tmp_path / name, clouds.up(name, owner=os.getpid()).environment())
            for name in names
        )
        init = ["init", "-input=false", "-backend-config=environments/local.s3.tfbackend"]
        if by_hand(second, *init).returncode:  # the registry cannot be reached from here
            assert by_hand(second, *init, f"-plugin-dir={provider_mirror.installed()}").returncode == 0
        apply = [
            "apply",
            "-auto-approve",
            "-input=false",
            "-var-file=environments/local.tfvars",
            "-parallelism=40",
        ]
        done = by_hand(second, *apply, "-var=retain_data=true")
        assert done.returncode == 0, done.stderr
        raw = second.outputs["raw_bucket"]
        for content in (b"one", b"two"):
            second.client("s3").put_object(Bucket=raw, Key="incoming/mail", Body=content)
        destroy = ["destroy", *apply[1:]]
        refused = by_hand(second, *destroy, "-var=retain_data=true")
        assert refused.returncode == 1
        assert "set retain_data = false" in refused.stderr + refused.stdout
        assert raw in bucket_names(second)
        assert by_hand(second, *apply).returncode == 0
        done = by_hand(second, *destroy)
        assert done.returncode == 0, done.stderr
        assert_nothing_is_left(second)
        assert_nothing_is_left(beside)
    finally:
        for name in names:
            clouds.down(name)


def assert_nothing_is_left(environment: Environment) -> None:
    assert bucket_names(environment) == ["mailroom-local-state"]
    assert environment.client("sqs").list_queues().get("QueueUrls", []) == []
    assert environment.client("dynamodb").list_tables()["TableNames"] == []
    assert environment.client("lambda").list_functions()["Functions"] == []
    assert environment.client("sns").list_topics()["Topics"] == []
    assert environment.client("sesv2").list_email_identities()["EmailIdentities"] == []
    assert environment.client("ses").list_receipt_rule_sets()["RuleSets"] == []
    assert environment.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert environment.client("logs").describe_log_groups()["logGroups"] == []
    assert environment.client("apigatewayv2").get_apis()["Items"] == []


def bucket_names(environment: Environment) -> list[str]:
    return [bucket["Name"] for bucket in environment.client("s3").list_buckets()["Buckets"]]
