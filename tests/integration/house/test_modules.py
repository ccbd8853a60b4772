"""Every module's own tests: `terraform test`, decisions and policies."""

from pathlib import Path

import pytest

from mailroom import paths
from mailroom.terraform import Terraform


@pytest.mark.parametrize("module", paths.modules(), ids=lambda module: module.name)
def test_terraform_tests_pass(module: Path, tmp_path: Path) -> None:
    """`terraform test` passes in the module's folder, and there are runs in it."""
    terraform = Terraform("", tmp_path / "data", root=module)
    terraform.init(backend=False)
    assert " passed, 0 failed" in terraform.test()
