"""`mailroom conformance`: does a real SES answer as the local one promises?"""

import json
from typing import TYPE_CHECKING

import typer

from mailroom.options import AsJson, Env, Name

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from mailroom.conformance.case import Row
    from mailroom.conformance.run import Report


def conformance(env: Env = "local", name: Name = "default", as_json: AsJson = False) -> None:
    """Ask an environment's SES what the local SES promises, and show where the answers differ.

    Error names and words of both APIs, replies of the SMTP door, events of the mailbox simulator. Sends a few
    mails, to the simulator alone; makes a few things under a random name and takes them away again; the
    active receipt rule set is not touched. Exit code 1 when an answer has another name than promised.

        mailroom conformance --env dev
    """
    from rich.console import Console

    from mailroom.conformance.run import mails, run
    from mailroom.environment import Environment

    environment = Environment.load(env, name)
    environment.output("sender_address")
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    console.print(f"Asking SES of {env}: at most {mails()} mails, to the mailbox simulator.")
    with console.status("beginning") as status:
        report = run(environment, name, lambda told: _show(told, status))
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        _sum_up(report, console)
    raise typer.Exit(0 if report.ok else 1)


def _show(told: "Row | str", status: "Status") -> None:
    from mailroom.conformance.case import SAME

    if isinstance(told, str):
        status.update(told)
        return
    console = status.console
    console.print(f"{told.state:<18} {told.door:<9} {told.case}", markup=False)
    if told.state != SAME:
        for who, what in (("promised", told.expected), ("SES said", told.said), ("source", told.source)):
            console.print(f"{'':18} {who:>9}: {what}", markup=False)


def _sum_up(report: "Report", console: "Console") -> None:
    from collections import Counter

    counts = Counter(row.state for row in report.rows)
    told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    console.print(f"\n{len(report.rows)} cases in {report.region}: {told}.", markup=False)
    for left in report.left:
        console.print(f"still there: {left.what} ({left.why})\n  try: {left.by_hand}", markup=False)
