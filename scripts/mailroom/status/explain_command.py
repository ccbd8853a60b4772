"""The command `mailroom status explain`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.options import AsJson

if TYPE_CHECKING:
    from mailroom.status.explain import Explained


WIDTH = 200  # where the output is no terminal, rich would fold the table into 80 columns


def explain(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Events, in any envelope; - for standard input.")
    ],
    as_json: AsJson = False,
    fold: Annotated[
        bool, typer.Option("--fold", help="What they come to: one item per message and recipient.")
    ] = False,
    reference_tag: Annotated[
        str, typer.Option(help="The tag, context key or attribute that holds your own reference.")
    ] = "reference",
    now: Annotated[datetime | None, typer.Option(help="The time to judge waiting from (UTC).")] = None,
) -> None:
    """Say what the deployed function would do with these events, and why. Asks no cloud.

    A file holds one event, JSON lines, a JSON array, a Firehose batch or an object of the archive, gzip too.
    Exit code 1 when anything in them is no event.

        mailroom status explain bounce.json
        mailroom status explain --fold --json events/*.json | jq -r '[.message_id, .status] | @tsv'
    """
    from mailroom.status.explain import explain as explained_of

    explained = explained_of(files, reference_tag)
    at = (now or datetime.now(UTC)).replace(tzinfo=UTC).timestamp()
    if as_json:
        _print_json(explained, at, fold)
    else:
        _show(explained, at, fold)
    raise typer.Exit(1 if explained.rejected else 0)


def _print_json(explained: "Explained", at: float, fold: bool) -> None:
    """One object a line. Folded: the items, then what was rejected, so that nothing is lost unseen."""
    from mailroom.status.explain import to_json

    for answer in [*explained.items(at), *explained.rejected] if fold else explained.answers:
        typer.echo(to_json(answer))


def _show(explained: "Explained", at: float, fold: bool) -> None:
    events = ("file", "index", "outcome", "event", "at", "message_id", "recipient", "reason")
    items = ("message_id", "recipient", "status", "status_at", "source", "opens", "clicks", "reason")
    if fold:
        _table(items, explained.items(at))
        if explained.rejected:
            _table(("file", "index", "outcome", "reason"), explained.rejected)
    else:
        _table(events, explained.answers)


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        values = [row.get(name) for name in columns]
        table.add_row(*(Text("" if value is None else str(value)) for value in values))
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(table)
