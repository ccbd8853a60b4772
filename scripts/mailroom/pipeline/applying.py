"""Apply the plan that was reviewed, and no other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mailroom import deploy
from mailroom.environment import Environment

from . import basis
from .kept import Kept
from .planning import shelf


def apply(environment: Environment, name: str = "") -> Kept:
    """Apply the kept plan of the commit that is checked out: the one of this name, else the newest.

    Raises MailroomError, and applies nothing, where there is none, where the state has moved on, or where the
    zips are others. Terraform compares the state's serial once more, while it holds the lock.
    """
    from mailroom.progress import terraform_progress

    terraform = environment.terraform
    terraform.init()
    plans = shelf(environment)
    kept = plans.find(basis.commit_of(environment.root), name)
    basis.check(kept, basis.now(environment))
    deploy.spare_others(environment)
    with tempfile.TemporaryDirectory(prefix="mailroom-apply-") as folder:
        file = Path(folder) / "plan"
        plans.fetch(kept, file)
        with terraform_progress(f"Applying {kept.name} to {environment.name}") as progress:
            progress.planned = kept.changes
            terraform.apply(progress.watch, file)
    plans.note_applied(kept)
    deploy.smoke(environment)
    return kept
