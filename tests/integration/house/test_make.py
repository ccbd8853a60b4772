"""The guards that `make` adds to Terraform's, in words."""

import os
import subprocess
from pathlib import Path

import pytest

from mailroom import paths


def make(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=paths.CLONE,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", ["plan", "apply", "destroy"])
def test_local_without_a_local_cloud(target: str) -> None:
    """`make plan|apply|destroy ENV=local` without a local cloud is refused, and names the command that starts one."""
    done = make(target, "ENV=local", "LOCAL=nobody")
    assert done.returncode != 0
    assert "There is no local cloud 'nobody'" in done.stderr
    assert "mailroom local up --name nobody" in done.stderr


@pytest.mark.parametrize("target", ["plan", "apply", "destroy"])
def test_an_endpoint_variable_left_set(target: str) -> None:
    """`make … ENV=dev` with AWS_ENDPOINT_URL left set is refused by its name."""
    done = make(target, "ENV=dev", AWS_ENDPOINT_URL="http://127.0.0.1:4566")
    assert done.returncode != 0
    assert "AWS_ENDPOINT_URL is set" in done.stderr


def test_help_lists_every_target_with_a_line() -> None:
    """`make` alone lists the targets, in groups, each with a line."""
    done = make()
    for target in (
        "setup",
        "demo",
        "test",
        "lint",
        "format",
        "package",
        "plan",
        "apply",
        "destroy",
        "bench",
        "docs",
        "clean",
    ):
        assert f"make {target} " in done.stdout


def test_a_too_old_python_is_named(tmp_path: Path) -> None:
    """A Python that is too old is named with its version and the way to name another."""
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.1\nexit 1\n')
    old.chmod(0o755)
    done = make("setup", f"PYTHON={old}")
    assert done.returncode != 0
    assert "Python 3.9.1" in done.stderr
    assert "make PYTHON=" in done.stderr
