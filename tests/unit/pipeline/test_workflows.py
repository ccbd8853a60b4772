"""What the workflows may do, and when: read from their files, as GitHub reads them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from mailroom import paths
from mailroom.pipeline import commands

GITHUB = paths.CLONE / ".github"
FILES = [*sorted((GITHUB / "workflows").glob("*.yml")), *sorted((GITHUB / "actions").glob("*/action.yml"))]
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
Job = dict[str, Any]


class Workflow(yaml.SafeLoader):
    """GitHub's YAML, in which `on` is no truth value."""


Workflow.yaml_implicit_resolvers = {
    letter: [one for one in found if one[0] != "tag:yaml.org,2002:bool"]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((GITHUB / "workflows" / f"{name}.yml").read_text(), Workflow)  # noqa: S506 (a SafeLoader)
    return found


WORKFLOWS = {file.stem: read(file.stem) for file in FILES if file.parent.name == "workflows"}
JOBS = [(f"{name}.{job}", found["jobs"][job]) for name, found in WORKFLOWS.items() for job in found["jobs"]]
EACH_JOB = pytest.mark.parametrize("job", [pytest.param(job, id=name) for name, job in JOBS])


def writes(job: Job) -> set[str]:
    """What a job may write at GitHub. A token for AWS is asked for with id-token, which writes nothing."""
    return {name for name, level in job["permissions"].items() if level == "write"} - {"id-token"}


def takes_role(job: Job) -> str:
    """The role in AWS that a job takes; "" where it takes none."""
    roles = [step["with"]["role"] for step in job.get("steps", ()) if "take-role" in step.get("uses", "")]
    return roles[0] if roles else ""


def called(workflow: str) -> str:
    return f"$/.github/workflows/{workflow}.yml"


def test_what_starts_a_workflow() -> None:
    """Pull requests, merges into main, the clock, a tag, a hand; never pull_request_target or another workflow's end,
    which would run with rights beside code that nobody has reviewed."""
    starts = {name: found["on"] for name, found in WORKFLOWS.items()}
    assert {name: set(on) for name, on in starts.items()} == {
        "checks": {"workflow_call"},
        "deploy": {"push", "workflow_dispatch"},
        "deploy-environment": {"workflow_call"},
        "drift": {"schedule", "workflow_dispatch"},
        "pull-request": {"pull_request"},
        "release": {"push"},
    }
    assert starts["deploy"]["push"] == {"branches": ["main"]}
    assert starts["release"]["push"] == {"tags": ["v*"]}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", starts["drift"]["schedule"][0]["cron"]), "every night"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_allowed_but_what_a_job_asks_for(name: str) -> None:
    """A workflow has no permission; each job has what it needs, a time limit, and a machine of a named version."""
    assert WORKFLOWS[name]["permissions"] == {}
    for job in WORKFLOWS[name]["jobs"].values():
        assert job["permissions"]
        if "uses" not in job:
            assert job["timeout-minutes"] <= 60
            assert "latest" not in job["runs-on"]


def test_who_may_write_what_at_github() -> None:
    """One job writes the comment, one the issue, one the release."""
    assert {name: writes(job) for name, job in JOBS if writes(job)} == {
        "pull-request.comment": {"pull-requests"},
        "drift.issue": {"issues"},
        "release.publish": {"contents", "attestations"},
    }


@EACH_JOB
def test_who_writes_at_github_has_no_way_into_aws_and_who_has_writes_nothing(job: Job) -> None:
    """A job that takes a role in AWS, a planning one above all, may write nothing at GitHub."""
    if takes_role(job):
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
    elif "id-token" in job["permissions"] and "uses" not in job:
        # Only the provenance of a release is signed with a token that is not for AWS.
        assert any("attest-build-provenance" in step.get("uses", "") for step in job["steps"])


def test_which_job_takes_which_role() -> None:
    """Pull requests take the role that only reads; the deploy role is taken in a GitHub environment, behind its
    approvals, and nowhere else."""
    assert {name: takes_role(job) for name, job in JOBS if takes_role(job)} == {
        "pull-request.preview": "preview",
        "deploy-environment.plan": "plan",
        "deploy-environment.apply": "deploy",
        "drift.look": "plan",
    }
    environments = {name: job["environment"] for name, job in JOBS if "environment" in job}
    assert environments == {"deploy-environment.apply": "${{ inputs.environment }}"}


def test_a_fork_gets_no_token() -> None:
    """On a pull request, whatever can ask for a token or write runs for branches of this repository only."""
    jobs = WORKFLOWS["pull-request"]["jobs"]
    assert SAME_REPOSITORY in jobs["environments"]["if"]
    assert SAME_REPOSITORY in jobs["preview"]["if"]
    assert "needs.environments.result == 'success'" in jobs["comment"]["if"]
    for name, job in jobs.items():
        if name not in ("environments", "preview", "comment"):
            assert job["permissions"] == {"contents": "read"}
            assert job.get("uses", called("checks")) == called("checks")


def test_the_comment_is_written_by_reviewed_code() -> None:
    """The job that may write to the pull request checks out the base, never the head, and installs nothing."""
    steps = WORKFLOWS["pull-request"]["jobs"]["comment"]["steps"]
    checkouts = [step["with"] for step in steps if "actions/checkout" in step.get("uses", "")]
    assert [one["ref"] for one in checkouts] == ["${{ github.event.pull_request.base.sha }}"]
    assert {step["run"].split()[0] for step in steps if "run" in step} == {"python3"}


def test_older_runs_of_a_pull_request_are_cancelled_and_no_deploy_ever_is() -> None:
    """A newer push ends the older checks. A deploy, a drift run and a release are waited for; an environment has one
    deploy at a time."""
    assert WORKFLOWS["pull-request"]["concurrency"]["cancel-in-progress"] == "true"
    assert "pull_request.number" in WORKFLOWS["pull-request"]["concurrency"]["group"]
    groups = []
    for name, found in [*WORKFLOWS.items(), *JOBS]:
        if "concurrency" in found and name != "pull-request":
            assert found["concurrency"]["cancel-in-progress"] == "false"
            groups.append(found["concurrency"]["group"])
    assert sorted(groups)[:3] == ["deploy-dev", "deploy-prod", "deploy-staging"]
    assert {job.get("uses") for name, job in JOBS if "concurrency" in job} == {called("deploy-environment")}


def test_an_environment_is_deployed_after_the_checks_and_after_the_one_before() -> None:
    """dev after the checks of the merged code, staging after dev, prod after staging, each by the same workflow; what is
    applied is the plan that the job before has named."""
    jobs = WORKFLOWS["deploy"]["jobs"]
    before = ["checks", "environments"]
    for name in ("dev", "staging", "prod"):
        assert jobs[name]["needs"] == before
        assert jobs[name]["uses"] == called("deploy-environment")
        assert jobs[name]["with"] == {"environment": name}
        assert "!failure() && !cancelled()" in jobs[name]["if"]
        assert f"'\"{name}\"'" in jobs[name]["if"]
        before = [*before, name]
    assert WORKFLOWS["deploy"]["on"]["workflow_dispatch"]["inputs"]["environment"]["options"] == before[2:]
    apply = WORKFLOWS["deploy-environment"]["jobs"]["apply"]
    assert apply["needs"] == "plan"
    assert apply["steps"][-1]["env"]["PLAN"] == "${{ needs.plan.outputs.plan }}"


def steps() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every step of every workflow and of our own actions."""
    for file in FILES:
        found = yaml.load(file.read_text(), Workflow)  # noqa: S506 (a SafeLoader)
        for job in found.get("jobs", {"action": found.get("runs", {})}).values():
            for step in job.get("steps", ()):
                yield file, step


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_is_pinned_to_a_commit(file: Path) -> None:
    """Forty hexadecimal digits, with the version in a comment; what is ours comes from the same commit."""
    for line in re.findall(r"uses: (.*)", file.read_text()):
        assert line.startswith("$/.github/") or re.fullmatch(
            r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line
        ), line


def test_an_action_has_one_commit() -> None:
    """The same action is pinned to the same commit everywhere."""
    found = {
        use.partition("@")[::2]
        for file in FILES
        for use in re.findall(r"uses: ([\w-]+/\S+)", file.read_text())
    }
    assert len(dict(found)) == len(found)


@pytest.mark.parametrize(
    ("file", "step"), [pytest.param(f, s, id=f"{f.stem}-{n}") for n, (f, s) in enumerate(steps())]
)
def test_a_step_is_one_command_without_text_from_outside(file: Path, step: dict[str, Any]) -> None:
    """No shell script in YAML; what a pull request or an input says reaches a command by its environment alone; no
    checkout leaves its credentials behind."""
    run = step.get("run", "")
    assert "\n" not in run.strip()
    assert "${{" not in run
    if "actions/checkout" in step.get("uses", ""):
        assert step["with"]["persist-credentials"] == "false"


def test_no_secret_is_read_anywhere() -> None:
    """There is none to read: roles are taken with GitHub's own tokens."""
    for file in FILES:
        assert "secrets." not in file.read_text()
        assert "aws-access-key-id" not in file.read_text()


MAILROOM = [shlex.split(step["run"]) for _, step in steps() if ".venv/bin/mailroom" in step.get("run", "")]
MODULES = [shlex.split(step["run"]) for _, step in steps() if "-m mailroom." in step.get("run", "")]


@pytest.mark.parametrize("line", MAILROOM, ids=lambda line: line[2])
def test_a_command_that_a_workflow_calls_is_there(line: list[str]) -> None:
    """Name and options are those that `mailroom pipeline` has."""
    group: Any = get_command(commands.app)
    command = group.commands[line[2]]
    known = {option for parameter in command.params for option in parameter.opts}
    assert line[1] == "pipeline"
    assert {word for word in line if word.startswith("--")} <= known


@pytest.mark.parametrize("line", MODULES, ids=lambda line: line[2])
def test_a_module_that_a_workflow_runs_is_there_and_takes_its_options(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its --help knows every option that the workflow gives."""
    module = __import__(line[2], fromlist=["main"])
    rest = [word for word in line[3:] if not word.startswith(("$", ">", "notes.md", "dist"))]
    subcommand = [word for word in rest[:1] if not word.startswith("-")]
    with pytest.raises(SystemExit):
        module.main([*subcommand, "--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in rest if word.startswith("--"))
