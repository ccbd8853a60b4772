"""The state folder of a local cloud: where it is, what is written there, and whether what it names still
runs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailroom import paths, tether
from mailroom.errors import MailroomError

DIRECTORY_VARIABLE = "MAILROOM_LOCAL_DIR"
LOG = "log"
STATE = "state.json"
KEEPER = "keeper.json"
ACCEPTED = "accepted"
"""There once `up` has seen the cloud answer: until then the cloud ends with the one who starts it."""


def folder(name: str) -> Path:
    """The state folder of the local cloud of this name; raises MailroomError for a name that is no plain
    word."""
    if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 40:
        raise MailroomError(f"{name!r} is no name for a local cloud: letters, digits, - and _, at most 40.")
    return Path(os.environ.get(DIRECTORY_VARIABLE) or paths.CLONE / ".local").resolve() / name


@dataclass(frozen=True)
class Process:
    """A process that we started, told apart from a later one with the same number."""

    pid: int
    birth: str | None

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has this number now."""
        return cls(pid, tether.birth(pid))

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.birth is not None and tether.birth(self.pid) == self.birth


def write_json(file: Path, document: Any) -> None:
    """Write a file so that a reader sees all of it or nothing; only the owner may read it."""
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(document))
    temporary.replace(file)


def read_json(file: Path) -> dict[str, Any] | None:
    """What `write_json` wrote; None where it did not, or not yet."""
    try:
        document: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return document


@contextlib.contextmanager
def locked(where: Path) -> Iterator[None]:
    """Let one `up` or `down` at a time work below the folder's parent. Ends with the process, too."""
    where.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(where.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_keeper(where: Path, keeper: Process) -> None:
    """Note who keeps the cloud of this folder."""
    write_json(where / KEEPER, asdict(keeper))


def read_keeper(where: Path) -> Process | None:
    """Who keeps the cloud of this folder; None where nobody ever did."""
    document = read_json(where / KEEPER)
    return Process(**document) if document else None


def log_tail(where: Path, lines: int = 15) -> str:
    """The last lines of the cloud's log."""
    try:
        text = (where / LOG).read_text(errors="replace")
    except OSError:
        return "(there is no log)"
    return "\n".join(text.splitlines()[-lines:])


def remove(where: Path) -> None:
    """Delete a state folder, and the folder above it when it was the last one there."""
    shutil.rmtree(where, ignore_errors=True)
    if where.parent.name == ".local":
        with contextlib.suppress(OSError):
            where.parent.rmdir()
