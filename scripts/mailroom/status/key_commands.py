"""The commands `mailroom status key create`, `list` and `revoke`."""

import json
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name

app = typer.Typer(help="API keys of the status API: make, list, revoke.", no_args_is_help=True)

KeyName = Annotated[str, typer.Argument(metavar="NAME", help="Who or what the key is for.")]


@app.command()
def create(key: KeyName, as_json: AsJson = False, env: Env = "local", name: Name = "default") -> None:
    """Make a key and print it: this once, and it is kept in no file and no Terraform state.

    mailroom status key create shop --env prod
    export MAILROOM_STATUS_KEY=$(mailroom status key create me --json | jq -r .value)
    """
    from mailroom.environment import Environment
    from mailroom.status.keys import Keys

    made = Keys(Environment.load(env, name)).create(key)
    if as_json:
        typer.echo(json.dumps(made._asdict()))
        return
    typer.echo(made.value)
    typer.echo("Shown this once. It works within a minute, in the header x-api-key, or here:", err=True)
    typer.echo("  export MAILROOM_STATUS_KEY=…; mailroom status show ID", err=True)


@app.command("list")
def list_keys(as_json: AsJson = False, env: Env = "local", name: Name = "default") -> None:
    """List the keys, without their values.

    mailroom status key list --env prod
    """
    from mailroom.environment import Environment
    from mailroom.status.keys import Keys

    found = list(Keys(Environment.load(env, name)).all())
    if as_json:
        typer.echo(json.dumps([one._asdict() for one in found]))
        return
    for one in found:
        typer.echo(
            f"{one.name:24}  {one.id:12}  since {one.created}" + ("" if one.enabled else "  (disabled)")
        )
    typer.echo(f"{len(found)} key{'s'[: len(found) != 1]}", err=True)


@app.command()
def revoke(key: KeyName, as_json: AsJson = False, env: Env = "local", name: Name = "default") -> None:
    """Delete a key, by its name or its id: calls with it are refused within a minute.

    mailroom status key revoke shop --env prod
    """
    from mailroom.environment import Environment
    from mailroom.status.keys import Keys

    gone = Keys(Environment.load(env, name)).revoke(key)
    typer.echo(json.dumps(gone._asdict()) if as_json else f"revoked: {gone.name} ({gone.id})")
