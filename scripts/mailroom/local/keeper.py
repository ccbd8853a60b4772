"""The keeper: the parent of a local cloud, which outlives nothing and lets nothing be outlived.

    python -m mailroom.local.keeper --folder DIR [--owner PID] [--starter PID] -- COMMAND…

It starts COMMAND in a process group of its own and ends the whole group, Lambda workers and what they
started included, when it is told to (SIGTERM), when the command ends or is killed, when the owner is gone,
or when the starter is gone before the cloud was ready. Only the standard library and what needs no more.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from . import state

CHECK_SECONDS = 0.5
GRACE_SECONDS = 3.0
"""How long the cloud has to end in order. With the check it stays far below the promised 10 seconds."""


class Keeper:
    """Keeps one command, and knows who is waited for."""

    def __init__(self, folder: Path, owner: int | None, starter: int | None) -> None:
        self.folder = folder
        self.owner = state.Process.of(owner) if owner else None
        self.starter = state.Process.of(starter) if starter else None
        self.told_to_end = False

    def run(self, command: list[str]) -> int:
        """Start the command, keep it, and end its group; answers its exit code (0 when it was told to
        end)."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        cloud = subprocess.Popen(
            [*command, "--keeper", str(os.getpid())], stdin=subprocess.DEVNULL, process_group=0
        )
        try:
            while cloud.poll() is None and not self._over():
                time.sleep(CHECK_SECONDS)
            code = cloud.poll()
        finally:
            end_group(cloud)
        if self.owner is not None and not self.owner.alive:
            state.remove(self.folder)
        return 0 if code is None else code

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.told_to_end = True

    def _over(self) -> bool:
        if self.told_to_end or (self.owner is not None and not self.owner.alive):
            return True
        accepted = (self.folder / state.ACCEPTED).exists()
        return not accepted and self.starter is not None and not self.starter.alive


def end_group(leader: subprocess.Popen[bytes]) -> None:
    """Ask the group to end, wait a little for its leader, then kill what is left of it."""
    _signal_group(leader.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        leader.wait(GRACE_SECONDS)
    _signal_group(leader.pid, signal.SIGKILL)
    leader.wait()


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM where only zombies are left
        os.killpg(group, number)


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.local.keeper")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--owner", type=int)
    parser.add_argument("--starter", type=int)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    state.write_keeper(given.folder, state.Process.of(os.getpid()))
    return Keeper(given.folder, given.owner, given.starter).run(given.command[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
