"""`mailroom inbound rotate-address`: the environment's file changed in place."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom import paths
from mailroom.errors import MailroomError
from mailroom.inbound import app, rotate, tfvars

SHIPPED = sorted(file.stem for file in paths.ENVIRONMENTS.glob("*.tfvars"))

FILE = """\
# receipt_address = "no@comment.example" {
other = { receipt_address = "no@other.example" }

inbound = {
  receipt_address = "old@in.example.com" # keep it secret
  notice_emails   = []                   # "{" who is told

  queue = {
    maximum_receives = 3 // }
  }
}
"""
FORMER = """\
inbound = {
  receipt_address = "old@in.example.com"

  former_receipt_addresses = {
    # the pumps
    "a@in.example.com" = "2026-11-30" # ask Ann
    "b@in.example.com" = "2026-11-23"
  }
}
"""


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environments folder with dev.tfvars."""
    monkeypatch.setattr(paths, "ENVIRONMENTS", tmp_path)
    (tmp_path / "dev.tfvars").write_text(FILE)
    return tmp_path / "dev.tfvars"


def invoke(*arguments: str, answer: str = "") -> Any:
    return CliRunner().invoke(app, ["rotate-address", "--env", "dev", *arguments], input=answer)


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
    assert "b@in.example.com" not in after


def test_back_to_a_former_one(place: Path) -> None:
    """A former address can be taken again: then it is no former one any more."""
    place.write_text(FORMER.replace("2026-11-30", day(3)))
    change = rotate.rotation("dev", "A@in.example.com", 0)
    assert (change.receipt_address, change.former) == ("a@in.example.com", {})


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


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("sending = {}\n", 1, "no block"),
        ("inbound = null\n", 1, "members on lines of their own"),
        ('inbound = { receipt_address = "a@b.example" }\n', 1, "members on lines of their own"),
        ("inbound = {\n  marker = 1\n}\n", 1, "no line `receipt_address"),
        ("inbound = {\n  receipt_address = var.x\n}\n", 2, "no plain text"),
        ('inbound = {\n  receipt_address = "a@${x}"\n}\n', 2, "no plain text"),
        ('inbound = {\n  receipt_address = "a@b.example"\n  receipt_address = "c@d.example"\n}\n', 3, "set twice"),
        ('inbound = {\n  receipt_address = "a@b.example"\n', 1, "that ends"),
        ("inbound = {\n  /* x */\n}\n", 2, "not understood"),
        ("a = <<EOT\nEOT\n", 1, "not understood"),
        (FORMER.replace('"2026-11-23"', "local.day"), 7, "not of the form"),
        (FORMER.replace('"2026-11-23"', '"soon"'), 7, "not of the form"),
        (FORMER.replace("former_receipt_addresses = {", "former_receipt_addresses = merge("), 4, "is no map"),
        (
            FILE.replace("  queue = {", '  former_receipt_addresses = { "a@b.example" = "2026-01-01" }\n\n  queue = {'),
            8,
            "on a line of its own",
        ),
    ],
)  # fmt: skip
def test_forms_that_are_not_understood(text: str, line: int, what: str) -> None:
    """A form that cannot be changed safely is refused with file, line and what is wrong."""
    with pytest.raises(MailroomError, match=what) as caught:
        tfvars.read("dev.tfvars", text)
    assert caught.value.message.startswith(f"dev.tfvars:{line}: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "nonsense"], "no e-mail address"),
        (["--to", "OLD@in.example.com"], "the receipt address already"),
        (["--days", "-1"], "allowed are 0"),
        (["--days", "366"], "to 365"),
        (["--env", "nowhere"], "no environment 'nowhere'"),
    ],
)
def test_refused_arguments(place: Path, arguments: list[str], words: str) -> None:
    """A wrong address, span or environment is refused in words, and the file stays as it is."""
    result = invoke(*arguments, "--yes")
    assert isinstance(result.exception, MailroomError)
    assert words in result.exception.message
    assert place.read_text() == FILE
