"""A tethered command ends with its owner."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from mailroom import tether

SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']); print('up', flush=True); time.sleep(99)"


def in_group(group: int) -> int:
    """How many processes of this group live."""
    stats = [path / "stat" for path in Path("/proc").iterdir() if path.name.isdigit()]
    fields = [stat.read_text().rpartition(")")[2].split() for stat in stats if stat.exists()]
    return sum(int(field[2]) == group and field[0] not in "ZX" for field in fields)


def test_the_exit_code_is_the_commands() -> None:
    """The tether answers with the exit code of what it ran."""
    command = [sys.executable, tether.__file__, "--", sys.executable, "-c", "raise SystemExit(7)"]
    assert subprocess.run(command, check=False).returncode == 7


def test_a_missing_command_is_named() -> None:
    """A command that is not on the machine is named, with the shell's exit code for it."""
    done = subprocess.run(
        [sys.executable, tether.__file__, "--", "no-such-command"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (127, "no-such-command is not on this machine")


def test_the_whole_group_goes_when_the_owner_is_killed() -> None:
    """kill -9 of the owner takes the command and its children along within ten seconds."""
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"])
    command = [
        sys.executable,
        tether.__file__,
        "--owner",
        str(owner.pid),
        "--",
        sys.executable,
        "-c",
        SLEEPER,
    ]
    tethered = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert tethered.stdout is not None
    tethered.stdout.readline()
    group = next(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == tethered.pid)
    assert in_group(group) == 2
    owner.kill()
    owner.wait()
    assert tethered.wait(timeout=10) == 128 + signal.SIGKILL
    tethered.stdout.close()
    deadline = time.monotonic() + 5
    while in_group(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert in_group(group) == 0


def test_it_kills_at_once_when_told(tmp_path: Path) -> None:
    """KILL_NOW takes a command that does not listen to SIGTERM, and its children."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"
    tethered = subprocess.Popen(
        [sys.executable, tether.__file__, "--", sys.executable, "-c", deaf], stdout=subprocess.PIPE
    )
    assert tethered.stdout is not None
    tethered.stdout.readline()
    tethered.terminate()
    time.sleep(1)
    assert tethered.poll() is None
    tethered.send_signal(tether.KILL_NOW)
    assert tethered.wait(timeout=5) == 128 + signal.SIGKILL
    tethered.stdout.close()


def test_a_tether_inside_a_tether_ends_its_own_group(tmp_path: Path) -> None:
    """kill -9 of a tethered command takes what it tethered itself along: Terraform, and Terraform's provider."""
    inside = [sys.executable, tether.__file__, "--", sys.executable, "-c", SLEEPER, str(tmp_path)]
    command = f"import subprocess, time; subprocess.Popen({inside!r}); time.sleep(99)"
    outer = [
        sys.executable,
        tether.__file__,
        "--owner",
        str(os.getpid()),
        "--",
        sys.executable,
        "-c",
        command,
    ]
    tethered = subprocess.Popen(outer, stdout=subprocess.PIPE)
    assert tethered.stdout is not None
    tethered.stdout.readline()
    commanded = next(
        int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == tethered.pid
    )
    inner = next(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == commanded)
    group = next(int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == inner)
    assert in_group(group) == 2
    os.kill(commanded, signal.SIGKILL)
    assert tethered.wait(timeout=10) == 128 + signal.SIGKILL
    tethered.stdout.close()
    assert in_group(group) == 0


def test_a_reused_number_is_no_owner() -> None:
    """What tells a process from a later one with its number is None for one that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    assert tether.birth(process.pid) is not None
    process.wait()
    assert tether.birth(process.pid) is None


def _parent(pid: str) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1
