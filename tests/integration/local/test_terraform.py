"""The real provider against the local cloud: what it applies, it finds again, and it can take away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom import provider_mirror
from mailroom.local import cloud as clouds
from mailroom.local.cloud import LocalCloud

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the PATH"),
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    monkeypatch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path / "clouds"))
    monkeypatch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
    yield clouds.up("terraform-tests", owner=os.getpid())
    clouds.down("terraform-tests")


@pytest.mark.parametrize("root", ["no_drift", "no_drift_streams"])
def test_every_resource_of_ours_is_found_again_as_it_was_applied(
    own: LocalCloud, tmp_path: Path, root: str
) -> None:
    """SES v1 and v2 and all kinds of alarms; streams, Pinpoint and SMS: apply, no change on the second plan,
    destroy."""
    folder = tmp_path / "root"
    shutil.copytree(Path(__file__).parent / root, folder)
    with zipfile.ZipFile(folder / "transform.zip", "w") as archive:
        archive.writestr("transform.py", "def handle(event, context):\n    return event\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI")}
    environment = {**kept, **own.environment(), "TF_IN_AUTOMATION": "1"}

    def terraform(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["terraform", *arguments, "-no-color", "-input=false"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout[-4000:] + done.stderr[-4000:]

    mirror = provider_mirror.named(os.environ) or provider_mirror.installed()
    code, words = terraform("init", *([f"-plugin-dir={mirror}"] if mirror else []))
    assert code == 0, words
    for arguments in (
        ("apply", "-auto-approve", "-parallelism=30"),
        ("plan", "-detailed-exitcode"),
        ("destroy", "-auto-approve", "-parallelism=30"),
    ):
        code, words = terraform(*arguments)
        assert code == 0, words
