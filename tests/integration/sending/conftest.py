"""A cloud of each module's own, and a copy of the root module in which an environment's file may say anything."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom import paths
from mailroom.environment import LOCAL, Environment
from mailroom.local import cloud as clouds
from mailroom.sending import app
from mailroom.terraform import Terraform
from tests.copies import terraform_root


@dataclass(frozen=True)
class Trial(Environment):
    """The environment `local` of a copied root module."""

    root: Path = paths.TERRAFORM

    @property
    def terraform(self) -> Terraform:
        return replace(super().terraform, root=self.root)

    @property
    def account(self) -> str:
        """The account of this cloud."""
        return self.values.get("account_id", "000000000000")

    @property
    def bus(self) -> str:
        """EventBridge's default bus."""
        return f"arn:aws:events:eu-west-1:{self.account}:event-bus/default"

    def say(self, text: str) -> None:
        """Write the environment's file."""
        begin = 'environment = "local"\naccount_id = "{}"\nregion = "eu-west-1"\nretain_data = false\n'
        file = self.root / "environments" / "local.tfvars"
        file.write_text(begin.format(self.account) + text)

    def state(self) -> str:
        """Terraform's state as it is kept."""
        bucket = self.state_bucket or "mailroom-local-state"
        found = self.client("s3").get_object(Bucket=bucket, Key="mailroom/local.tfstate")
        return str(found["Body"].read().decode())

    def apply(self) -> None:
        self.terraform.apply(lambda _: None)

    def planned(self) -> dict[str, list[str]]:
        """What a plan would do that is not nothing: address -> actions."""
        changes = {one["address"]: one["change"]["actions"] for one in self.terraform.changes()}
        return {address: actions for address, actions in changes.items() if actions != ["no-op"]}

    def hosted_zone(self, name: str) -> str:
        """A new hosted zone's id. (Terraform's own waits half a minute for it.)"""
        made = self.client("route53").create_hosted_zone(Name=name, CallerReference=name)
        return str(made["HostedZone"]["Id"].rpartition("/")[2])


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Nothing applied; the root module is initialised."""
    root = terraform_root(tmp_path_factory.mktemp("clone") / "terraform")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path_factory.mktemp("clouds")))
        patch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
        cloud = clouds.up("sending-tests", owner=os.getpid())
        loaded = Environment.load(LOCAL, cloud.name)
        made = Trial(**{**vars(loaded), "root": root})
        made.terraform.init()
        yield made
        clouds.down("sending-tests")


@pytest.fixture(scope="module")
def mailroom(trial: Trial) -> Iterator[Any]:
    """Runs `mailroom sending …` in that environment; its result."""

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "load", classmethod(lambda *_: trial))
        yield run
