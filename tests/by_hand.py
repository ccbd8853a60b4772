"""Terraform by hand: no wrapper of ours, only the variables that an operator exports."""

from __future__ import annotations

import os
import subprocess

from mailroom import paths
from mailroom.environment import Environment


def by_hand(environment: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command in terraform/; what it says comes on one line, without Terraform's frames."""
    variables = {**environment.variables, "TF_DATA_DIR": str(environment.data_dir)}
    done = subprocess.run(
        [paths.TOOLS / "terraform", *arguments, "-no-color"],
        cwd=paths.TERRAFORM, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    done.stdout, done.stderr = (
        " ".join(text.replace("│", " ").split()) for text in (done.stdout, done.stderr)
    )
    return done
