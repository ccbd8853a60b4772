"""`mailroom deploy plan|apply|destroy`: what `make plan|apply|destroy ENV=…` calls.

Terraform itself refuses a wrong account and another environment's state. What it cannot see is refused
here: `local` without a local cloud, and any other environment while an endpoint variable is set.
"""

import json
from typing import Annotated

import typer

from mailroom import active_rule_set
from mailroom.environment import LOCAL, Environment
from mailroom.errors import MailroomError
from mailroom.options import Env, Name
from mailroom.smoke.functions import failed_functions
from mailroom.status import pinpoint_stream

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
    spare_others(environment)
    if yes:
        with terraform_progress(f"Applying {env}") as progress:
            environment.terraform.apply(progress.watch)
        print(f"{env} is what the code says: {progress.done} changes made.")
    else:
        environment.terraform.apply()
    smoke(Environment.load(env, name))
    print(f"Every function answers. Next: make smoke ENV={env} (one mail all the way through)")


def smoke(environment: Environment) -> None:
    """Raise MailroomError where a function that was just applied does not answer."""
    failed = failed_functions(environment)
    if failed:
        words = "\n".join(f"  {function}: {said}" for function, said in failed.items())
        raise MailroomError(
            f"{environment.name} is applied, but not every function answers:\n{words}",
            "mend what is named, then make apply again; mail that comes in waits in the queue",
        )


def spare_others(environment: Environment) -> None:
    """Raise MailroomError where an apply would switch off what is somebody else's: receipt rules, or the
    event stream of a Pinpoint application."""
    text = (environment.root / "environments" / f"{environment.name}.tfvars").read_text()
    active_rule_set.check(environment.name, text, lambda region: environment.client("ses", region))
    pinpoint_stream.check(environment.name, text, lambda region: environment.client("pinpoint", region))


@app.command()
def output(
    output_name: Annotated[
        str, typer.Argument(metavar="[OUTPUT]", help="One output, such as raw_bucket.")
    ] = "",
    env: Env = LOCAL,
    name: Name = "default",
) -> None:
    """Print what Terraform made, as JSON: all outputs, or one.

    mailroom deploy output raw_bucket --env dev
    """
    environment = Environment.load(env, name)
    found = environment.output(output_name) if output_name else environment.outputs
    print(json.dumps(found, indent=2))


@app.command()
def destroy(env: Env = LOCAL, name: Name = "default", yes: Yes = False) -> None:
    """Take down all that Terraform made; refused while retain_data is true."""
    from mailroom.progress import terraform_progress

    environment = _ready(env, name)
    # Terraform refuses as well, but only after it has dropped the outputs from the state.
    if environment.terraform.outputs().get("retain_data"):
        raise MailroomError(
            f"{env} retains its data, so nothing is destroyed. To go on, set retain_data = false in "
            f"terraform/environments/{env}.tfvars, apply, then destroy.",
            f"make apply ENV={env}",
        )
    if yes:
        with terraform_progress(f"Destroying {env}") as progress:
            environment.terraform.destroy(progress.watch)
        print(f"{env}: {progress.done} resources destroyed.")
    else:
        environment.terraform.destroy()
