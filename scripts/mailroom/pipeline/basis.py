"""What a plan is right for, as it is here and now; and why a kept plan is not applied."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.terraform import LOCK_FILE

from .kept import Basis, Kept, again


def now(environment: Environment) -> Basis:
    """The basis as it is: of the checkout that holds the environment's code, and of the state."""
    state = environment.terraform.state()
    zips = sorted((environment.root.parent / "build" / "lambda").glob("*.zip"))
    return Basis(
        commit=commit_of(environment.root),
        serial=int(state.get("serial", 0)),
        lineage=str(state.get("lineage", "")),
        zips={file.stem: _digest(file) for file in zips},
        providers=_digest(environment.root / LOCK_FILE),
    )


def commit_of(folder: Path) -> str:
    """The commit that is checked out in this folder."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise MailroomError(
            f"{folder} is no checkout of a git repository, and a plan is kept under its commit.", "git clone"
        )
    return asked.stdout.strip()


def check(kept: Kept, found: Basis) -> None:
    """Raise MailroomError, with the way on, where the plan is not right for what there is now."""
    made, plan = kept.basis, f"the plan of commit {kept.basis.commit[:12]}"
    for wrong, words in (
        (
            found.commit != made.commit,
            f"This is commit {found.commit[:12]}, and {kept.name} is {plan}.",
        ),
        (
            found.lineage != made.lineage,
            f"{kept.environment} has another state than the one that {plan} was made for.",
        ),
        (
            found.serial != made.serial,
            f"The state has moved on from serial {made.serial} to {found.serial} since {plan} was made: "
            "what was reviewed is not what would happen.",
        ),
        (
            found.providers != made.providers,
            f"Terraform's lock file is not the one that {plan} was made with.",
        ),
    ):
        if wrong:
            raise MailroomError(f"{words} Nothing was applied; plan again.", again(kept.environment))
    if other := sorted({name for name, _ in {*made.zips.items()} ^ {*found.zips.items()}}):
        names = ", ".join(f"{name}.zip" for name in other)
        raise MailroomError(
            f"Other zips than {plan} was made with: {names}. Nothing was applied.", "make package"
        )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
