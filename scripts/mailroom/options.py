"""Options that many commands take, spelled once so that they mean the same everywhere."""

from typing import Annotated

import typer

Env = Annotated[str, typer.Option("--env", help="The environment: a file in terraform/environments.")]
Name = Annotated[str, typer.Option("--name", help="Which local cloud, where there are several.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON on stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
