"""The `local` environment: the same modules as in AWS, applied for real to the local cloud."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mailroom import package, paths
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.local import cloud as clouds
from mailroom.terraform import Terraform


def test_a_second_plan_changes_nothing(environment: Environment) -> None:
    """After an apply, and after an unchanged `make package`, the plan is empty (-detailed-exitcode 0)."""
    assert package.main([]) == 0
    assert environment.terraform.plan(quiet=True) is False


def test_another_environments_state_is_refused(environment: Environment, tmp_path: Path) -> None:
    """With the wrong file, Terraform itself refuses plan and destroy, and says whose state it is."""
    values = (paths.ENVIRONMENTS / "local.tfvars").read_text()
    other = tmp_path / "other.tfvars"
    other.write_text(values.replace('environment = "local"', 'environment = "staging"'))
    for command in ("plan", "destroy"):
        done = terraform(
            environment,
            command,
            f"-var-file={other}",
            "-input=false",
            *(["-auto-approve"] * (command == "destroy")),
        )
        assert done.returncode == 1
        assert "This state belongs to the environment local, the variables to staging" in squeeze(done.stderr)
    assert environment.client("s3").list_buckets()["Buckets"]


def test_another_account_is_refused(environment: Environment) -> None:
    """An account that the environment's file does not name is refused by Terraform itself, destroy too."""
    for command in ("plan", "destroy"):
        done = terraform(
            environment, command, "-var-file=environments/local.tfvars", "-var=account_id=123456789012", "-input=false",
            *(["-auto-approve"] * (command == "destroy")),
        )  # fmt: skip
        assert done.returncode == 1
        assert "AWS account ID not allowed: 000000000000" in squeeze(done.stderr)


def test_a_missing_zip_names_the_command_that_makes_it(environment: Environment, tmp_path: Path) -> None:
    """In a clone without build/lambda/links.zip the plan fails with 'run make package'."""
    root = tmp_path / "terraform"
    shutil.copytree(paths.TERRAFORM, root)
    unpacked = Terraform("local", tmp_path / "data", environment.variables, root)
    unpacked.init()
    with pytest.raises(MailroomError, match=r"links\.zip is missing: run make package"):
        unpacked.plan(quiet=True)


def test_plain_terraform_applies_and_destroys_a_second_cloud(
    environment: Environment, tmp_path: Path
) -> None:
    """`terraform init -backend-config=…` and `apply -var-file=…` work by hand, on a second cloud beside the first;
    a destroy refuses while data is retained, and afterwards leaves nothing, mail in versioned buckets included."""
    name = f"second-{os.getpid()}"
    cloud = clouds.up(name, owner=os.getpid())
    try:
        second = Environment("local", tmp_path / "data", cloud.environment())
        plugins = environment.data_dir / "providers"
        init = [
            "init",
            "-input=false",
            "-backend-config=environments/local.s3.tfbackend",
            f"-plugin-dir={plugins}",
        ]
        assert terraform(second, *init).returncode == 0
        apply = [
            "apply",
            "-auto-approve",
            "-input=false",
            "-var-file=environments/local.tfvars",
            "-parallelism=40",
        ]
        done = terraform(second, *apply, "-var=retain_data=true")
        assert done.returncode == 0, done.stderr
        raw = second.outputs["raw_bucket"]
        for content in (b"one", b"two"):
            second.client("s3").put_object(Bucket=raw, Key="incoming/mail", Body=content)
        destroy = ["destroy", *apply[1:]]
        refused = terraform(second, *destroy, "-var=retain_data=true")
        assert refused.returncode == 1
        assert "set retain_data = false" in squeeze(refused.stderr + refused.stdout)
        assert raw in bucket_names(second)
        assert terraform(second, *apply).returncode == 0
        done = terraform(second, *destroy)
        assert done.returncode == 0, done.stderr
        assert_nothing_is_left(second)
    finally:
        clouds.down(name)
    assert environment.terraform.plan(quiet=True) is False


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


def terraform(environment: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Terraform by hand: no wrapper, only the variables that an operator exports."""
    return subprocess.run(
        [paths.TOOLS / "terraform", *arguments, "-no-color"],
        cwd=Terraform("local", environment.data_dir).root,
        env={**os.environ, **environment.variables, "TF_DATA_DIR": str(environment.data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


def squeeze(text: str) -> str:
    """Terraform's words on one line, without the frame around them."""
    return " ".join(text.replace("│", " ").split())
