"""What is written to GitHub: one comment, one issue, each changed and never repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailroom.errors import MailroomError
from mailroom.pipeline import drift, report, summary
from mailroom.pipeline.github import GitHub
from mailroom.pipeline.summary import Change, Summary

DIFFERS = Summary("dev", "c" * 40, True, (Change("aws_sqs_queue.a", "change", ("tags",)),), text="~ update")
SAME = Summary("dev", "c" * 40)
UNSEEN = Summary("prod", "c" * 40, error="no credentials")


def test_one_comment_is_written_and_then_changed(github: GitHub, fake: Any) -> None:
    """A second push changes the comment of the first; an unchanged plan changes nothing; other people's comments,
    and the first pages, do not confuse."""
    fake.comments += [{"id": n + 1, "body": "LGTM", "user": {"type": "User"}} for n in range(150)]
    fake.comments.append({"id": 151, "body": f"{report.MARKER} quoted by a person", "user": {"type": "User"}})
    assert report.report(github, 7, f"{report.MARKER} one") == "written"
    assert report.report(github, 7, f"{report.MARKER} two") == "changed"
    assert report.report(github, 7, f"{report.MARKER} two") == "unchanged"
    assert [one["body"] for one in fake.comments[151:]] == [f"{report.MARKER} two"]


def test_the_comment_says_which_environment_has_no_plan(
    github: GitHub, fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the artifacts hold is shown, each environment by its name; a job that ended early is told of."""
    DIFFERS.write(tmp_path / "plan-dev")
    (tmp_path / "plan-prod").mkdir()
    (tmp_path / "plan-prod" / "prod.json").write_text('{"changes": "all"}')
    monkeypatch.setattr(GitHub, "of_workflow", lambda: github)
    arguments = [
        "--plans",
        str(tmp_path),
        "--environments",
        '["dev", "staging", "prod"]',
        "--pull-request",
        "7",
    ]
    assert report.main(arguments) == 0
    body = fake.comments[0]["body"]
    assert body.startswith(report.MARKER)
    assert "| dev | 1 to change |" in body
    assert "| staging | could not be planned |" in body
    assert "the job ended before there was a plan" in body
    assert "its summary cannot be read" in body


@pytest.mark.parametrize(
    "document",
    [
        {"changes": [{"address": "a", "action": "create\n\n# @everyone", "attributes": []}]},
        {"changes": [{"address": "a", "action": ["create"], "attributes": []}]},
        {"serial": float("inf")},
    ],
)
def test_a_summary_of_another_form_is_not_shown(document: dict[str, Any], tmp_path: Path) -> None:
    """Code that nobody has reviewed wrote it: an action that is none, or a number that is none, spoils the
    summary, and neither the comment nor the job."""
    good = {"commit": "c", "differs": True, "changes": [], "plan": "", "serial": 0, "text": "", "error": ""}
    (tmp_path / "dev.json").write_text(json.dumps(good | document))
    (tmp_path / "prod.json").mkdir()
    found = summary.read(tmp_path, ["dev", "prod"])
    assert [one.error for one in found] == [
        "its summary cannot be read", "the job ended before there was a plan"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['"dev"', "{}", "[1]", '["![x](https://a.example)"]', '["dev\\n"]', "dev"])
def test_environments_are_names(text: str, tmp_path: Path) -> None:
    """Their list, too, comes from a job of unreviewed code: names, or nothing is written."""
    assert summary.names('["dev", "prod"]') == ["dev", "prod"]
    with pytest.raises(SystemExit) as ended:
        report.main(["--plans", str(tmp_path), "--environments", text, "--pull-request", "7"])
    assert ended.value.code == 2


def test_drift_opens_one_issue_keeps_it_and_closes_it(github: GitHub, fake: Any) -> None:
    """Night after night: nothing, drift, still drift, an environment that cannot be seen, nothing: one issue, opened,
    changed, left, closed; the next drift opens a new one."""
    assert drift.settle(github, [SAME]) == "not needed"
    assert drift.settle(github, [DIFFERS]) == "opened (#1)"
    assert drift.settle(github, [DIFFERS]) == "changed (#1)"
    assert drift.settle(github, [SAME, UNSEEN]) == "left open (#1): prod could not be looked at"
    assert [one["state"] for one in fake.issues] == ["open"]
    assert drift.settle(github, [SAME]) == "closed (#1)"
    assert fake.issues[0]["state_reason"] == "completed"
    assert "dev: what was applied is what is there" in fake.comments[-1]["body"]
    assert drift.settle(github, [DIFFERS, UNSEEN]) == "opened (#2)"
    assert fake.issues[1]["title"] == drift.TITLE


def test_an_environment_that_cannot_be_seen_opens_nothing(github: GitHub, fake: Any) -> None:
    """The workflow run is red then; an issue about drift would not be true."""
    assert drift.settle(github, [SAME, UNSEEN]) == "not needed; not looked at: prod"
    assert fake.issues == []


def test_what_github_refuses_is_said_in_its_words(
    github: GitHub,
    fake: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Without the right to write, the job fails with the call and GitHub's answer."""
    fake.refuses = 403
    monkeypatch.setattr(GitHub, "of_workflow", lambda: github)
    assert drift.main(["--plans", str(tmp_path), "--environments", "[]"]) == 1
    said = capsys.readouterr().err
    assert "GET issues" in said
    assert "403" in said
    assert "Resource not accessible by integration" in said


def test_a_missing_variable_of_the_workflow_is_named() -> None:
    """Run by hand, the command says what is not there; with all of it, it knows the run's address."""
    with pytest.raises(MailroomError, match="GITHUB_TOKEN is not set"):
        GitHub.of_workflow({"GITHUB_REPOSITORY": "o/r"})
    environ = {
        "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t", "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "1", "GITHUB_API_URL": "https://api.github.example",
    }  # fmt: skip
    assert GitHub.of_workflow(environ).run == "https://github.example/o/r/actions/runs/1"


def test_a_github_that_does_not_answer_is_an_error_in_words() -> None:
    """No traceback when GitHub is down."""
    with pytest.raises(MailroomError, match="GitHub does not answer GET issues"):
        drift.settle(GitHub("o/r", "t", "run", "http://127.0.0.1:9"), [SAME])
