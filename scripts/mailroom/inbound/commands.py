"""The commands `mailroom inbound explain` and `doctor`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name


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


def doctor(
    address: Annotated[str, typer.Argument(help="The receipt address, or a recipient's.")],
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Go through the known troubles of an address: ok, TROUBLE with what to do, or ? where it cannot be seen.

    For the receipt address: all that a mail meets on its way in and out. For a recipient: whether mail can
    reach them. Exit code 1 when there is trouble.

        mailroom inbound doctor reports@in.example.com --env prod
    """
    from lambda_src.shared.addresses import is_address
    from mailroom.environment import Environment
    from mailroom.errors import MailroomError
    from mailroom.inbound.doctor import as_row, examine
    from mailroom.inbound.doctor.patient import TROUBLE, Patient
    from mailroom.inbound.rotate import former_addresses

    if not is_address(address):
        raise MailroomError(f"{address}: this is no e-mail address.", "mailroom inbound doctor NAME@DOMAIN")
    results = examine(Patient(Environment.load(env, name), address, former_addresses(env)))
    found = sum(result.state == TROUBLE for result in results)
    if as_json:
        typer.echo(json.dumps({"address": address, "trouble": found, "checks": list(map(as_row, results))}))
    else:
        _show(results)
        typer.echo(
            f"{found} trouble{'s'[: found != 1]} in {len(results)} checks" if found else "No trouble found."
        )
    raise typer.Exit(1 if found else 0)


def _show(results: list) -> None:
    words = {"ok": "ok     ", "trouble": "TROUBLE", "unknown": "?      "}
    for result in results:
        typer.echo(f"{words[result.state]}  {result.name:26}  {result.says}")
        if result.do:
            typer.echo(f"{'':37}do: {result.do}")
