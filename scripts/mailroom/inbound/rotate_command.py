"""The command `mailroom inbound rotate-address`."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.options import AsJson, DryRun, Env, Name, Yes

if TYPE_CHECKING:
    from mailroom.inbound.rotate import Rotation


def rotate_address(
    to: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The new address; without it a random one is made.")
    ] = "",
    days: Annotated[int, typer.Option(help="How long the old address still works, 0 to 365.")] = 14,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Make a new receipt address in the environment's file, and keep the old one for an overlap.

    Shows the change and asks before it writes. Nothing reaches AWS before the next `make apply`. An address
    in the file that was never applied is replaced and not kept.

        mailroom inbound rotate-address --env prod
    """
    from mailroom.inbound import rotate

    rotate.rotation(env, to, days)  # what is refused is refused before Terraform is asked
    applied, unknown = rotate.applied_address(env, name)
    change = rotate.rotation(env, to, days, applied)
    if not as_json:
        typer.echo(change.diff())
        for line in _meaning(change, days, unknown):
            typer.echo(line)
    elif not yes:
        dry_run = True
    written = not dry_run and (yes or typer.confirm(f"Write this to {change.file.name}?", err=True))
    if written:
        change.write()
    if as_json:
        told = {"receipt_address": change.receipt_address, "former": change.former, "removed": change.removed}
        more = {"replaced": change.replaced or None, "compared": not unknown}
        typer.echo(json.dumps({**told, **more, "file": str(change.file), "changed": written}))
        return
    typer.echo(f"next: make apply ENV={env}" if written else "nothing was changed")


def _meaning(change: "Rotation", days: int, unknown: str) -> Iterator[str]:
    """What the change means for the addresses that there were."""
    if change.replaced:
        yield f"{change.replaced} was never applied: it is replaced, and not kept as a former address"
    if unknown:
        yield f"could not be compared with what is applied, so the file's own counts as applied: {unknown}"
    for address in change.removed:
        yield f"its days are over: {address}"
    for address, day in change.former.items() if days == 0 else ():
        yield (
            f"Still taken until {day}: {address}"
            " (take its line out of former_receipt_addresses to end it now)"
        )
