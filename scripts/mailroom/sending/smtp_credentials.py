"""The commands `mailroom sending smtp-credentials create|list|delete`."""

import json
import sys
from typing import Annotated

import typer

from mailroom.options import AsJson, DryRun, Env, Name, Yes

app = typer.Typer(
    help="User names and passwords for SES's SMTP door: for one Region, bound to From addresses.",
    no_args_is_help=True,
)

User = Annotated[str, typer.Argument(metavar="NAME", help="What the credentials are for: crm, printer-2, …")]


@app.command()
def create(
    user: User,
    senders: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="ADDRESS", help="May send as this; *@DOMAIN for all of a domain."),
    ] = None,
    configuration_sets: Annotated[
        list[str] | None,
        typer.Option("--configuration-set", metavar="SET", help="May name this one; the default always may."),
    ] = None,
    source_ips: Annotated[
        list[str] | None,
        typer.Option("--source-ip", metavar="NETWORK", help="Only from there, as 192.0.2.7 or 192.0.2.0/24."),
    ] = None,
    vpc_source_ips: Annotated[
        list[str] | None,
        typer.Option("--vpc-source-ip", metavar="NETWORK", help="Only from there, by a VPC endpoint."),
    ] = None,
    rotate: Annotated[bool, typer.Option("--rotate", help="A second key for a user that is there.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Make an IAM user that may send as these addresses by SMTP, and show the password: this once.

    The password is kept nowhere. It is shown once SES's door has taken it; when that fails, or is
    interrupted, nothing is left behind. --from, --configuration-set and the source addresses can be given
    several times.

        mailroom sending smtp-credentials create crm --from crm@example.com --source-ip 192.0.2.7 --env prod
        mailroom sending smtp-credentials create crm --rotate --env prod
    """
    from mailroom.environment import Environment
    from mailroom.sending import smtp_words
    from mailroom.sending.smtp_create import Creation
    from mailroom.sending.smtp_policy import Wish

    wish = Wish.of(senders or [], configuration_sets or [], source_ips or [], vpc_source_ips or [])
    work = Creation(Environment.load(env, name), name, user)

    def show(row: dict[str, object]) -> None:
        text = json.dumps(row) if as_json else "\n".join(smtp_words.created(row, env))
        print(text, flush=True)

    plan = work.rotation(wish) if rotate else work.plan(wish)
    for warning in plan.warnings:
        typer.echo(warning, err=True)
    if dry_run:
        typer.echo(json.dumps(plan.row()) if as_json else "\n".join(smtp_words.planned(plan)))
        return
    work.carry_out(plan, show)


@app.command("list")
def list_users(as_json: AsJson = False, env: Env = "local", name: Name = "default") -> None:
    """List the SMTP users of an environment: what they may, and their keys with age and last use.

    mailroom sending smtp-credentials list --env prod
    """
    from mailroom.environment import Environment
    from mailroom.sending import smtp_words
    from mailroom.sending.smtp_users import SmtpUsers

    found = SmtpUsers(Environment.load(env, name)).listed()
    typer.echo(json.dumps(found) if as_json else "\n".join(smtp_words.listed(found, env)))


@app.command()
def delete(
    user: User,
    key: Annotated[str, typer.Option("--key", metavar="ID", help="Only this key (SMTP's user name).")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Delete an SMTP user with its keys, or one of its keys. It stops working at once. Again is fine.

    mailroom sending smtp-credentials delete crm --key AKIA… --env prod
    mailroom sending smtp-credentials delete crm --env prod
    """
    from mailroom.environment import Environment
    from mailroom.sending import smtp_words
    from mailroom.sending.smtp_users import SmtpUsers

    users = SmtpUsers(Environment.load(env, name))
    doomed = users.doomed(user, key)
    if doomed.anything and not dry_run:
        if not yes and sys.stdin.isatty():
            typer.confirm(f"{smtp_words.doomed(doomed)} Go on?", abort=True, err=True)
        users.delete(doomed)
    if as_json:
        typer.echo(json.dumps({**doomed.row(), "dry_run": dry_run}))
    else:
        typer.echo(smtp_words.deleted(doomed, dry_run=dry_run))
