"""Plan an environment, say what would change, and keep the plan where it is to be applied."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from mailroom import package
from mailroom.environment import Environment
from mailroom.errors import MailroomError

from . import basis, hide
from .kept import Shelf
from .ready import Place
from .summary import Summary, changes_of

LONGEST_ERROR = 4000


def shelf(environment: Environment) -> Shelf:
    """Where this environment's plans are kept."""
    place = Place.read(environment.name, environment.root)
    bucket = environment.state_bucket or place.bucket
    return Shelf(environment.client("s3", place.region), bucket, environment.name)


def preview(environment: Environment) -> Summary:
    """What would change, asked with a role that writes nothing, not even the state's lock."""
    return _planned(environment, keep=False, lock=False)


def plan(environment: Environment) -> Summary:
    """What would change, kept to be applied."""
    return _planned(environment, keep=True, lock=True)


def look_for_drift(environment: Environment) -> Summary:
    """How AWS differs from what was applied last; where nothing was, from the code that is checked out."""
    applied = shelf(environment).applied()
    if not applied or applied == basis.commit_of(environment.root):
        return _planned(environment, keep=False, lock=True)
    with tempfile.TemporaryDirectory(prefix="mailroom-drift-") as folder:
        checkout = Path(folder) / "applied"
        _git(environment.root, "worktree", "add", "--detach", str(checkout), applied)
        try:
            package.package(checkout, checkout / "build" / "lambda")
            return _planned(replace(environment, root=checkout / "terraform"), keep=False, lock=True)
        finally:
            _git(environment.root, "worktree", "remove", "--force", str(checkout))


def _planned(environment: Environment, *, keep: bool, lock: bool) -> Summary:
    """The plan's summary; one with an error where Terraform could not plan."""
    commit, terraform = basis.commit_of(environment.root), environment.terraform
    with tempfile.TemporaryDirectory(prefix="mailroom-plan-") as folder:
        file = Path(folder) / "plan"
        try:
            terraform.init()
            # Asked first: where the state moves on meanwhile, the plan is stale, and not the other way round.
            found = basis.now(environment)
            differs = terraform.plan(quiet=True, keep=file, lock=lock)
        except MailroomError as problem:
            return Summary(environment.name, commit, error=hide.secrets(problem.message)[:LONGEST_ERROR])
        summary = Summary(
            environment.name,
            commit,
            differs,
            changes_of(terraform.show_json(file)),
            serial=found.serial,
            text=hide.secrets(terraform.show(file).strip()),
        )
        if not keep:
            return summary
        kept = shelf(environment).keep(file, found, summary.in_words(), sum(summary.counts().values()))
        return replace(summary, plan=kept.name)


def _git(checkout: Path, *arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MailroomError(
            f"git {' '.join(arguments[:2])} failed: {done.stderr.strip()}",
            "git fetch --unshallow (the commit that was applied must be in this clone)",
        )
