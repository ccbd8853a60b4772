"""A trial's clone: the local cloud goes on working in it, its state in a local file as well."""

import json
from pathlib import Path

from mailroom import paths
from mailroom.backend import OVERRIDE
from mailroom.init import texts
from mailroom.local.cloud import LocalCloud
from mailroom.terraform import Terraform
from tests.copies import terraform_root


def test_the_local_cloud_in_a_trials_clone(cloud: LocalCloud, tmp_path: Path) -> None:
    """With the override in place Terraform plans for the local cloud, and its backend is a file of that cloud."""
    root = terraform_root(tmp_path / "terraform")
    (tmp_path / "build").symlink_to(paths.BUILD)
    (root / OVERRIDE).write_text(texts.OVERRIDE)
    terraform = Terraform("local", tmp_path / "data", cloud.environment(), root=root)
    terraform.init()
    backend = json.loads((tmp_path / "data" / "terraform.tfstate").read_text())["backend"]
    assert (backend["type"], backend["config"]["path"]) == ("local", str(tmp_path / "data/local.tfstate"))
    assert terraform.plan(quiet=True) is True
