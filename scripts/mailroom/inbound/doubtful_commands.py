"""The commands `mailroom inbound doubtful` and `mailroom inbound doubtful settle`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name, Yes

app = typer.Typer(help="Recipients that SES may have sent to: list them, settle them.")


@app.callback(invoke_without_command=True)
def doubtful(
    context: typer.Context, as_json: AsJson = False, env: Env = "local", name: Name = "default"
) -> None:
    """List the recipients that SES may have sent to (its answer was lost), the oldest first.

    mailroom inbound doubtful --env prod
    """
    if context.invoked_subcommand:
        return
    from mailroom.environment import Environment
    from mailroom.inbound.doubtful import Doubtful, in_words, row

    people = Doubtful(Environment.load(env, name)).people()
    if as_json:
        typer.echo(json.dumps(list(map(row, people))))
        return
    for line in in_words(people, env):
        typer.echo(line)


@app.command()
def settle(
    key: Annotated[str, typer.Argument(help="The mail, as the list names it.")],
    recipient: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Only this recipient; without it all in doubt.")
    ] = "",
    sent: Annotated[bool, typer.Option("--sent", help="The mail arrived.")] = False,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="It did not: send it anew.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Say whether a doubtful mail arrived; then the mail is queued again, so that it comes to its end.

    --not-sent is the one way in which somebody can get a mail twice: when SES had sent it after all.

        mailroom inbound doubtful settle 'incoming/abc123#v1' --sent --env prod
    """
    from mailroom.environment import Environment
    from mailroom.errors import MailroomError
    from mailroom.inbound.doubtful import Doubtful, settled_in_words

    if sent == not_sent:
        raise MailroomError("Say what you found: --sent or --not-sent.", "mailroom inbound doubtful")
    doubts = Doubtful(Environment.load(env, name))
    mail, people = doubts.of_mail(key, recipient)
    if not_sent and people and not yes:
        who = ", ".join(person.address for person in people)
        typer.echo(f"If SES has sent it after all, {who} will get it TWICE.", err=True)
        typer.confirm("Send it anew?", abort=True, err=True)
    done = doubts.settle(mail, people, sent=sent)
    if as_json:
        typer.echo(json.dumps(asdict(done)))
        return
    for line in settled_in_words(done):
        typer.echo(line)
