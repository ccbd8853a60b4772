"""What a workflow gets back from a plan."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.pipeline import applying, commands, planning
from mailroom.pipeline.kept import Basis, Kept
from mailroom.pipeline.summary import Change, Summary, read

PLANNED = Summary(
    "dev", "c" * 40, True, (Change("a.b", "create"),), plan="0123456789abcdef", serial=3, text="+ a.b"
)


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Environment]:
    """The environments that a command was given."""
    given: list[Environment] = []

    def load(name: str, local_name: str = "default") -> Environment:
        given.append(Environment(name, tmp_path, {"AWS_REGION": "eu-west-1"}))
        return given[-1]

    monkeypatch.setattr(Environment, "load", load)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    return given


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands.app, list(arguments))


@pytest.mark.parametrize(
    ("command", "function"), [("preview", "preview"), ("plan", "plan"), ("drift", "look_for_drift")]
)
def test_a_plan_is_printed_kept_in_a_file_and_told(
    command: str, function: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The log has the plan, the job's summary and outputs say what it is, the folder has what others may see."""
    seen: list[Environment] = []
    monkeypatch.setattr(planning, function, lambda environment: seen.append(environment) or PLANNED)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    done = run(command, "--env", "dev", "--into", str(tmp_path / "plans"))
    assert done.exit_code == 0
    assert "+ a.b\n\ndev: 1 to create, plan 0123456789abcdef." in done.output
    assert read(tmp_path / "plans", ["dev"]) == [PLANNED]
    assert (tmp_path / "output").read_text() == "plan=0123456789abcdef\ndiffers=true\n"
    assert "### dev at cccccccccccc, plan `0123456789abcdef`" in (tmp_path / "summary").read_text()
    assert seen[0].variables["TF_CLI_ARGS_plan"] == "-lock-timeout=10m"


def test_a_plan_that_fails_fails_the_job_and_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit code 1, and the summary is there all the same, so that the comment can say it."""
    monkeypatch.setattr(planning, "preview", lambda _: Summary("dev", "c" * 40, error="no such bucket"))
    done = run("preview", "--env", "dev", "--into", str(tmp_path))
    assert done.exit_code == 1
    assert "no such bucket" in done.output
    assert read(tmp_path, ["dev"])[0].error == "no such bucket"


def test_an_apply_says_what_it_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan's name reaches the apply, and its words come back."""
    kept = Kept("dev", Basis("c" * 40, 3, "", {}, ""), "0123456789abcdef" * 4, "1 to create", 1)
    asked: list[str] = []
    monkeypatch.setattr(applying, "apply", lambda environment, plan: asked.append(plan) or kept)
    done = run("apply", "--env", "dev", "--plan", "0123456789abcdef")
    assert done.output == "dev is what the plan 0123456789abcdef of commit cccccccccccc said: 1 to create.\n"
    assert asked == ["0123456789abcdef"]


def test_terraforms_error_is_a_summary_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where Terraform cannot plan, its words are kept, and a key in them is not."""

    def refuse() -> None:
        raise MailroomError("terraform init failed (1).\nInvalidClientTokenId: AKIAIOSFODNN7EXAMPLE")

    environment: Any = SimpleNamespace(name="dev", root=tmp_path, terraform=SimpleNamespace(init=refuse))
    monkeypatch.setattr(planning.basis, "commit_of", lambda root: "c" * 40)
    summary = planning.preview(environment)
    assert summary.error == "terraform init failed (1).\nInvalidClientTokenId: (hidden)"
    assert not summary.differs
