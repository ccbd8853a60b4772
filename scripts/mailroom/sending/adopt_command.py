"""The command `mailroom sending adopt`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.options import AsJson, DryRun, Env, Name

if TYPE_CHECKING:
    from mailroom.sending.adopt import Adoption


def adopt(
    domain: Annotated[
        str, typer.Argument(metavar="[DOMAIN]", help="Only this domain, its records, and the sets.")
    ] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Take over what SES and Route 53 have already: identities (made by v1 too), sets, MAIL FROM, records.

    Looks for everything of `sending` that a plan would create, writes `import` blocks for what is there to
    terraform/adopt-ENV.tf, and plans again. Refuses, and writes nothing, where the plan would destroy or
    replace anything. After the apply, run it again: the file has done its work and goes.

        mailroom sending adopt --env dev
        make apply ENV=dev
    """
    from mailroom.environment import Environment
    from mailroom.sending import adopt as logic
    from mailroom.sending.import_blocks import file_of

    environment = Environment.load(env, name)
    environment.terraform.init()
    file = file_of(environment.terraform.root, env)
    before = file.read_text() if file.exists() else None
    adoption = logic.adopt(environment, domain)
    if dry_run:
        file.unlink(missing_ok=True)
        if before is not None:
            file.write_text(before)
    written = file.exists() and not dry_run
    if as_json:
        told = {"imports": [asdict(taken) for taken in adoption.taken], "moves": sorted(adoption.moves)}
        more = {"create": adoption.count("create"), "update": adoption.count("update")}
        typer.echo(json.dumps({**told, **more, "file": str(file) if written else None}))
        return
    for said in _words(adoption):
        typer.echo(said)
    if written:
        typer.echo(f"Written: terraform/{file.name}. Next: make apply ENV={env}")
    elif before is not None and not dry_run:
        typer.echo(f"terraform/{file.name} has done its work and is gone.")


def _words(adoption: "Adoption") -> Iterator[str]:
    for taken in adoption.taken:
        yield f"import  {taken.word:18} {taken.id}"
        for change in taken.changes or ("stays as it is",):
            yield f"{'':27}{change}"
    for old in adoption.moves:
        yield f"move    {old}"
    if not adoption.taken and not adoption.moves:
        yield "Nothing is there that Terraform does not have already."
    yield (
        f"The plan: {len(adoption.taken)} to import, {len(adoption.moves)} to move,"
        f" {adoption.count('create')} to create, {adoption.count('update')} to change, nothing to destroy."
    )
