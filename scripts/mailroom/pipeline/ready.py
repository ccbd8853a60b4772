"""Which environments are filled in, and which roles they have: read from their files, no cloud is asked.

    python -m mailroom.pipeline.ready                          environments=["dev"]
    python -m mailroom.pipeline.ready --env dev --role plan    role=arn:aws:iam::…:role/mailroom-plan-dev

Prints `name=value` lines, as a workflow's GITHUB_OUTPUT takes them. Only the standard library.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from mailroom import paths
from mailroom.errors import MailroomError

LOCAL = "local"
ROLES = ("preview", "plan", "deploy")
TO_DO = "FILL IN"


@dataclass(frozen=True)
class Place:
    """Where an environment is: its account, Region, and the object that holds its state."""

    name: str
    account_id: str
    region: str
    bucket: str
    key: str

    @classmethod
    def read(cls, name: str, root: Path = paths.TERRAFORM) -> "Place":
        """From the environment's two files; raises MailroomError, by name, for a missing setting."""
        folder = root / "environments"
        variables, backend = folder / f"{name}.tfvars", folder / f"{name}.s3.tfbackend"
        return cls(
            name,
            _setting(variables, "account_id"),
            _setting(variables, "region"),
            _setting(backend, "bucket"),
            _setting(backend, "key"),
        )

    def role(self, kind: str) -> str:
        """The ARN of a role of terraform/bootstrap/bootstrap.yaml: preview, plan or deploy."""
        if kind not in ROLES:
            raise MailroomError(f"There is no role {kind!r}: {', '.join(ROLES)}.")
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        partition = "aws-us-gov" if self.region.startswith("us-gov-") else partition
        return f"arn:{partition}:iam::{self.account_id}:role/mailroom-{kind}-{self.name}"


def filled_in(root: Path = paths.TERRAFORM) -> list[str]:
    """The environments in AWS whose files have no place left to fill in, in the order they are deployed in:
    dev and staging first, prod last, others between by name."""
    folder = root / "environments"
    names = [file.stem for file in folder.glob("*.tfvars") if file.stem != LOCAL]
    order = {"dev": 0, "staging": 1, "prod": 3}
    return sorted(
        (name for name in names if not _to_do(folder, name)), key=lambda name: (order.get(name, 2), name)
    )


def _to_do(folder: Path, name: str) -> bool:
    backend = folder / f"{name}.s3.tfbackend"
    texts = [(folder / f"{name}.tfvars").read_text(), backend.read_text() if backend.is_file() else TO_DO]
    return any(TO_DO in line and not line.startswith("#") for text in texts for line in text.splitlines())


def _setting(file: Path, name: str) -> str:
    found = re.search(rf'(?m)^{name}[ \t]*=[ \t]*"([^"]+)"', file.read_text() if file.is_file() else "")
    if found is None:
        raise MailroomError(
            f"{file.name} in terraform/environments/ does not say {name}.",
            f"mailroom init {file.name.split('.')[0]}",
        )
    return found[1]


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.pipeline.ready")
    parser.add_argument("--env")
    parser.add_argument("--role", choices=ROLES)
    given = parser.parse_args(arguments)
    try:
        if given.env:
            place = Place.read(given.env)
            print(f"role={place.role(given.role or 'preview')}\nregion={place.region}")
        else:
            print(f"environments={json.dumps(filled_in())}")
    except MailroomError as problem:
        problem.tell()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
