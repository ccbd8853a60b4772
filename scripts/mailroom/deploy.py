"""`mailroom deploy plan|apply|destroy`: what `make plan|apply|destroy ENV=…` calls.

Terraform itself refuses a wrong account and another environment's state. What it cannot see is refused
here: `local` without a local cloud, and any other environment while an endpoint variable is set.
"""

from typing import Annotated

import typer

from mailroom.environment import LOCAL, Environment
from mailroom.options import Env, Name

app = typer.Typer(help="Plan, apply and destroy an environment.", no_args_is_help=True)

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; show progress instead of the plan.")]


def _ready(env: str, name: str) -> Environment:
    environment = Environment.load(env, name)
    environment.terraform.init()
    return environment


@app.command()
def plan(
    env: Env = LOCAL,
    name: Name = "default",
    detailed_exitcode: Annotated[
        bool, typer.Option(help="Exit with 2 when something would change, as Terraform does.")
    ] = False,
) -> None:
    """Show what an apply would change."""
    if _ready(env, name).terraform.plan() and detailed_exitcode:
        raise typer.Exit(2)


@app.command()
def apply(env: Env = LOCAL, name: Name = "default", yes: Yes = False) -> None:
    """Make AWS (or the local cloud) what the code says; asks before it begins."""
    from mailroom.progress import terraform_progress

    environment = _ready(env, name)
    if yes:
        with terraform_progress(f"Applying {env}") as progress:
            environment.terraform.apply(progress.watch)
    else:
        environment.terraform.apply()


@app.command()
def destroy(env: Env = LOCAL, name: Name = "default", yes: Yes = False) -> None:
    """Take down all that Terraform made; refused while retain_data is true."""
    from mailroom.progress import terraform_progress

    environment = _ready(env, name)
    if yes:
        with terraform_progress(f"Destroying {env}") as progress:
            environment.terraform.destroy(progress.watch)
    else:
        environment.terraform.destroy()
