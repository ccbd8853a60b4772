"""A new receipt address, while the old one works for some days more: the change of an environment's file."""

import difflib
import os
import re
import secrets
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailroom import paths
from mailroom.environment import Environment, names
from mailroom.errors import MailroomError
from mailroom.inbound import tfvars

# 20 of 31 characters: 99 bits, which nobody guesses; none that is mistaken for another when it is typed in.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 20
MOST_DAYS = 365
MOST_FORMER = 99
# As terraform/modules/inbound has it (local.address_form): what the apply would refuse is not written.
FORM = re.compile(r"[a-z0-9._+-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True)
class Rotation:
    """A change that is ready to be written: the file's text before and after, and what it means.

    `replaced`: the file's address, where it was never applied and so is not kept as a former one.
    """

    file: Path
    before: str
    after: str
    receipt_address: str
    former: dict[str, str]
    removed: list[str]
    replaced: str = ""

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


def rotation(env: str, to: str, days: int, applied: str = "") -> Rotation:
    """The change of this environment's file to the address `to`, or to a new random one at the same domain.

    The old address works for `days` (0: no longer), counted from today in UTC. `applied` is the address that
    receives now, "" where that is not known: another one in the file was never applied. Raises MailroomError.
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
    old = applied or found.receipt_address
    domain = found.receipt_address.rpartition("@")[2]
    new = _wanted(to, found.receipt_address, before) if to else f"{_random()}@{domain}"
    today = datetime.now(UTC).date()
    former = _former(found, old, new, days, today)
    removed = [name for name, day in found.former.items() if name not in former and day < today.isoformat()]
    after = _formatted(before, tfvars.write(found, new, former))
    replaced = found.receipt_address if found.receipt_address.lower() != old.lower() else ""
    return Rotation(file, before, after, new, former, removed, replaced)


def applied_address(env: str, name: str) -> tuple[str, str]:
    """The receipt address that Terraform has applied; where it cannot be told, "" and why."""
    try:
        return str(Environment.load(env, name).output("receipt_address")), ""
    except MailroomError as problem:
        return "", problem.message.partition("\n")[0]


def former_addresses(env: str) -> dict[str, str]:
    """The former receipt addresses in the file, each with its last day; {} where it is not understood."""
    file = paths.ENVIRONMENTS / f"{env}.tfvars"
    try:
        return dict(tfvars.read(file.name, _text(file)).former)
    except (OSError, MailroomError):
        return {}


def _former(found: tfvars.Addresses, old: str, new: str, days: int, today: date) -> dict[str, str]:
    """Those whose day is not over, without the new address, and with the old one: its later day holds."""
    working = {name: day for name, day in found.former.items() if day >= today.isoformat()}
    former = {name: day for name, day in working.items() if name.lower() not in (new.lower(), old.lower())}
    if days and old.lower() != new.lower():
        known = next((name for name in working if name.lower() == old.lower()), old)
        former[known] = max((today + timedelta(days=days)).isoformat(), working.get(known, ""))
    if len(former) > MOST_FORMER:
        raise MailroomError(
            f"There would be {len(former)} former addresses; Terraform takes {MOST_FORMER}.",
            "take lines out of former_receipt_addresses",
        )
    return former


def _wanted(to: str, old: str, text: str) -> str:
    """The address that the operator chose, in lower case. Raises MailroomError where Terraform would."""
    from lambda_src.shared.addresses import is_address

    address = to.lower()
    if not is_address(to):
        raise MailroomError(f"--to {to}: this is no e-mail address.")
    if not FORM.fullmatch(address):
        raise MailroomError(
            f"--to {to}: Terraform takes letters, digits and . _ + - before the @, and a domain that ends in"
            " letters or digits."
        )
    if address == old.lower():
        raise MailroomError(f"--to {to}: this is the receipt address already.")
    sending, inbound = tfvars.texts(text, "sending"), tfvars.texts(text, "inbound")
    block = sending or inbound
    domain, base = address.rpartition("@")[2], block.get("domain", "").lower()
    here = old.lower().rpartition("@")[2]
    if domain != here and not (base and f".{domain}".endswith(f".{base}")):
        allowed = f"{here}, or at {base} or below it" if base else here
        raise MailroomError(
            f"--to {to}: SES receives only for domains that it knows; allowed is one at {allowed}."
        )
    sender = block.get("sender_address") or (f"mailroom@{base}" if base else "")
    if sender and _unlabelled(address) == _unlabelled(sender):
        raise MailroomError(
            f"--to {to}: this is the sender's address (what follows a + does not count): mail that is sent"
            " would be received again."
        )
    return address


def _unlabelled(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


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
