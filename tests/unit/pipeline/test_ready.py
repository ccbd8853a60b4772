"""Which environments are deployed, and as whom: read from their files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailroom import paths
from mailroom.errors import MailroomError
from mailroom.pipeline.ready import Place, filled_in

VALUES = 'environment = "{name}"\naccount_id  = "{account}" # {mark}\nregion      = "{region}"\n'
BACKEND = 'bucket = "state-{name}"\nkey = "mailroom/{name}.tfstate"\n'


def write(
    root: Path, name: str, *, mark: str = "", region: str = "eu-west-1", account: str = "1" * 12
) -> None:
    folder = root / "environments"
    folder.mkdir(exist_ok=True)
    values = VALUES.format(name=name, account=account, mark=mark, region=region)
    (folder / f"{name}.tfvars").write_text(f"# Fill in every line that says FILL IN.\n{values}")
    (folder / f"{name}.s3.tfbackend").write_text(BACKEND.format(name=name))


def test_only_what_is_filled_in_is_deployed(tmp_path: Path) -> None:
    """A fork with nothing filled in deploys nothing; what is filled in comes in order, prod last; the local cloud and
    an environment that keeps its state elsewhere are no business of the pipeline."""
    for name in ("prod", "dev", "eu", "staging", "local"):
        write(tmp_path, name, mark="FILL IN: the 12 digits" if name == "staging" else "")
    (tmp_path / "environments" / "trial.tfvars").write_text('account_id = "1"\n')
    assert filled_in(tmp_path) == ["dev", "eu", "prod"]


def test_a_fresh_clone_deploys_nothing() -> None:
    """The files of this repository are examples: run as a workflow runs it, without any package, the list is
    empty."""
    environ = {**os.environ, "PYTHONPATH": str(paths.CLONE / "scripts")}
    done = subprocess.run(
        [sys.executable, "-S", "-m", "mailroom.pipeline.ready"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "environments=[]\n"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_a_role_follows_from_the_file(tmp_path: Path, region: str, partition: str) -> None:
    """No variable is to be set at GitHub: account, Region and the bootstrap's names make the role."""
    write(tmp_path, "dev", region=region)
    assert (
        Place.read("dev", tmp_path).role("plan") == f"arn:{partition}:iam::{'1' * 12}:role/mailroom-plan-dev"
    )


def test_the_roles_are_those_of_the_bootstrap() -> None:
    """Every role that is asked for is made by the template, by that name."""
    template = (paths.TERRAFORM / "bootstrap" / "bootstrap.yaml").read_text()
    for kind in ("preview", "plan", "deploy"):
        assert f'RoleName: !Sub "mailroom-{kind}-${{Environment}}"' in template


@pytest.mark.parametrize(("name", "kind"), [("nowhere", "plan"), ("dev", "admin")])
def test_what_is_not_there_is_named(tmp_path: Path, name: str, kind: str) -> None:
    """An environment without files, a role that nobody makes."""
    write(tmp_path, "dev")
    with pytest.raises(MailroomError, match=r"nowhere\.tfvars|no role 'admin'"):
        Place.read(name, tmp_path).role(kind)
