"""Plans that are kept, in the state's bucket and under its key, until they are applied or a month old.

    plans/<environment>/<commit>/<serial>/<plan>.tfplan    Terraform's plan, which holds what the state holds
    plans/<environment>/<commit>/<serial>/<plan>.json      what it is right for, and what it would do
    mailroom/<environment>.applied.json                    which plan was applied last

The serial is the state's; a plan's name is the beginning of its SHA-256. The plan role writes the first two
and the deploy role the third, and nobody else (terraform/bootstrap/bootstrap.yaml).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import MailroomError

NAME_LENGTH = 16


@dataclass(frozen=True)
class Basis:
    """What a plan is right for: the code's commit, the state, what is built from the code.

    `serial` and `lineage` are the state's, 0 and "" where there is none; `zips` are the SHA-256 of the
    functions' zips by name; `providers` is the SHA-256 of Terraform's lock file.
    """

    commit: str
    serial: int
    lineage: str
    zips: Mapping[str, str]
    providers: str


@dataclass(frozen=True)
class Kept:
    """A kept plan: `digest` is its SHA-256, `does` says in words what it would do, in `changes` steps."""

    environment: str
    basis: Basis
    digest: str
    does: str
    changes: int

    @property
    def name(self) -> str:
        """What people call the plan by."""
        return self.digest[:NAME_LENGTH]

    @property
    def key(self) -> str:
        """The S3 key, without its ending."""
        return f"{_folder(self.environment, self.basis.commit)}{self.basis.serial}/{self.name}"


@dataclass(frozen=True)
class Shelf:
    """Where an environment's plans are kept. `client` is boto3's for S3."""

    client: Any
    bucket: str
    environment: str

    def keep(self, plan: Path, basis: Basis, does: str, changes: int) -> Kept:
        """Keep a plan's file. Its record comes last, so what is found is whole."""
        content = plan.read_bytes()
        kept = Kept(self.environment, basis, hashlib.sha256(content).hexdigest(), does, changes)
        self._put(f"{kept.key}.tfplan", content)
        self._put(f"{kept.key}.json", json.dumps(asdict(kept)).encode())
        return kept

    def find(self, commit: str, name: str = "") -> Kept:
        """The plan of this commit with this name, else the newest.

        Raises MailroomError where there is none, and where its record speaks of another one: the name that
        was approved is the beginning of the plan's own hash, and stays it.
        """
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=_folder(self.environment, commit)
        )
        objects = [one for page in pages for one in page.get("Contents", ())]
        found = [one for one in objects if one["Key"].endswith(f"/{name}.json" if name else ".json")]
        if not found:
            which = f"The plan {name}" if name else "A plan"
            raise MailroomError(
                f"{which} of commit {commit[:12]} for {self.environment} is not kept: it was never made, or "
                "is older than a month.",
                again(self.environment),
            )
        newest = max(found, key=lambda one: one["LastModified"])
        document = json.loads(self._get(newest["Key"]))
        kept = Kept(**{**document, "basis": Basis(**document["basis"])})
        if (kept.environment, f"{kept.key}.json") != (self.environment, newest["Key"]):
            raise MailroomError(
                f"The record s3://{self.bucket}/{newest['Key']} is of another plan ({kept.name} of "
                f"{kept.environment}), and nothing was applied. Find out who wrote it.",
                again(self.environment),
            )
        return kept

    def fetch(self, kept: Kept, target: Path) -> None:
        """Write the plan into a file; raises MailroomError where it is not the one that the record names."""
        content = self._get(f"{kept.key}.tfplan")
        if hashlib.sha256(content).hexdigest() != kept.digest:
            raise MailroomError(
                f"The plan {kept.name} is not what it was when it was kept, and nothing was applied. Find "
                f"out who wrote s3://{self.bucket}/{kept.key}.tfplan.",
                again(self.environment),
            )
        target.write_bytes(content)

    def applied(self) -> str:
        """The commit that the pipeline applied last; "" where there was none."""
        try:
            return str(json.loads(self._get(self._applied_key))["commit"])
        except self.client.exceptions.NoSuchKey:
            return ""

    def note_applied(self, kept: Kept) -> None:
        """Remember that this plan was applied."""
        document = {"commit": kept.basis.commit, "plan": kept.name, "does": kept.does}
        self._put(self._applied_key, json.dumps(document).encode())

    @property
    def _applied_key(self) -> str:
        return f"mailroom/{self.environment}.applied.json"

    def _get(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content

    def _put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)


def again(environment: str) -> str:
    """The command that plans anew, and asks for approval anew."""
    return f"gh workflow run deploy.yml -f environment={environment}"


def _folder(environment: str, commit: str) -> str:
    return f"plans/{environment}/{commit}/"
