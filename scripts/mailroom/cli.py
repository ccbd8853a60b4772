"""The entry point of `mailroom`: mounts every capability's commands, and turns errors into words.

boto3, rich and Terraform are imported inside the commands, so that `mailroom --help` answers at once.
"""

import sys
from typing import NoReturn

import typer

from mailroom import conformance, demo, deploy, inbound, init, links, local, new, sending, smoke, status
from mailroom.errors import MailroomError
from mailroom.pipeline import commands as pipeline

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
app.add_typer(status.app, name="status")
app.add_typer(deploy.app, name="deploy")
app.add_typer(pipeline.app, name="pipeline")
app.command("init")(init.init)
app.command("smoke")(smoke.smoke)
app.command("conformance")(conformance.conformance)
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
    problem.tell()
    sys.exit(1)
