"""Fresh processes, for what only a process that has done nothing else can tell."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from mailroom import paths
from mailroom.errors import MailroomError

# Values that boto3 needs before it makes a client; nothing is ever called with them.
NO_AWS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
SECONDS = 120


def run(command: Sequence[str], more: Mapping[str, str] | None = None) -> str:
    """What the command prints. `more` are further variables. Raises MailroomError with its last words."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment = {**kept, **NO_AWS, **(more or {})}
    try:
        done = subprocess.run(
            command, env=environment, cwd=paths.CLONE, capture_output=True, text=True, check=True,
            timeout=SECONDS,
        )  # fmt: skip
    except subprocess.CalledProcessError as problem:
        words = (problem.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise MailroomError(f"a measure ended with code {problem.returncode}: {words}") from problem
    except subprocess.TimeoutExpired as problem:
        raise MailroomError(f"a measure was not done after {SECONDS} seconds") from problem
    return done.stdout.strip()
