"""The real provider against the local cloud: what it applies, it finds again, and it can take away."""

from __future__ import annotations

import json
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


CODE = {
    "code": "def echo(event, context):\n    return {}\n\nfail = echo\n",
    "transform": "def handle(event, context):\n    return event\n",
}
"""What the roots' functions are made of: NAME.py in NAME.zip."""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    monkeypatch.setenv("MAILROOM_LOCAL_DIR", str(tmp_path / "clouds"))
    monkeypatch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
    yield clouds.up("terraform-tests", owner=os.getpid())
    clouds.down("terraform-tests")


class Root:
    """A root module of this folder, copied to where it may be worked in, against a cloud."""

    def __init__(self, cloud: LocalCloud, source: str, work: Path) -> None:
        self.folder = work / "root"
        shutil.copytree(Path(__file__).parent / source, self.folder)
        for name, code in CODE.items():
            with zipfile.ZipFile(self.folder / f"{name}.zip", "w") as archive:
                archive.writestr(f"{name}.py", code)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_CLI")}
        self.environment = {**kept, **cloud.environment(), "TF_IN_AUTOMATION": "1"}
        mirror = provider_mirror.named(os.environ) or provider_mirror.installed()
        self.run("init", *([f"-plugin-dir={mirror}"] if mirror else []))

    def run(self, *arguments: str, **variables: object) -> None:
        """One command, which must go well: a plan is to find nothing to change."""
        given = {f"TF_VAR_{name}": json.dumps(value) for name, value in variables.items()}
        done = subprocess.run(
            ["terraform", *arguments, "-no-color", "-input=false"],
            cwd=self.folder,
            env={**self.environment, **given},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]

    def apply(self, **variables: object) -> None:
        """Apply, and plan again: what was applied is found as it was."""
        self.run("apply", "-auto-approve", "-parallelism=30", **variables)
        self.run("plan", "-detailed-exitcode", **variables)

    def destroy(self) -> None:
        self.run("destroy", "-auto-approve", "-parallelism=30")


@pytest.mark.parametrize("source", ["no_drift", "no_drift_streams"])
def test_every_resource_of_ours_is_found_again_as_it_was_applied(
    own: LocalCloud, tmp_path: Path, source: str
) -> None:
    """SES v1 and v2 and all kinds of alarms; streams, Pinpoint and SMS: apply, no change on the second plan,
    destroy."""
    root = Root(own, source, tmp_path)
    root.apply()
    root.destroy()


def test_what_status_is_made_of_is_found_again_as_it_was_applied(own: LocalCloud, tmp_path: Path) -> None:
    """REST API with all around it: applied, changed, and no change on the plan after either."""
    root = Root(own, "no_drift_status", tmp_path)
    root.apply()
    root.apply(
        description="second",
        binary_media_types=["image/jpeg", "image/png"],
        minimum_compression_size=500,
        request_parameters={"method.request.querystring.limit": False, "method.request.header.x-new": True},
        timeout=2000,
        rate=20,
        burst=40,
        quota=5,
    )
    root.destroy()
