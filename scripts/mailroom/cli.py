"""The entry point of `mailroom`: mounts every capability's commands, and turns errors into words.

boto3, rich and Terraform are imported inside the commands, so that `mailroom --help` answers at once.
"""

import sys
from typing import NoReturn

import typer

from mailroom import demo, deploy, inbound, links, local, new, sending
from mailroom.errors import MailroomError

app = typer.Typer(
    name="mailroom",
    help="A messaging backbone on AWS, kept as code. Start with: mailroom local up",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(inbound.app, name="inbound")
app.add_typer(links.app, name="links")
app.add_typer(local.app, name="local")
app.add_typer(sending.app, name="sending")
app.add_typer(deploy.app, name="deploy")
app.command("new")(new.new)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line; a MailroomError, or AWS's refusal, becomes lines on stderr and exit code 1."""
    try:
        app()
    except MailroomError as problem:
        _fail(problem)
    except Exception as problem:
        from mailroom.errors import of_aws

        if (told := of_aws(problem)) is None:
            raise
        _fail(told)


def _fail(problem: MailroomError) -> NoReturn:
    print(f"mailroom: {problem.message}", file=sys.stderr)
    if problem.hint:
        print(f"  try: {problem.hint}", file=sys.stderr)
    sys.exit(1)
