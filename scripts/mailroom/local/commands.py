"""`mailroom local …`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from mailroom.options import AsJson, Name

from . import fault_commands

app = typer.Typer(
    help="A cloud of your own on this machine: AWS's APIs, SES with both its SMTP doors, an inbox.",
    no_args_is_help=True,
)
app.add_typer(fault_commands.app, name="fault")


@app.command()
def up(
    name: Name = "default",
    owner: Annotated[int | None, typer.Option(help="End with this process (its id).", metavar="PID")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="SES as a new account has it.")] = False,
    checks_dns: Annotated[
        bool, typer.Option("--checks-dns", help="Verify a domain when its records are in Route 53.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a local cloud; one that runs already is shown.

    mailroom local up

    mailroom local up --name second --json
    """
    from . import cloud

    _show(cloud.up(name, owner=owner, sandbox=sandbox, checks_dns=checks_dns).as_json(), as_json)


@app.command()
def status(name: Name = "default", as_json: AsJson = False) -> None:
    """Show a running local cloud; exit code 1 where it does not answer."""
    from . import cloud

    _show(cloud.running(name).as_json(), as_json)


@app.command()
def down(name: Name = "default", as_json: AsJson = False) -> None:
    """End a local cloud and remove its state. Again is fine."""
    from . import cloud

    existed = cloud.down(name)
    if as_json:
        print(json.dumps({"name": name, "was_running": existed}))
    else:
        print(f"The local cloud {name!r} is gone." if existed else f"There was no local cloud {name!r}.")


@app.command()
def inbox(
    message_id: Annotated[str | None, typer.Argument(help="One message.", metavar="[ID]")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print the message as it was sent.")] = False,
    name: Name = "default",
    as_json: AsJson = False,
) -> None:
    """List what was sent, or print one message and its events.

    mailroom local inbox

    mailroom local inbox ID --raw > message.eml
    """
    from . import reader

    mail = reader.Reader(name)
    if message_id is None:
        reader.show_list(mail.listing(), as_json)
    elif raw:
        sys.stdout.buffer.write(mail.raw(message_id))
    else:
        reader.show_one(mail.find(message_id), mail.events(message_id), as_json)


@app.command()
def permissions(
    who: Annotated[str, typer.Argument(help="Only this role or user.", metavar="[NAME]")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Begin anew.")] = False,
    name: Name = "default",
    as_json: AsJson = False,
) -> None:
    """What IAM was asked: who wanted to do what on what. For writing a policy, or holding one against use.

    mailroom local permissions mailroom-local-inbound
    """
    from . import asking, cloud
    from .permissions import PATH

    asked = asking.ask(cloud.running(name), PATH, "DELETE" if forget else "GET")
    wanted = [one for one in asked if who in ("", one["who"])]
    if as_json:
        print(json.dumps(wanted))
        return
    for one in wanted:
        print(
            f"{'allowed' if one['allowed'] else 'refused'}  {one['who']}  {one['action']}  {one['resource']}"
        )
    if not wanted:
        print("Nobody has asked for anything yet.")


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found))
        return
    rows = {
        "AWS": f"{found['aws']}  ({found['region']})",
        "submission": "{host}:{port}  user {username}, password {password}".format(**found["submission"]),
        "inbound": "{host}:{port}".format(**found["inbound"]),
        "DNS": "dig @{host} -p {port} NAME TYPE".format(**found["dns"]),
        "inbox": found["inbox"],
        "state": found["state"],
        "process": str(found["pid"]),
    }
    for label, value in rows.items():
        print(f"{label:<11} {value}")
