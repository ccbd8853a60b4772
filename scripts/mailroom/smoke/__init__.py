"""`mailroom smoke`: after an apply, one mail all the way through, and nothing of it left behind."""

import json
from typing import TYPE_CHECKING

import typer

from mailroom.options import AsJson, Env, Name

if TYPE_CHECKING:
    from rich.status import Status

    from mailroom.smoke.run import Outcome, Row


def smoke(env: Env = "local", name: Name = "default", as_json: AsJson = False) -> None:
    """Call each function, then bring one mail all the way through: SMTP, receipt, link, simulator's event.

    Makes, for one run, SMTP credentials, an address that can be heard, and what hears it; all of it is taken
    away again, however the run ends. The mail itself stays as long as any other. Exit code 1 when a step
    fails, with the next command to try.

        mailroom smoke --env dev
    """
    from rich.console import Console

    from mailroom.environment import Environment
    from mailroom.smoke.run import run

    environment = Environment.load(env, name)
    environment.output("receipt_address")  # says so where nothing is applied, or inbound is off
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    with console.status("beginning") as status:
        outcome = run(environment, name, lambda told: _show(told, status))
    if as_json:
        typer.echo(json.dumps(outcome.as_json()))
    else:
        typer.echo(_last_words(outcome))
    raise typer.Exit(0 if outcome.ok else 1)


def _show(told: "Row | str", status: "Status") -> None:
    if isinstance(told, str):
        status.update(told)
        return
    mark = "ok  " if told.ok else "FAIL"
    status.console.print(f"{mark} {told.seconds:6.1f} s  {told.step:<12} {told.saw}", markup=False)
    if told.next:
        status.console.print(f"{'':13}  try: {told.next}", markup=False)


def _last_words(outcome: "Outcome") -> str:
    seconds = sum(row.seconds for row in outcome.rows)
    if outcome.ok:
        return f"{outcome.environment} works: {len(outcome.rows)} steps in {seconds:.0f} seconds."
    failed = ", ".join(row.step for row in outcome.rows if not row.ok)
    return f"{outcome.environment} does not work as it should: {failed}."
