"""Run a command that must not outlive the one who asked for it.

    python scripts/mailroom/tether.py --owner PID -- COMMAND…

The command runs in a process group of its own. When the owner is gone, killed outright included, the
whole group is killed, its children too: pip, Terraform and Terraform's providers would otherwise go on
for minutes. Only the standard library: `make` runs this before there is a virtual environment.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

CHECK_EVERY_SECONDS = 0.5
KILL_NOW = signal.SIGUSR1  # to a tether: kill the command and all its children at once


def birth(pid: int) -> str | None:
    """What tells this process from a later one with the same number; None when there is none.

    Linux: the start time in clock ticks (proc(5), field 22). Elsewhere: what `ps` says of its start.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if after_name[0] in "ZX" else after_name[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def _end_with_parent() -> None:
    """Let the kernel (Linux) kill the command should this tether be killed: prctl(2), PR_SET_PDEATHSIG.

    It fires at the end of the thread that started the command; here there is one thread only.
    """
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def run(command: list[str], owner: int, grace_seconds: float = 0.0) -> int:
    """Run `command` until it ends or `owner` does; answers its exit code (137 when the owner went).

    When the command was killed, tethers inside it (Terraform's) get `grace_seconds` to see that and to kill
    their own groups, which our signal does not reach, before the rest of our group is killed.
    """
    owner_birth = birth(owner)
    # A new session, so that one signal reaches Terraform, its providers and pip's builds alike.
    last = _end_with_parent if sys.platform == "linux" else None
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=last)

    def forward(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL if number == KILL_NOW else number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, KILL_NOW):
        signal.signal(number, forward)
    while process.poll() is None:
        if owner_birth is None or birth(owner) != owner_birth:
            process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=CHECK_EVERY_SECONDS)
    if process.returncode < 0:
        time.sleep(grace_seconds)
    forward(signal.SIGKILL, None)  # a child that the command left behind
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def main(arguments: list[str]) -> int:
    """`--owner PID -- COMMAND…`; the default owner is the parent process."""
    owner, grace_seconds = os.getppid(), 0.0
    if arguments[:1] == ["--owner"]:  # make's tether: there may be others inside
        owner, grace_seconds, arguments = int(arguments[1]), 3 * CHECK_EVERY_SECONDS, arguments[2:]
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(command, owner, grace_seconds)
    except FileNotFoundError:
        print(f"{command[0]} is not on this machine", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
