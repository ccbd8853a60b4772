"""The `local` environment, applied: what a second plan says, and what Terraform itself refuses."""

from pathlib import Path

import pytest

from mailroom import package, paths
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.terraform import Terraform
from tests.by_hand import by_hand
from tests.copies import terraform_root


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
        done = by_hand(
            environment,
            command,
            f"-var-file={other}",
            "-input=false",
            *(["-auto-approve"] * (command == "destroy")),
        )
        assert done.returncode == 1
        assert "This state belongs to the environment local, the variables to staging" in done.stderr
    assert environment.client("s3").list_buckets()["Buckets"]


def test_another_account_is_refused(environment: Environment) -> None:
    """An account that the environment's file does not name is refused by Terraform itself, destroy too."""
    for command in ("plan", "destroy"):
        done = by_hand(
            environment, command, "-var-file=environments/local.tfvars", "-var=account_id=123456789012", "-input=false",
            *(["-auto-approve"] * (command == "destroy")),
        )  # fmt: skip
        assert done.returncode == 1
        assert "AWS account ID not allowed: 000000000000" in done.stderr


def test_a_missing_zip_names_the_command_that_makes_it(environment: Environment, tmp_path: Path) -> None:
    """In a clone without build/lambda/links.zip the plan fails with 'run make package'."""
    root = terraform_root(tmp_path / "terraform")
    unpacked = Terraform("local", tmp_path / "data", environment.variables, root)
    unpacked.init()
    with pytest.raises(MailroomError, match=r"links\.zip is missing: run make package"):
        unpacked.plan(quiet=True)
