"""Fresh processes, for what only a process that has done nothing else can tell."""

import json
import os
import subprocess
from collections.abc import Collection, Mapping, Sequence
from typing import Any

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


def answered(command: Sequence[str], more: Mapping[str, str] | None = None, **options: Any) -> Any:
    """The JSON in the last line of what the command prints: the function's own log lines come before it."""
    return json.loads(run(command, more, **options).splitlines()[-1])


def run(
    command: Sequence[str],
    more: Mapping[str, str] | None = None,
    *,
    seconds: float = SECONDS,
    loud: bool = False,
    fine: Collection[int] = (0,),
) -> str:
    """What the command prints. `more` are further variables; `loud` lets its stderr through to ours.

    Raises MailroomError, with its last words unless they were loud, where its exit code is not `fine` or it
    takes more than `seconds`.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment = {**kept, **NO_AWS, **(more or {})}
    try:
        done = subprocess.run(
            command, env=environment, cwd=paths.CLONE, text=True, check=False, timeout=seconds,
            stdout=subprocess.PIPE, stderr=None if loud else subprocess.PIPE,
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise MailroomError(f"a measure was not done after {seconds:g} seconds") from problem
    if done.returncode not in fine:
        words = ((done.stderr or "").strip().splitlines() or ["it said nothing"])[-1]
        raise MailroomError(f"a measure ended with code {done.returncode}: {words}")
    return done.stdout.strip()
