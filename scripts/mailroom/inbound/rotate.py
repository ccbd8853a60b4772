"""A new receipt address, while the old one works for some days more: the change of an environment's file."""

import difflib
import os
import secrets
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailroom import paths
from mailroom.environment import names
from mailroom.errors import MailroomError
from mailroom.inbound import tfvars

# 20 of 31 characters: 99 bits, which nobody guesses; none that is mistaken for another when it is typed in.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 20
MOST_DAYS = 365


@dataclass(frozen=True)
class Rotation:
    """A change that is ready to be written: the file's text before and after, and what it means."""

    file: Path
    before: str
    after: str
    receipt_address: str
    former: dict[str, str]
    removed: list[str]

    def diff(self) -> str:
        """The change as `diff -u` shows it."""
        name = self.file.relative_to(paths.CLONE) if self.file.is_relative_to(paths.CLONE) else self.file
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True), str(name), str(name)
        )
        return "".join(lines)

    def write(self) -> None:
        """Replace the file in one step. Raises MailroomError where it has changed since it was read."""
        if _text(self.file) != self.before:
            raise MailroomError(
                f"{self.file.name} was changed meanwhile: nothing is written.", "run it again"
            )
        beside = self.file.with_name(f".{self.file.name}.new")
        try:
            beside.write_bytes(self.after.encode())
            beside.chmod(self.file.stat().st_mode & 0o777)
            os.replace(beside, self.file)
        finally:
            beside.unlink(missing_ok=True)


def rotation(env: str, to: str, days: int) -> Rotation:
    """The change of this environment's file to the address `to`, or to a new random one at the same domain.

    The old address works for `days` (0: no longer), counted from today in UTC. Raises MailroomError.
    """
    if env not in names():
        raise MailroomError(
            f"There is no environment {env!r}: terraform/environments/ holds {', '.join(names())}."
        )
    if not 0 <= days <= MOST_DAYS:
        raise MailroomError(f"--days {days}: allowed are 0 (the old address ends at once) to {MOST_DAYS}.")
    file = paths.ENVIRONMENTS / f"{env}.tfvars"
    before = _text(file)
    found = tfvars.read(file.name, before)
    domain = found.receipt_address.rpartition("@")[2]
    new = _wanted(to, found.receipt_address) if to else f"{_random()}@{domain}"
    today = datetime.now(UTC).date()
    former = _former(found, new, days, today)
    removed = [name for name in found.former if name not in former and name != new]
    after = _formatted(before, tfvars.write(found, new, former))
    return Rotation(file, before, after, new, former, removed)


def former_addresses(env: str) -> dict[str, str]:
    """The former receipt addresses in the file, each with its last day; {} where it is not understood."""
    file = paths.ENVIRONMENTS / f"{env}.tfvars"
    try:
        return dict(tfvars.read(file.name, _text(file)).former)
    except (OSError, MailroomError):
        return {}


def _former(found: tfvars.Addresses, new: str, days: int, today: date) -> dict[str, str]:
    """Those whose day is not over, without the new address, and with the old one."""
    former = {
        name: day
        for name, day in found.former.items()
        if day >= today.isoformat() and name.lower() != new.lower()
    }
    if days:
        former[found.receipt_address] = (today + timedelta(days=days)).isoformat()
    return former


def _wanted(to: str, old: str) -> str:
    """The address that the operator chose. Whether its domain will do is said by Terraform at the plan."""
    from lambda_src.shared.addresses import is_address

    if not is_address(to):
        raise MailroomError(f"--to {to}: this is no e-mail address.")
    if to.lower() == old.lower():
        raise MailroomError(f"--to {to}: this is the receipt address already.")
    return to.lower()


def _text(file: Path) -> str:
    """The file as it is, its line ends too."""
    return file.read_bytes().decode()


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _formatted(before: str, after: str) -> str:
    """As `terraform fmt` has it, where the file was so before: comments behind values stay in line."""
    if _fmt(before) != before:
        return after
    return _fmt(after) or after


def _fmt(text: str) -> str:
    binary = paths.TOOLS / "terraform"
    if not binary.exists():
        return ""
    done = subprocess.run([binary, "fmt", "-"], input=text, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
