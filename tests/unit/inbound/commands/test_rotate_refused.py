"""`mailroom inbound rotate-address`: what is refused, with the file left as it is."""

from pathlib import Path

import pytest

from mailroom.errors import MailroomError
from mailroom.inbound import tfvars
from tests.unit.inbound.commands.files import FILE, FORMER, day, invoke

SENDING = """\
sending = {
  domain = "example.com" # not "other.example"
  dmarc  = { sender_address = "no@example.com" }
}
"""


@pytest.mark.parametrize(
    ("more", "to", "words"),
    [
        (SENDING, "mailroom@example.com", "the sender's address"),
        (SENDING, "Mailroom+x@example.com", "the sender's address"),
        ('sending = { sender_address = "s@in.example.com", domain = "example.com" }\n', "s@in.example.com", "the sender's"),
        (SENDING, "a@other.example", "at in.example.com, or at example.com or below it"),
        (SENDING, "a@notexample.com", "allowed is one at"),
        (SENDING, "no@example.com", ""),
        (SENDING, "a@b.example.com", ""),
        ("sending = null\n", "a@b.in.example.com", "allowed is one at in.example.com."),
        ("sending = null\n", "a@in.example.com", ""),
        ("", "o'hara@in.example.com", "Terraform takes letters"),
        ("", "a@in.example.c0m-", "no e-mail address"),
    ],
)  # fmt: skip
def test_what_the_apply_would_refuse(place: Path, more: str, to: str, words: str) -> None:
    """The sender's address, another domain and a form that Terraform refuses are refused before the file is written."""
    place.write_text(FILE + more)
    result = invoke("--to", to, "--yes")
    if not words:
        assert tfvars.read("f", place.read_text()).receipt_address == to
        return
    assert isinstance(result.exception, MailroomError)
    assert words in result.exception.message
    assert place.read_text() == FILE + more


def test_the_sender_of_a_domain_that_was_there(place: Path) -> None:
    """Without sending, the block inbound names the domain and the sender."""
    place.write_text(FILE.replace("  queue = {", '  domain = "example.com"\n\n  queue = {'))
    assert "the sender's" in str(invoke("--to", "mailroom@example.com", "--yes").exception)
    assert invoke("--to", "a@below.example.com", "--yes").exit_code == 0


def test_too_many_former_ones(place: Path) -> None:
    """Terraform takes 99 former addresses; one more is refused."""
    lines = "".join(f'    "a{number}@in.example.com" = "{day(3)}"\n' for number in range(98))
    text = FORMER.replace('    "b@in.example.com" = "2026-11-23"\n', lines)
    place.write_text(text)
    assert "There would be 100 former addresses" in invoke("--yes").exception.message
    assert place.read_text() == text


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
