"""The command `mailroom status show`."""

import json
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name

Key = Annotated[
    str,
    typer.Option(
        "--key",
        envvar="MAILROOM_STATUS_KEY",
        show_envvar=True,
        show_default=False,
        help="The API key, where the environment wants one.",
    ),
]


def show(
    message_id: Annotated[
        str,
        typer.Argument(metavar="[ID]", help="A message's id; a mail's also as its Message-ID header has it."),
    ] = "",
    recipient: Annotated[
        str, typer.Option("--recipient", help="What was sent to this address or number.")
    ] = "",
    campaign: Annotated[str, typer.Option("--campaign", help="The messages of this campaign.")] = "",
    reference: Annotated[
        str, typer.Option("--reference", help="Those with this reference of your own.")
    ] = "",
    failures: Annotated[bool, typer.Option("--failures", help="The latest failures.")] = False,
    stuck: Annotated[bool, typer.Option("--stuck", help="Those that nothing final is heard of.")] = False,
    since: Annotated[
        str, typer.Option("--since", help="Of a list: from then on (30m, 2h, 3d, or a time).")
    ] = "",
    status: Annotated[str, typer.Option("--status", help="Of a list: only those with this status.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Of a list: so many at most.")] = 25,
    as_json: AsJson = False,
    key: Key = "",
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Say where a message is, with its timeline; or list messages, by what there is at hand.

    mailroom status show 0102018f0e2b…-000000
    mailroom status show --recipient ann@example.com --since 7d
    mailroom status show --campaign spring --status hardbounce --json | jq -r '.[].recipient'
    """
    from mailroom.errors import MailroomError
    from mailroom.status.questions import Questions

    lists = {"recipient": recipient, "campaign_id": campaign, "reference": reference}
    lists |= {"stuck": "true" if stuck else "", "failures": "true" if failures else ""}
    chosen = {what: value for what, value in lists.items() if value}
    if len(chosen) + bool(message_id) != 1:
        raise MailroomError(
            "Say which: an ID, or one of --recipient, --campaign, --reference, --failures, --stuck.",
            "mailroom status show --help",
        )
    asking = Questions.load(env, name, key)
    if message_id:
        _message(asking.message(message_id), as_json)
        return
    narrowed = {what: value for what, value in {"since": since, "status": status}.items() if value}
    path, asked = ("/failures", narrowed) if failures else ("/messages", {**chosen, **narrowed})
    if recipient:
        path = "/messages/search"
    _listed(list(asking.items(path, asked, limit + 1, post=bool(recipient))), limit, as_json)


def _message(found: dict, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found))
        return
    from rich.console import Console

    from mailroom.status.show import message

    Console(highlight=False).print(*message(found), sep="\n")


def _listed(items: list, limit: int, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(items[:limit]))
    elif items:
        from rich.console import Console

        from mailroom.status.show import listing

        Console(highlight=False).print(listing(items[:limit]))
    if not items:
        typer.echo("No message is of that choice.", err=True)
    elif len(items) > limit:
        typer.echo(f"The first {limit}; there are more (--limit, --since).", err=True)
    elif not as_json:
        typer.echo("One of them with its timeline: mailroom status show ID", err=True)
