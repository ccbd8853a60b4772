"""A DKIM key of one's own: only one that SES takes, that DNS shows, and whose private half nobody sees."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from typer.testing import CliRunner

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.sending import app
from mailroom.sending.byodkim import Key, read_key, selector_of
from mailroom.sending.records import Record

RSA_2048 = rsa.generate_private_key(65537, 2048)


def pem(key: Any, password: bytes | None = None) -> bytes:
    """A private key as openssl writes it."""
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "dkim.pem"
    file.write_bytes(pem(RSA_2048))
    return file


@pytest.fixture(scope="module")
def key(file: Path) -> Key:
    return read_key(file)


def shown(key: str, selector: str = "own", domain: str = "mail.example.com") -> Record:
    return Record(f"{selector}._domainkey.{domain}", "TXT", 60, f"v=DKIM1; k=rsa; p={key}", "why", True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on the PATH")
def test_the_two_halves_are_the_files(file: Path, key: Key) -> None:
    """openssl, reading each by itself, finds the same modulus."""

    def modulus(kind: str, half: str, *arguments: str) -> bytes:
        pem = f"-----BEGIN {kind}-----\n{half}\n-----END {kind}-----\n".encode()
        command = ["openssl", "rsa", "-noout", "-modulus", *arguments]
        return subprocess.run(command, input=pem, check=True, capture_output=True).stdout

    of_file = subprocess.run(
        ["openssl", "rsa", "-noout", "-modulus", "-in", str(file)], check=True, capture_output=True
    ).stdout
    assert modulus("PUBLIC KEY", key.public, "-pubin") == of_file
    assert modulus("RSA PRIVATE KEY", key.private) == of_file  # PKCS #1, as SES takes it


def test_a_key_is_never_printed(key: Key) -> None:
    """In a traceback or a log line there is the public half alone."""
    assert key.private not in f"{key} {key!r} {[key]}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (lambda: pem(rsa.generate_private_key(65537, 4096)), "1024 to 2048 bits"),
        (lambda: pem(ed25519.Ed25519PrivateKey.generate()), "1024 to 2048 bits"),
        (lambda: pem(RSA_2048, b"secret"), "without a password"),
        (lambda: b"no key", "no private key in PEM form"),
    ],
)
def test_a_key_that_ses_refuses_is_refused(tmp_path: Path, text: Any, says: str) -> None:
    """With the command that makes a good one."""
    (tmp_path / "key.pem").write_bytes(text())
    with pytest.raises(MailroomError, match=says) as refused:
        read_key(tmp_path / "key.pem")
    assert refused.value.hint.startswith("openssl genrsa")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailroomError, match="cannot be read"):
        read_key(tmp_path / "none.pem")


def test_the_selector_is_where_dns_shows_the_key(key: Key) -> None:
    """Of several domains' keys the one of this domain."""
    records = [shown("Other", domain="example.net"), shown(key.public, "own-2026")]
    assert selector_of("mail.example.com", key, records, "dev.tfvars") == "own-2026"


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([shown("Another")], "another public key"),
        ([], "names no key of its own"),
        ([Record("t._domainkey.mail.example.com", "CNAME", 60, "t.dkim.amazonses.com", "why", True)],
         "names no key of its own"),
    ],
)  # fmt: skip
def test_a_key_that_dns_does_not_show_is_refused_with_the_line(
    key: Key, records: list[Record], says: str
) -> None:
    """Mail signed with it would fail at every receiver."""
    with pytest.raises(MailroomError, match=says) as refused:
        selector_of("mail.example.com", key, records, "dev.tfvars")
    assert f'public_key = "{key.public}"' in refused.value.message
    assert key.private not in refused.value.message


class FakeSes:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def put_email_identity_dkim_signing_attributes(self, **given: Any) -> dict[str, Any]:
        self.given.append(given)
        return {"DkimStatus": "PENDING"}


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_command_hands_the_private_key_to_ses_and_to_nobody_else(
    file: Path, key: Key, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    """SES gets it as its API wants it; the screen does not; a dry run sends nothing."""
    ses = FakeSes()
    record = vars(shown(key.public))
    environment = SimpleNamespace(output=lambda _: [record], client=lambda _: ses)
    monkeypatch.setattr(Environment, "load", classmethod(lambda *_: environment))
    arguments = ["byodkim", "mail.example.com", "--key-file", str(file), "--env", "dev"]
    told = CliRunner().invoke(app, arguments + ["--dry-run"] * dry_run)
    assert told.exit_code == 0, told.output
    assert key.private not in told.output
    wanted = {
        "EmailIdentity": "mail.example.com",
        "SigningAttributesOrigin": "EXTERNAL",
        "SigningAttributes": {"DomainSigningSelector": "own", "DomainSigningPrivateKey": key.private},
    }
    assert ses.given == ([] if dry_run else [wanted])
