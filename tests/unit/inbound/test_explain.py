"""`mailroom inbound explain`: the answers in the form that programs rely on."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lambda_src.inbound.message import Keep
from mailroom.inbound import app
from mailroom.inbound.explain import DEFAULTS, explain_file

FIELDS = [
    "file",
    "outcome",
    "reason",
    "subject",
    "from",
    "recipients",
    "invalid_recipients",
    "text",
    "html",
    "attachments",
    "defects",
]
VIRUS = b"X-SES-Spam-Verdict: PASS\nX-SES-Virus-Verdict: FAIL\n"


def explain(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["explain", "--json", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def files(tmp_path: Path, report: bytes) -> dict[str, str]:
    """Files as an operator has them."""
    html = b"Content-Type: text/html\n\n<p>:Email_Rxers_Code:a@x.example,bad:Email_Rxers_Code:</p>"
    contents = {
        "good": report,
        "virus": VIRUS + report,
        "html": html,
        "empty": b"",
        "noise": bytes(range(256)) * 9,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in [*contents, "missing"]} | {"folder": str(tmp_path)}


def test_a_good_mail(files: dict[str, str]) -> None:
    """Every field is there, with the bodies as they would be sent on and the attachments as decoded."""
    code, [answer] = explain(files["good"], "--now", "2026-11-24T12:00:00")
    assert code == 0
    assert list(answer) == FIELDS
    assert (answer["outcome"], answer["reason"]) == ("send", None)
    assert (answer["subject"], answer["from"]) == ("Report", "Pump 7 <pump7@sensors.example>")
    assert answer["recipients"] == ["ann@a.example", "bob@b.example"]
    assert answer["text"].count("{link}") == 2
    assert "26 November 2026, 00:00 UTC" in answer["text"]
    assert answer["html"] is None
    assert answer["attachments"][0] == {
        "name": "a.bin",
        "content_type": "application/octet-stream",
        "size": 4,
        "sha256": hashlib.sha256(b"\0\1\2\3").hexdigest(),
        "inline": False,
    }


def test_verdicts_are_believed_only_when_asked(files: dict[str, str]) -> None:
    """A file's verdict headers count only with --trust-verdicts; the other fields are filled all the same."""
    assert explain(files["virus"])[1][0]["outcome"] == "send"
    code, [answer] = explain(files["virus"], "--trust-verdicts")
    assert (code, answer["outcome"], answer["reason"]) == (0, "notice", "A virus was found in the mail.")
    assert len(answer["recipients"]) == len(answer["attachments"]) == 2


def test_one_line_each_and_rejected_last(files: dict[str, str]) -> None:
    """Each file has one line in its place; what cannot be read is rejected with a reason, and the exit code is 1."""
    names = ["html", "missing", "empty", "folder", "noise"]
    code, answers = explain(*(files[name] for name in names))
    assert code == 1
    assert [answer["file"] for answer in answers] == [files[name] for name in names]
    assert [answer["outcome"] for answer in answers] == ["send", "rejected", "rejected", "rejected", "notice"]
    assert all(list(answer) == FIELDS and answer["reason"] for answer in answers[1:])
    assert answers[0]["invalid_recipients"] == ["bad"]
    assert answers[0]["html"] == "<p></p>"


SIGNED = (
    b"Content-Type: multipart/signed; boundary=B\n\n--B\n\nHi :Email_Rxers_Code:a@x.example:Email_Rxers_Code:\n--B\n"
    b"Content-Type: image/png\nContent-ID: <p@x>\n\nx\n--B\nContent-Type: application/pgp-signature\n\nx\n--B--\n"
)


def test_kept_files_and_signatures(tmp_path: Path) -> None:
    """Files that stay in the mail are listed with the others, but have no link; a signature is spoken of."""
    (tmp_path / "signed").write_bytes(SIGNED)
    answer = explain(str(tmp_path / "signed"))[1][0]
    assert [(file["content_type"], file["inline"]) for file in answer["attachments"]] == [
        ("image/png", True),
        ("application/pgp-signature", False),
    ]
    assert answer["text"].count("{link}") == 1
    assert "The original of this mail was signed." in answer["text"]


def test_settings_of_an_environment(tmp_path: Path) -> None:
    """Who may not get mail by the rules is named as invalid; where To shows all, the signed whole has a link."""
    (tmp_path / "signed").write_bytes(SIGNED)
    rules = replace(DEFAULTS.rules, allowed_domains=("y.example",), keep=Keep(images_below=0))
    settings = replace(DEFAULTS, rules=rules, show_all_recipients=True)
    answer = explain_file(tmp_path / "signed", settings, 0)
    assert (answer["recipients"], answer["invalid_recipients"]) == ([], ["a@x.example"])
    assert answer["outcome"] == "notice"
    assert answer["text"].count("{link}") == 3


def test_in_words(files: dict[str, str]) -> None:
    """Without --json a person reads outcome, reason, who gets it, and what would be taken out."""
    result = CliRunner().invoke(app, ["explain", files["good"], files["missing"]])
    assert result.exit_code == 1
    for words in (
        "good: send",
        "to:         ann@a.example",
        "a.bin (4 bytes",
        "missing: rejected (the file cannot be",
    ):
        assert words in result.stdout


def test_no_cloud_is_needed(files: dict[str, str]) -> None:
    """Explaining imports nothing of AWS's."""
    program = (
        "import sys; from typer.testing import CliRunner; from mailroom.inbound import app;"
        f"CliRunner().invoke(app, ['explain', {files['good']!r}]);"
        "print([name for name in sys.modules if name.startswith(('boto', 'moto'))])"
    )
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(path)},
        check=True,
    )
    assert done.stdout.strip() == "[]"
