"""A cloud of its own with terraform/bootstrap deployed in it, and a repository of its own to deploy from."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom import package, paths
from mailroom.environment import Environment
from mailroom.local import cloud as clouds
from mailroom.local.asking import ask
from mailroom.local.cloud import LocalCloud
from mailroom.local.permissions import PATH, without_ids
from tests.copies import terraform_root

REPOSITORY = "your-org/your-repository"
ACCOUNT = "000000000000"
BRANCH = {"sub": f"repo:{REPOSITORY}:ref:refs/heads/main", "ref": "refs/heads/main"}
CLAIMS = {
    "preview": {"sub": f"repo:{REPOSITORY}:pull_request", "ref": "refs/pull/7/merge"},
    "plan": BRANCH,
    "deploy": {"sub": f"repo:{REPOSITORY}:environment:local", "ref": "refs/heads/main"},
}
"""What GitHub's token of a job says that may take each role."""


@dataclass(frozen=True)
class Account:
    """The local cloud as an AWS account in which the bootstrap was deployed."""

    cloud: LocalCloud
    outputs: dict[str, str]

    def client(self, service: str, variables: dict[str, str] | None = None) -> Any:
        found = {**self.cloud.environment(), **(variables or {})}
        return boto3.client(
            service,
            endpoint_url=self.cloud.aws,
            region_name=self.cloud.region,
            aws_access_key_id=found["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=found["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=found.get("AWS_SESSION_TOKEN"),
        )

    def session(self, role: str, **claims: str) -> dict[str, str]:
        """The variables of a session of the role, for GitHub's token with these claims."""
        given = self.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/mailroom-{role}-local",
            RoleSessionName="github",
            WebIdentityToken=token(**claims),
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def stream(self) -> str:
        """A Firehose stream that another team has made, to send events to; its ARN."""
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "firehose.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = self.client("iam").create_role(
            RoleName="another-team",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        place = {"LocationConstraint": self.cloud.region}
        self.client("s3").create_bucket(Bucket="archive-of-events", CreateBucketConfiguration=place)
        made = self.client("firehose").create_delivery_stream(
            DeliveryStreamName="archive",
            ExtendedS3DestinationConfiguration={
                "RoleARN": role["Role"]["Arn"],
                "BucketARN": "arn:aws:s3:::archive-of-events",
            },
        )
        return str(made["DeliveryStreamARN"])

    def roles(self) -> list[str]:
        """The names of the roles that Terraform has made."""
        names = [one["RoleName"] for one in self.client("iam").list_roles()["Roles"]]
        return [name for name in names if name.startswith("mailroom-local-")]

    def boundary(self, role: str) -> str | None:
        """The permissions boundary of a role; None where it has none."""
        found = self.client("iam").get_role(RoleName=role)["Role"].get("PermissionsBoundary", {})
        return found.get("PermissionsBoundaryArn")

    def asked(self, role: str) -> dict[str, list[str]]:
        """What a role has asked IAM for so far, and was allowed: actions with their resources."""
        found: dict[str, set[str]] = {}
        for one in ask(self.cloud, PATH):
            if one["who"] == f"mailroom-{role}-local" and one["allowed"]:
                found.setdefault(one["action"], set()).add(without_ids(one["resource"]))
        return {action: sorted(found[action]) for action in sorted(found)}


def token(**claims: str) -> str:
    """A token as GitHub would give it to a job; the emulator looks at what it claims, not at who signed it."""

    def part(document: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()

    issuer = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com"}
    return ".".join((part({"alg": "none"}), part({**issuer, **claims}), "unsigned"))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account with the bootstrap of the environment `local`; GitHub's identity provider is the one type that
    the emulator's CloudFormation does not know, and the template can do without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path_factory.mktemp("clouds")))
        cloud = clouds.up("pipeline", owner=os.getpid())
        made = Account(cloud, {})
        made.outputs.update(deploy_bootstrap(made))
        yield made
        clouds.down("pipeline")


def deploy_bootstrap(account: Account) -> dict[str, str]:
    """Deploy the template; its outputs. The emulator forgets the bucket's encryption, so that is put after."""
    stacks = account.client("cloudformation")
    parameters = {"Environment": "local", "Repository": REPOSITORY, "CreateGitHubProvider": "false"}
    stacks.create_stack(
        StackName="bootstrap",
        TemplateBody=(paths.TERRAFORM / "bootstrap" / "bootstrap.yaml").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    )
    patience = time.monotonic() + 60
    while (stack := stacks.describe_stacks(StackName="bootstrap")["Stacks"][0])[
        "StackStatus"
    ] != "CREATE_COMPLETE":
        assert time.monotonic() < patience, stack
        time.sleep(0.2)
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    resources = stacks.describe_stack_resources(StackName="bootstrap")["StackResources"]
    key = next(one["PhysicalResourceId"] for one in resources if one["LogicalResourceId"] == "StateKey")
    arn = account.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}}
    account.client("s3").put_bucket_encryption(
        Bucket=outputs["StateBucket"], ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    return outputs


@dataclass(frozen=True)
class Repository:
    """A repository with our code, whose `local` environment keeps its state where the bootstrap says."""

    folder: Path
    account: Account

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@mailroom.example")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def change(self, texts: dict[str, str]) -> None:
        """Put other texts into the environment's file, each for one that is there, and commit it."""
        file = self.folder / "terraform" / "environments" / "local.tfvars"
        found = file.read_text()
        for before, after in texts.items():
            assert found.count(before) == 1, before
            found = found.replace(before, after)
        file.write_text(found)
        self.git("commit", "--all", "--quiet", "--message", "a change")

    def environment(self, role: str = "") -> Environment:
        """The environment as a job with this role sees it; without one, as the account's root does."""
        found = Environment.load("local", self.account.cloud.name)
        session = self.account.session(role, **CLAIMS[role]) if role else {}
        return replace(found, variables={**found.variables, **session}, root=self.folder / "terraform")


@pytest.fixture(scope="module")
def repository(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("repository")
    terraform_root(folder / "terraform")
    sources = folder / "lambda_src"
    shutil.copytree(paths.CLONE / "lambda_src", sources, ignore=shutil.ignore_patterns("__pycache__"))
    environments = folder / "terraform" / "environments"
    backend = environments / "local.s3.tfbackend"
    backend.write_text(backend.read_text().replace(clouds.STATE_BUCKET, account.outputs["StateBucket"]))
    boundary = f'permissions_boundary = "{account.outputs["PermissionsBoundary"]}"\n'
    values = environments / "local.tfvars"
    values.write_text(boundary + values.read_text())
    made = Repository(folder, account)
    (folder / ".gitignore").write_text("/build/\n.terraform/\n")
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "all of it")
    package.package(folder, folder / "build" / "lambda")
    return made
