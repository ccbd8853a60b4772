"""`mailroom pipeline …`: what the workflows call once they have a role. docs/pipeline.md."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.options import Env, Name

if TYPE_CHECKING:
    from mailroom.environment import Environment

    from .summary import Summary

app = typer.Typer(help="What GitHub's workflows run: plan, apply the reviewed plan.", no_args_is_help=True)

Into = Annotated[Path, typer.Option(help="The folder for what the plan would do, without its values.")]
PLANS = Path("build/plans")
SUMMARY_CHARACTERS = 900_000
"""Of a job's summary, which may have 1 MiB."""
WAIT_FOR_LOCK = "-lock-timeout=10m"


@app.command()
def preview(env: Env, name: Name = "default", into: Into = PLANS) -> None:
    """Say what would change. Takes no lock and keeps nothing: for pull requests.

    mailroom pipeline preview --env dev
    """
    from . import planning

    _tell(planning.preview(_environment(env, name)), into)


@app.command()
def plan(env: Env, name: Name = "default", into: Into = PLANS) -> None:
    """Plan, and keep the plan under the commit and the state's serial, to be reviewed and applied.

    mailroom pipeline plan --env dev
    """
    from . import planning

    _tell(planning.plan(_environment(env, name)), into)


@app.command()
def drift(env: Env, name: Name = "default", into: Into = PLANS) -> None:
    """Say how AWS differs from what was applied last.

    mailroom pipeline drift --env dev
    """
    from . import planning

    _tell(planning.look_for_drift(_environment(env, name)), into)


@app.command()
def apply(
    env: Env,
    plan: Annotated[str, typer.Option(help="The name of the plan that was reviewed; else the newest.")] = "",
    name: Name = "default",
) -> None:
    """Apply the kept plan of this commit; one that is stale is refused.

    mailroom pipeline apply --env dev --plan 0123456789abcdef
    """
    from . import applying

    kept = applying.apply(_environment(env, name), plan)
    print(f"{env} is what the plan {kept.name} of commit {kept.basis.commit[:12]} said: {kept.does}.")


def _environment(env: str, name: str) -> Environment:
    """The environment, with patience for a lock that somebody else holds."""
    from mailroom.environment import Environment

    found = Environment.load(env, name)
    patience = {f"TF_CLI_ARGS_{command}": WAIT_FOR_LOCK for command in ("plan", "apply")}
    return replace(found, variables={**patience, **found.variables})


def _tell(summary: Summary, into: Path) -> None:
    """Print the plan, write its summary, and tell the workflow; exit code 1 where there is no plan."""
    from . import markdown

    summary.write(into)
    named = f", plan `{summary.plan}`" if summary.plan else ""
    print(summary.text or summary.error)
    print(f"\n{summary.environment}: {summary.in_words()}{named.replace('`', '')}.")
    heading = f"### {summary.environment} at {summary.commit[:12]}{named}"
    _append("GITHUB_STEP_SUMMARY", markdown.document(heading, [summary], "#", SUMMARY_CHARACTERS))
    _append("GITHUB_OUTPUT", f"plan={summary.plan}\ndiffers={str(summary.differs).lower()}\n")
    if summary.error:
        raise typer.Exit(1)


def _append(variable: str, text: str) -> None:
    """Add to the workflow's file of this name; nothing where this is no workflow."""
    if file := os.environ.get(variable):
        with Path(file).open("a") as opened:
            opened.write(text)
