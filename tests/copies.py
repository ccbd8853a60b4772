"""Copies of what other tests work in at the same time."""

from __future__ import annotations

import fnmatch
import shutil
from pathlib import Path

from mailroom import paths

LOCK_FILE = ".terraform.lock.hcl"
COMES_AND_GOES = (".terraform*", "*.tfstate*", "*_override.tf", "*.local.tfbackend", "adopt-*.tf")


def terraform_root(root: Path) -> Path:
    """A copy of terraform/ as git has it. What Terraform makes in the original meanwhile, as in each module that
    is tested by itself, is left out: a file that is gone before it is copied would end the copy."""
    shutil.copytree(paths.TERRAFORM, root, ignore=_left_out)
    shutil.copy(paths.TERRAFORM / LOCK_FILE, root)
    return root


def _left_out(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if any(fnmatch.fnmatch(name, one) for one in COMES_AND_GOES)}
