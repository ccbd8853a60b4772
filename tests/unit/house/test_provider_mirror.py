"""Where the AWS provider comes from when Terraform cannot download it."""

from pathlib import Path

import pytest

from mailroom import provider_mirror
from mailroom.errors import MailroomError


def mirror(folder: Path) -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws").mkdir(parents=True)
    return folder


def test_the_named_one_is_taken(tmp_path: Path) -> None:
    """TF_PLUGIN_DIR names the mirror; unset or empty, there is none."""
    assert provider_mirror.named({"TF_PLUGIN_DIR": str(mirror(tmp_path))}) == tmp_path
    assert provider_mirror.named({"TF_PLUGIN_DIR": ""}) is None


def test_a_named_folder_that_is_no_mirror_is_refused(tmp_path: Path) -> None:
    """A folder without registry.terraform.io/ is named, with the command that makes a mirror."""
    with pytest.raises(MailroomError, match="holds no registry") as problem:
        provider_mirror.named({"TF_PLUGIN_DIR": str(tmp_path)})
    assert "providers mirror" in problem.value.hint


@pytest.mark.parametrize("below", [".", "some-plugins"])
def test_an_installed_one_is_found(tmp_path: Path, below: str) -> None:
    """A mirror in a usual folder, or one level below it, is found; else there is none."""
    assert provider_mirror.installed((tmp_path,)) is None
    assert provider_mirror.installed((tmp_path / "missing", mirror(tmp_path / below).parent)) is not None
