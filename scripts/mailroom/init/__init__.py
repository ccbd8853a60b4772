"""`mailroom init ENV`: an environment's two files, from three answers and a look at AWS."""

import os
from typing import Annotated

import typer

from mailroom.options import DryRun, Yes


def init(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment's name: dev, prod, trial, …")],
    domain: Annotated[str, typer.Option(help="The domain that sends, as mail.example.com.")] = "",
    receipt_address: Annotated[
        str, typer.Option(help="The address that receives; without it one that nobody guesses is made.")
    ] = "",
    sender: Annotated[str, typer.Option(help="Whom mail comes from. [default: mailroom@DOMAIN]")] = "",
    region: Annotated[
        str, typer.Option(help="Where SES receives. [default: of your AWS settings, else eu-west-1]")
    ] = "",
    account_id: Annotated[str, typer.Option(help="[default: the account of your AWS credentials]")] = "",
    alarm_email: Annotated[
        list[str] | None, typer.Option(help="Is told of alarms and of undelivered mail; several times.")
    ] = None,
    local_state: Annotated[
        bool, typer.Option("--local-state", help="A trial: state in a file here, no bootstrap.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Write the files of an environment: terraform/environments/ENV.tfvars and ENV.s3.tfbackend.

    Asks for domain, receipt address and sender, and AWS for the account and what is there already. Changes
    nothing in AWS. A file that somebody has filled in is left as it is. With --yes nobody is asked.

        mailroom init dev
        mailroom init trial --local-state
        mailroom init dev --domain mail.example.com --yes
    """
    from mailroom.init import account, files, work
    from mailroom.init.asking import Asker

    given = work.Given(
        domain, receipt_address, sender, region, account_id, tuple(alarm_email or ()), local_state
    )
    made = work.plan(env, given, account.client(dict(os.environ)), Asker(env, quiet=yes))
    for file, text in made.files.items():
        typer.echo(f"\n{files.shown(file)}:\n")
        typer.echo("".join(f"    {line}\n" for line in text.splitlines()).rstrip())
    typer.echo()
    for line in work.told(made):
        typer.echo(line)
    if dry_run or not (yes or typer.confirm("Write this?", default=True, err=True)):
        typer.echo("nothing was written")
        return
    files.write(made.files)
    typer.echo(f"Written: {', '.join(files.shown(file) for file in made.files)}")
    typer.echo("\n".join(["next:", *(f"  {step}" for step in work.next_steps(made))]))
