"""The command `mailroom status drill`."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.options import AsJson, Env, Name
from mailroom.status.show_command import Key

if TYPE_CHECKING:
    from mailroom.status.drill import Outcome
    from mailroom.status.drill_causes import Cause

NOBODY = "mailroom-drill-nobody"
"""A message id that nobody sends."""


class Source(StrEnum):
    """Where events come from."""

    ses = "ses"
    sms = "sms"
    pinpoint = "pinpoint"


def drill(
    source: Annotated[Source, typer.Option("--source", help="The road to try.")],
    to: Annotated[
        str, typer.Option("--to", help="Not AWS's simulator, but this address or number (it gets it).")
    ] = "",
    sender: Annotated[str, typer.Option("--from", help="ses: not the environment's sender.")] = "",
    configuration_set: Annotated[str, typer.Option(help="ses: not the environment's set.")] = "",
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait; by itself 120, for pinpoint 180.")
    ] = 0.0,
    as_json: AsJson = False,
    key: Key = "",
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Send one test mail, SMS or event through what is deployed, and read its status back by the API.

    ses: a mail to the mailbox simulator. sms: an SMS to the SMS simulator, from a number of the account.
    pinpoint: an event into its stream's Firehose (Pinpoint itself no longer sends). Prints how long it took,
    what happened, and the call that reads it back. Exit code 1 where it does not come, with what is seen on
    its way.

        mailroom status drill --source ses --env dev
        mailroom status drill --source ses --to bounce@simulator.amazonses.com --env dev --json
    """
    from mailroom.environment import Environment
    from mailroom.status import reader
    from mailroom.status.drill import WAIT_SECONDS
    from mailroom.status.drill import wait as waited
    from mailroom.status.drill_causes import causes
    from mailroom.status.drill_sources import SOURCES, Order, streams_here
    from mailroom.status.questions import Questions

    environment = Environment.load(env, name)
    questions = Questions.of(environment, key, name)
    reader.items(questions, NOBODY)  # whoever may not ask learns it before anything is sent
    sent = SOURCES[source.value](environment, Order(to, sender, configuration_set))
    typer.echo(f"sent: {sent.words}; message {sent.message_id}", err=True)
    if source is Source.pinpoint and (words := streams_here(environment, sent.way)):
        typer.echo(f"      {words}", err=True)
    seconds = wait or WAIT_SECONDS[source.value]
    outcome = waited(
        sent,
        lambda message_id: reader.items(questions, message_id),
        seconds,
        lambda told: typer.echo(f"      {told}", err=True),
    )
    found = [] if outcome.came else causes(environment, outcome)
    call = reader.call(questions, sent.message_id, env)
    if as_json:
        causes_told = [{"seen": cause.seen, "next": cause.next} for cause in found]
        typer.echo(json.dumps({**outcome.as_json(), "call": call, "causes": causes_told}))
    else:
        _show(outcome, call, found)
    raise typer.Exit(0 if outcome.came else 1)


def _show(outcome: "Outcome", call: str, found: list["Cause"]) -> None:
    from mailroom.status.drill import timeline

    if outcome.came:
        typer.echo(f"{outcome.status} after {outcome.seconds[outcome.status]:.1f} seconds")
    else:
        what = f"It is still {outcome.status}" if outcome.item else "Nothing came"
        typer.echo(f"{what} after {outcome.waited:.0f} seconds.")
    for line in timeline(outcome.item) if outcome.item else ():
        typer.echo(line)
    for cause in found:
        typer.echo(f"  - {cause.seen}\n    try: {cause.next}")
    typer.echo(f"read it back: {call}")
