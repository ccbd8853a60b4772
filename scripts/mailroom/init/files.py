"""Which files of an environment `init` may write: those that nobody has filled in."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from mailroom import paths
from mailroom.backend import OVERRIDE
from mailroom.errors import MailroomError
from mailroom.init import texts
from mailroom.init.answers import Answers

PLACEHOLDER = "FILL IN"


def values_file(env: str) -> Path:
    """<env>.tfvars."""
    return paths.ENVIRONMENTS / f"{env}.tfvars"


def state_file(env: str, *, trial: bool) -> Path:
    """The file that says where the state is."""
    return paths.ENVIRONMENTS / f"{env}.{'local' if trial else 's3'}.tfbackend"


def override_file() -> Path:
    """What makes Terraform keep state in local files."""
    return paths.ENVIRONMENTS.parent / OVERRIDE


def free(file: Path) -> bool:
    """Whether `init` may write this file: it is not there, or it is as committed and still says FILL IN.

    Raises MailroomError for one that is half filled in: nobody's work is overwritten.
    """
    if not file.exists():
        return True
    if PLACEHOLDER not in file.read_text():
        return False
    if _begun(file):
        raise MailroomError(
            f"{file.name} was changed and still says {PLACEHOLDER}: somebody has begun to fill it in.",
            f"finish it by hand, or give the changes up: git checkout {file.name} (in {shown(file.parent)})",
        )
    return True


def wanted(answers: Answers) -> dict[Path, str]:
    """The files that are still free, with what they will say."""
    env, trial = answers.environment, answers.trial
    state = texts.state_in_a_file(answers) if trial else texts.state_in_s3(answers)
    files = {values_file(env): texts.values(answers), state_file(env, trial=trial): state}
    chosen = {file: text for file, text in files.items() if free(file)}
    if trial and not override_file().exists():
        chosen[override_file()] = texts.OVERRIDE
    return chosen


def write(files: dict[Path, str]) -> None:
    """Write each in one step: a reader sees the old file or the new one. Raises MailroomError."""
    for file, text in files.items():
        beside = file.with_name(f".{file.name}.new")
        try:
            beside.write_text(text)
            os.replace(beside, file)
        except OSError as problem:
            raise MailroomError(
                f"{shown(file)} cannot be written: {problem.strerror}. Once it can, the same command goes on "
                "from there.",
                f"ls -ld {shown(file.parent)}",
            ) from problem
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def shown(file: Path) -> str:
    """A file's name from the clone's root."""
    return str(file.relative_to(paths.CLONE) if file.is_relative_to(paths.CLONE) else file)


def _begun(file: Path) -> bool:
    """Whether git knows the file and it differs from what is committed."""
    asked = ["git", "status", "--porcelain", "--", file.name]
    try:
        done = subprocess.run(asked, cwd=file.parent, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout[:2].strip(" ") in ("M", "MM", "AM")
