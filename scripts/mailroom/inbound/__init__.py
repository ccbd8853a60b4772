"""`mailroom inbound`: ask what would be done with a mail, and work a stored one again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name

app = typer.Typer(help="Mail in: explain a message, work a stored one again.", no_args_is_help=True)


@app.command()
def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Raw messages (.eml).")],
    as_json: AsJson = False,
    env: Annotated[
        str, typer.Option("--env", help="Take this environment's settings, not the defaults.")
    ] = "",
    name: Name = "default",
    trust_verdicts: Annotated[
        bool, typer.Option(help="Believe SES's verdict headers: only for files that SES has written.")
    ] = False,
    now: Annotated[datetime | None, typer.Option(help="The time to count links from (UTC).")] = None,
) -> None:
    """Say what the deployed function would do with these messages, and why. Asks no cloud without --env.

    Exit code 1 when any of the files cannot be read as a message.

        mailroom inbound explain report.eml
        mailroom inbound explain --json *.eml | jq -r '[.file, .outcome, .reason] | @tsv'
    """
    from dataclasses import replace

    from mailroom.inbound.explain import DEFAULTS, environment_settings, explain_file, in_words, to_json

    settings = replace(environment_settings(env, name) if env else DEFAULTS, trust_verdicts=trust_verdicts)
    at = int((now or datetime.now(UTC)).replace(tzinfo=UTC).timestamp())
    answers = [explain_file(file, settings, at) for file in files]
    for answer in answers:
        typer.echo(to_json(answer) if as_json else in_words(answer))
    if any(answer["outcome"] == "rejected" for answer in answers):
        raise typer.Exit(1)


@app.command()
def replay(
    key: Annotated[str, typer.Argument(help="The object key of a stored message, such as incoming/abc123.")],
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Work a stored message again, and take its message out of the dead-letter queue.

    The ledger decides what is left to do: whoever has the mail already does not get it twice.

        mailroom inbound replay incoming/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1 --env dev
    """
    from mailroom.environment import Environment
    from mailroom.inbound.replay import replay as replay_message

    for line in replay_message(Environment.load(env, name), key):
        typer.echo(line)
