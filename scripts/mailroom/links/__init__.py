"""`mailroom links`: which links there are, who clicked them, and how they are withdrawn and given back."""

import json
from typing import Annotated

import typer

from mailroom.options import AsJson, DryRun, Env, Name, Yes

app = typer.Typer(
    help="Links to attachments: list, withdraw, give back, see the clicks.", no_args_is_help=True
)

Link = Annotated[str, typer.Argument(metavar="[LINK]", help="A link as it was sent, or its token.")]
Message = Annotated[str, typer.Option("--message", help="Links of this stored message (its object key).")]
File = Annotated[str, typer.Option("--file", help="Of that message: links to the file of this name.")]
Attachment = Annotated[
    str,
    typer.Option("--attachment", help="Everybody's links to this file: its object key, or one link to it."),
]
Recipient = Annotated[str, typer.Option("--recipient", help="Links that this address was sent.")]


@app.command("list")
def list_links(
    link: Link = "",
    message: Message = "",
    file: File = "",
    attachment: Attachment = "",
    recipient: Recipient = "",
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """List links: state, until when, file, size, recipient, message. (The URL is kept nowhere.)

    mailroom links list --message incoming/abc123
    mailroom links list --recipient ann@example.com --json
    """
    from mailroom.links.choice import Choice
    from mailroom.links.table import Table
    from mailroom.links.words import counted, line, row

    table = Table.load(env, name)
    found = [row(one) for one in table.chosen(Choice(link, message, file, attachment, recipient))]
    if as_json:
        typer.echo(json.dumps(found))
        return
    for one in found:
        typer.echo(line(one))
    typer.echo(counted(len(found), "link"), err=True)


@app.command()
def revoke(
    link: Link = "",
    message: Message = "",
    file: File = "",
    attachment: Attachment = "",
    recipient: Recipient = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Withdraw links: one, or all that were chosen. The next click on them is refused.

    Safe to be stopped and run again. `mailroom links restore` takes it back.

    mailroom links revoke https://…/jsdf…
    mailroom links revoke --message incoming/abc123 --file plan.pdf
    mailroom links revoke --attachment https://…/jsdf…
    """
    from mailroom.links.changes import REVOKE, change
    from mailroom.links.choice import Choice
    from mailroom.links.table import Table

    choice = Choice(link, message, file, attachment, recipient)
    for said in change(REVOKE, Table.load(env, name), choice, dry_run=dry_run, yes=yes, as_json=as_json):
        typer.echo(said)


@app.command()
def restore(
    link: Link = "",
    message: Message = "",
    file: File = "",
    attachment: Attachment = "",
    recipient: Recipient = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Take a revocation back: the links open again until their time is over. What has expired stays closed.

    mailroom links restore https://…/jsdf…
    mailroom links restore --message incoming/abc123 --dry-run
    """
    from mailroom.links.changes import RESTORE, change
    from mailroom.links.choice import Choice
    from mailroom.links.table import Table

    choice = Choice(link, message, file, attachment, recipient)
    for said in change(RESTORE, Table.load(env, name), choice, dry_run=dry_run, yes=yes, as_json=as_json):
        typer.echo(said)


@app.command()
def clicks(
    link: Link = "",
    message: Message = "",
    file: File = "",
    attachment: Attachment = "",
    recipient: Recipient = "",
    since: Annotated[str, typer.Option("--since", help="From then on: 30m, 2h, 3d, or a time (UTC).")] = "",
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Who clicked when, people and scanners apart: the function's log, joined with the links table.

    mailroom links clicks --message incoming/abc123
    mailroom links clicks --since 2h --json
    """
    from mailroom.links.choice import Choice
    from mailroom.links.clicks import report
    from mailroom.links.table import Table
    from mailroom.links.words import clicks_in_words

    choice = Choice(link, message, file, attachment, recipient)
    found = report(Table.load(env, name), choice, since)
    typer.echo(json.dumps(found) if as_json else "\n".join(clicks_in_words(found)))
