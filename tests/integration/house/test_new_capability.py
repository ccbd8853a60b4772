"""`mailroom new NAME`: a capability that runs, by the steps of docs/add-a-capability.md."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailroom import new, package, paths
from mailroom.errors import MailroomError
from mailroom.terraform import Terraform

NOT_COPIED = shutil.ignore_patterns(
    ".venv", "build", ".git", ".local", "__pycache__", ".terraform*", "integration"
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this clone with a capability `post_card` in it."""
    root = tmp_path_factory.mktemp("clone") / "mailroom"
    shutil.copytree(paths.CLONE, root, ignore=NOT_COPIED)
    shutil.copy(paths.TERRAFORM / ".terraform.lock.hcl", root / "terraform")
    new.add(root, "post_card")
    return root


def test_every_room_is_there_and_nothing_is_left_to_replace(clone: Path) -> None:
    """All five rooms exist, and no template's placeholder is left in them."""
    rooms = ["terraform/modules/{}/main.tf", "lambda_src/{}/handler.py", "scripts/mailroom/{}.py",
             "tests/unit/{}/test_handler.py", "docs/{}.md"]  # fmt: skip
    for room in rooms:
        text = (clone / room.format("post_card")).read_text()
        assert not any(placeholder in text for placeholder in ("NAME", "CONTEXT", "COMMAND"))


def test_it_is_packaged_and_composed(clone: Path, tmp_path: Path) -> None:
    """Its zip is made, the root module is valid with it, and its own Terraform tests pass."""
    assert package.package(clone, clone / "build" / "lambda")["post_card"]
    root = Terraform("", tmp_path / "root", root=clone / "terraform")
    root.init(backend=False)
    root.validate()
    module = Terraform("", tmp_path / "module", root=clone / "terraform" / "modules" / "post_card")
    module.init(backend=False)
    assert "2 passed, 0 failed" in module.test()


def test_its_own_test_and_command_run(clone: Path) -> None:
    """The unit test that comes with it passes, and the command line knows it."""
    environ = {**os.environ, "PYTHONPATH": f"{clone}{os.pathsep}{clone / 'scripts'}"}
    for command in (["pytest", "-q", "tests/unit/post_card"], ["mailroom.post_card"]):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=clone,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    listed = "from mailroom.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", listed, "post-card", "--help"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Show what the deployed function is set to" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["Post", "1st", "a b", "", "x" * 30])
def test_a_bad_name_is_refused(name: str, tmp_path: Path) -> None:
    """A name that could not be used in every room is refused, and says what a name is."""
    with pytest.raises(MailroomError, match="a letter first"):
        new.add(tmp_path, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [("import", "Python or Terraform"), ("count", "Python or Terraform"), ("region", "variable")],
)
def test_a_name_that_would_break_the_clone_is_refused(clone: Path, name: str, words: str) -> None:
    """A word of Python's or Terraform's, or a variable that is there, is refused before anything is written."""
    with pytest.raises(MailroomError, match=words):
        new.add(clone, name)
    assert not (clone / "docs" / f"{name}.md").exists()


def test_a_taken_name_is_refused(clone: Path) -> None:
    """A second capability of the same name is refused, and says where the first is."""
    with pytest.raises(MailroomError, match=r"terraform/modules and lambda_src and scripts/mailroom"):
        new.add(clone, "post_card")
