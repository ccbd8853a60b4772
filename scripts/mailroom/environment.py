"""An environment as the operator's commands see it: where it is, what Terraform made there, its clients."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mailroom import backend, paths
from mailroom.errors import MailroomError
from mailroom.terraform import Terraform

LOCAL = "local"
_COMMENT = re.compile(r"(?m)(^|\s)(#|//).*$")


def names() -> list[str]:
    """The environments that this clone has files for."""
    return sorted(file.stem for file in paths.ENVIRONMENTS.glob("*.tfvars"))


def endpoint_variables(environ: Mapping[str, str]) -> list[str]:
    """The variables that would send AWS calls somewhere else than to AWS (AWS_ENDPOINT_URL…)."""
    return sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL") and environ[name])


def without_comments(text: str) -> str:
    """An environment's file without what is commented out."""
    return _COMMENT.sub("", text)


def plain_setting(text: str, name: str) -> str:
    """A text that an environment's file (`text`) sets in one line; "" where it does not."""
    found = re.search(rf'(?m)^[ \t]*{name}[ \t]*=[ \t]*"([^"]+)"', without_comments(text))
    return found[1] if found else ""


@dataclass(frozen=True)
class Environment:
    """One environment: its name, where Terraform keeps its working files, how to reach its AWS, its code.

    `values` and `state_bucket` stand in place of what its files say, where they are set: behind a LocalStack
    each local cloud has an account of its own.
    """

    name: str
    data_dir: Path
    variables: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    state_bucket: str | None = None
    dns: tuple[str, int] | None = None
    """Address and port of the resolver that knows its names; None is this machine's own."""
    root: Path = paths.TERRAFORM

    @classmethod
    def load(cls, name: str, local_name: str = "default") -> "Environment":
        """The environment of this name; `local_name` picks one of several local clouds.

        Raises MailroomError where there is no such environment, where `local` has no running local cloud,
        and where any other one would be reached through a left-over AWS_ENDPOINT_URL, or has its state
        elsewhere than this clone keeps it.
        """
        if name not in names():
            raise MailroomError(
                f"There is no environment {name!r}: terraform/environments/ holds {', '.join(names())}.",
                "mailroom init NAME (makes one)",
            )
        if name == LOCAL:
            return cls._local(local_name)
        if left_over := endpoint_variables(os.environ):
            raise MailroomError(
                f"{' and '.join(left_over)} is set: {name} would be looked for there and not in AWS.",
                f"unset {' '.join(left_over)}",
            )
        backend.config(name, paths.TERRAFORM)  # refuses where the state is elsewhere than this clone looks
        return cls(name, paths.BUILD / "terraform" / name, {})

    @classmethod
    def _local(cls, local_name: str) -> "Environment":
        from mailroom.local.cloud import ACCOUNT_ID, status

        cloud = status(local_name)
        if cloud is None:
            raise MailroomError(
                f"There is no local cloud {local_name!r} that answers.",
                f"mailroom local up --name {local_name}",
            )
        where = Path(cloud.state) / "terraform", cloud.environment()
        dns = (cloud.dns["host"], cloud.dns["port"])
        if cloud.account_id == ACCOUNT_ID:
            return cls(LOCAL, *where, dns=dns)
        return cls(LOCAL, *where, {"account_id": cloud.account_id}, cloud.state_bucket, dns)

    @property
    def terraform(self) -> Terraform:
        """Terraform for this environment."""
        # A local cloud's state goes with it: nothing is worth a long wait for a cloud that is gone.
        patience = 3.0 if self.name == LOCAL else None
        return Terraform(
            self.name,
            self.data_dir,
            self.variables,
            self.root,
            patience_seconds=patience,
            values=self.values,
            state_bucket=self.state_bucket,
        )

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name (terraform/outputs.tf).

        Raises MailroomError where nothing is applied.
        """
        if not self.data_dir.is_dir():
            self.terraform.init()
        outputs = self.terraform.outputs()
        if not outputs:
            raise MailroomError(f"Nothing is applied in {self.name} yet.", f"make apply ENV={self.name}")
        return outputs

    def output(self, name: str) -> Any:
        """One output; raises MailroomError where the capability that makes it is switched off."""
        value = self.outputs.get(name)
        if value is None:
            raise MailroomError(
                f"{self.name} has no {name}: the capability is switched off in "
                f"terraform/environments/{self.name}.tfvars."
            )
        return value

    @cached_property
    def session(self) -> Any:
        """A boto3 session for this environment."""
        import boto3

        return boto3.Session(
            aws_access_key_id=self.variables.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self.variables.get("AWS_SECRET_ACCESS_KEY"),
            aws_session_token=self.variables.get("AWS_SESSION_TOKEN"),
        )

    def client(self, service: str, region: str = "", **settings: Any) -> Any:
        """A boto3 client at this environment's endpoint, in the Region that Terraform was applied to; where
        nothing is applied yet, `region` must say which. `settings` are more of botocore's Config.

        Signature version 4 is named, since boto3's default for pre-signed S3 addresses is still version 2.
        """
        from botocore.config import Config

        config = Config(
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": "path"} if self.name == LOCAL else None,
            **settings,
        )
        return self.session.client(
            service,
            region_name=region or self.variables.get("AWS_REGION") or self.outputs["region"],
            endpoint_url=self.variables.get("AWS_ENDPOINT_URL"),
            config=config,
        )
