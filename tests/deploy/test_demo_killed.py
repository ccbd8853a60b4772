"""`make demo`, killed outright: nothing of it stays."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom import paths


def processes_of(folder: Path) -> dict[int, str]:
    """The living processes that know this folder, by argument or environment: what the demo started."""
    found = {}
    for process in Path("/proc").iterdir():
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except (OSError, IndexError):
            continue
        if state not in "ZX" and str(folder).encode() in said and process.name != str(os.getpid()):
            found[int(process.name)] = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
    return found


def pid_of(folder: Path, word: str) -> int:
    """The process of the demo whose command begins with, or holds, this word; a keeper names what it keeps, too."""
    found = {pid: command for pid, command in processes_of(folder).items() if word in command}
    return next(pid for pid, command in found.items() if "local.keeper" not in command)


@pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes in /proc, as Linux has it"
)
@pytest.mark.parametrize(
    ("who", "until"),
    [
        ("make", "1. A local cloud"),
        ("bin/mailroom demo", "Applying"),
        ("terraform apply", "Applying"),
        ("mailroom.local.serve", "Applying"),
    ],
)
def test_nothing_is_left(who: str, until: str, tmp_path: Path) -> None:
    """kill -9 of make, of the demo, of Terraform below it, or of its cloud: ten seconds later no process of it runs."""
    demo = subprocess.Popen(
        ["make", "demo"], cwd=paths.CLONE, env={**os.environ, "MAILROOM_LOCAL_DIR": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert demo.stdout is not None
    try:
        for line in demo.stdout:
            if until in line:
                break
        assert len(processes_of(tmp_path)) >= 3
        os.kill(demo.pid if who == "make" else pid_of(tmp_path, who), signal.SIGKILL)
        assert _soon(lambda: not processes_of(tmp_path)), processes_of(tmp_path)
    finally:
        for pid in processes_of(tmp_path):
            os.kill(pid, signal.SIGKILL)
        demo.stdout.close()
        demo.wait()


def _soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
