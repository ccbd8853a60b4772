"""`mailroom inbound rotate-address`: the environment's file changed in place."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mailroom import paths
from mailroom.errors import MailroomError
from mailroom.inbound import rotate, tfvars
from tests.unit.inbound.commands.files import FILE, FORMER, day, invoke

SHIPPED = sorted(file.stem for file in paths.ENVIRONMENTS.glob("*.tfvars"))


def test_the_old_one_stays_for_the_overlap(place: Path) -> None:
    """The file names the new address and, until the last day, the old one; every other line is as it was."""
    assert invoke("--to", "new@in.example.com", "--days", "7", "--yes").exit_code == 0
    found = tfvars.read("dev.tfvars", place.read_text())
    assert found.receipt_address == "new@in.example.com"
    assert found.former == {"old@in.example.com": day(7)}
    before, after = FILE.splitlines(), place.read_text().splitlines()
    changed = [line for line in before if line not in after]
    assert changed == ['  receipt_address = "old@in.example.com" # keep it secret']


@pytest.mark.parametrize("env", SHIPPED)
def test_every_shipped_file(env: str) -> None:
    """Each environment's file as it ships is understood, and stays as `terraform fmt` wants it."""
    change = rotate.rotation(env, "", 14)
    found = tfvars.read("x", change.before)
    assert change.former == {found.receipt_address: day(14)}
    assert change.receipt_address.partition("@")[2] == found.receipt_address.partition("@")[2]
    if (paths.TOOLS / "terraform").exists():
        command = [paths.TOOLS / "terraform", "fmt", "-check", "-"]
        assert subprocess.run(command, input=change.after, text=True, capture_output=True).returncode == 0


def test_a_random_address_cannot_be_guessed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --to each run makes another local part of 20 letters and digits, at the same domain."""
    monkeypatch.setattr(rotate, "_fmt", lambda text: text)
    made = {rotate.rotation("dev", "", 14).receipt_address for _ in range(50)}
    assert len(made) == 50
    for address in made:
        local, _, domain = address.partition("@")
        assert domain == "in.example.com"
        assert len(local) == 20
        assert set(local) <= set(rotate.ALPHABET)


def test_former_ones_go_when_their_day_is_over(place: Path) -> None:
    """An entry whose day is over is removed and said; the others keep their lines and comments."""
    text = FORMER.replace("2026-11-30", day(0)).replace("2026-11-23", day(-1))
    place.write_text(text)
    result = invoke("--yes")
    after = place.read_text()
    assert "its days are over: b@in.example.com" in result.stdout
    assert "    # the pumps\n" in after
    assert f'= "{day(0)}" # ask Ann\n' in after
    assert f'    "old@in.example.com" = "{day(14)}"\n' in after
    assert '"b@in.example.com"' not in after


def test_back_to_a_former_one(place: Path) -> None:
    """A former address can be taken again: then it is no former one any more."""
    place.write_text(FORMER.replace("2026-11-30", day(3)))
    change = rotate.rotation("dev", "A@in.example.com", 0)
    assert (change.receipt_address, change.former) == ("a@in.example.com", {})


def test_what_was_never_applied_is_replaced(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said thrice before the apply, the applied address alone is kept, as if the file had been changed once."""
    monkeypatch.setattr(rotate, "applied_address", lambda env, name: ("old@in.example.com", ""))
    assert "never applied" not in invoke("--days", "30", "--yes").stdout
    for days, kept in ((14, day(30)), (40, day(40))):
        before = tfvars.read("f", place.read_text()).receipt_address
        assert f"{before} was never applied: it is replaced" in invoke("--days", str(days), "--yes").stdout
        found = tfvars.read("f", place.read_text())
        assert found.former == {"old@in.example.com": kept}
        assert found.receipt_address != before
    told = json.loads(invoke("--days", "0", "--yes", "--json").stdout)
    assert (told["former"], told["replaced"], told["compared"]) == ({}, found.receipt_address, True)
    assert invoke("--to", "old@in.example.com", "--yes").exit_code == 0
    assert tfvars.read("f", place.read_text()).former == {}


def test_what_cannot_be_compared(place: Path) -> None:
    """Where the environment cannot be reached the file's address is kept as a former one, and why is said."""
    assert "could not be compared with what is applied" in invoke("--yes").stdout
    assert tfvars.read("f", place.read_text()).former == {"old@in.example.com": day(14)}
    assert json.loads(invoke("--yes", "--json").stdout)["compared"] is False


def test_what_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The applied address is Terraform's output; where there is none, the reason is one line."""
    loaded = SimpleNamespace(output=lambda name: "a@in.example.com")
    monkeypatch.setattr("mailroom.environment.Environment.load", lambda *_: loaded)
    assert rotate.applied_address("dev", "default") == ("a@in.example.com", "")

    def fail(*_: Any) -> None:
        raise MailroomError("terraform init failed (1).\nmany words")

    monkeypatch.setattr("mailroom.environment.Environment.load", fail)
    assert rotate.applied_address("dev", "default") == ("", "terraform init failed (1).")


def test_at_once(place: Path) -> None:
    """--days 0 ends the current address, and names the former ones that are still taken, with how to end them."""
    place.write_text(FORMER.replace("2026-11-30", day(3)).replace("2026-11-23", day(-1)))
    said = invoke("--days", "0", "--yes").stdout
    assert f"Still taken until {day(3)}: a@in.example.com (take its line out of" in said
    assert "Still taken until" not in invoke("--days", "1", "--yes").stdout


def test_the_form_is_terraforms() -> None:
    """An address is held against the very pattern of the Terraform module."""
    code = (paths.TERRAFORM / "modules/inbound/main.tf").read_text()
    assert f'address_form = "^{rotate.FORM.pattern}$"'.replace("\\", "\\\\") in code


@pytest.mark.parametrize(
    "old",
    [
        "former_receipt_addresses = {}",
        "former_receipt_addresses = {} # none yet",
        "former_receipt_addresses = {\n  }",
    ],
)
def test_an_empty_map(old: str) -> None:
    """An empty map, on a line or two, is filled in place; its comment stays."""
    text = FILE.replace("  queue = {", f"  {old}\n\n  queue = {{")
    after = tfvars.write(tfvars.read("f", text), "new@in.example.com", {"old@in.example.com": "2026-12-08"})
    assert tfvars.read("f", after).former == {"old@in.example.com": "2026-12-08"}
    assert after.count("former_receipt_addresses") == 1
    assert ("# none yet" in after) == ("# none yet" in old)


def test_asks_before_it_writes(place: Path) -> None:
    """The change is shown; without a yes, with --dry-run, and with --json alone the file stays as it is."""
    for arguments, answer in (((), ""), ((), "n\n"), (("--dry-run", "--yes"), ""), (("--json",), "")):
        result = invoke(*arguments, answer=answer)
        assert "old@in.example.com" in result.stdout
        assert place.read_text() == FILE
    shown = invoke(answer="y\n").stdout
    address = tfvars.read("f", place.read_text()).receipt_address
    assert f'+  receipt_address = "{address}"' in shown
    assert "next: make apply ENV=dev" in shown


def test_for_programs(place: Path) -> None:
    """--json --yes writes, and says what the file says now."""
    done = json.loads(invoke("--json", "--yes").stdout)
    assert done["changed"] is True
    assert done["receipt_address"] == tfvars.read("f", place.read_text()).receipt_address


def test_written_in_one_step(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new file cannot take the old one's place, the old one is whole and nothing lies beside it."""
    place.chmod(0o640)

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        rotate.rotation("dev", "", 14).write()
    assert (place.read_text(), [*place.parent.iterdir()]) == (FILE, [place])
    monkeypatch.undo()


def test_the_mode_stays(place: Path) -> None:
    """The file keeps its access rights."""
    place.chmod(0o640)
    rotate.rotation("dev", "", 14).write()
    assert place.stat().st_mode & 0o777 == 0o640


def test_changed_meanwhile(place: Path) -> None:
    """A file that somebody changed after it was read is not overwritten."""
    change = rotate.rotation("dev", "", 14)
    place.write_text(FILE + "\n")
    with pytest.raises(MailroomError, match="changed meanwhile"):
        change.write()
    assert place.read_text() == FILE + "\n"
