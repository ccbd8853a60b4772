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
from pathlib import Path
from types import FrameType

CHECK_EVERY_SECONDS = 0.5


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


def run(command: list[str], owner: int) -> int:
    """Run `command` until it ends or `owner` does; answers its exit code (137 when the owner went)."""
    owner_birth = birth(owner)
    # A new session, so that one signal reaches Terraform, its providers and pip's builds alike.
    last = _end_with_parent if sys.platform == "linux" else None
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=last)

    def forward(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    while True:
        try:
            return process.wait(timeout=CHECK_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            if owner_birth is None or birth(owner) != owner_birth:
                forward(signal.SIGKILL, None)
                process.wait()
                return 128 + signal.SIGKILL
        finally:
            if process.returncode is not None:
                forward(signal.SIGKILL, None)  # a child that the command left behind


def main(arguments: list[str]) -> int:
    """`--owner PID -- COMMAND…`; the default owner is the parent process."""
    owner = os.getppid()
    if arguments[:1] == ["--owner"]:
        owner, arguments = int(arguments[1]), arguments[2:]
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(command, owner)
    except FileNotFoundError:
        print(f"{command[0]} is not on this machine", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
