"""The command `mailroom status backfill`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.options import AsJson, DryRun, Env, Name

if TYPE_CHECKING:
    from mailroom.status.archive import Stored
    from mailroom.status.backfill import Backfill, Counts

MOST_NAMED = 20
DAY = ["%Y-%m-%d"]


def backfill(
    place: Annotated[
        str, typer.Argument(metavar="S3-URL", help="Where events lie: s3://BUCKET or s3://BUCKET/PREFIX.")
    ],
    since: Annotated[
        datetime | None, typer.Option(formats=DAY, metavar="DAY", help="Arrived on that day (UTC) or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, metavar="DAY", help="… on that day or earlier.")
    ] = None,
    dry_run: DryRun = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="From the first object, though a run was stopped midway.")
    ] = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Read the archive again and fold its events into the table, as the function does.

    Reads what Firehose delivered (events/) and what it could not (errors/), gzip or plain. Safe beside the
    function, and twice: an event that the table knows changes nothing. Can be stopped at any time; the same
    command goes on where it was. Events that are past their days stay out. Exit code 1 when a record was no
    event.

        mailroom status backfill s3://mailroom-prod-events-111122223333/events/ --since 2026-11-01 --env prod
        mailroom status backfill s3://mailroom-prod-events-111122223333/errors/ --dry-run --env prod
    """
    from mailroom.environment import Environment
    from mailroom.leavings import interruptible
    from mailroom.status.archive import Days, Place
    from mailroom.status.backfill import Backfill

    days = Days(_day(since), _day(until))
    _in_order(days.first, days.last)
    run = Backfill(Environment.load(env, name), Place.of(place), days, dry_run)
    if restart:
        run.restart()
    if run.resume():
        typer.echo(f"Going on after {run.after} ({_objects(run.counts)} done before).", err=True)
    try:
        with interruptible(), _progress() as watch:
            run.run(watch)
    except (KeyboardInterrupt, SystemExit) as ended:
        _tell(run, as_json, dry_run, complete=False)
        raise typer.Exit(int(ended.code or 0) if isinstance(ended, SystemExit) else 130) from None
    _tell(run, as_json, dry_run, complete=True)
    raise typer.Exit(1 if run.counts.rejected else 0)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _in_order(first: date | None, last: date | None) -> None:
    from mailroom.errors import MailroomError

    if first and last and first > last:
        raise MailroomError(
            f"--since {first} is after --until {last}: no day is between.", "mailroom status backfill --help"
        )


def _objects(counts: "Counts") -> str:
    return f"{counts.objects:,} object{'' if counts.objects == 1 else 's'}"


def _tell(run: "Backfill", as_json: bool, dry_run: bool, complete: bool) -> None:
    from dataclasses import asdict

    counts = run.counts
    if as_json:
        told: dict[str, Any] = {
            "place": str(run.place),
            "table": run.table,
            "complete": complete,
            "dry_run": dry_run,
            "after": run.after or None,
        }
        typer.echo(json.dumps({**told, **asdict(counts)}))
        return
    for one in counts.rejections[:MOST_NAMED]:
        typer.echo(f"rejected: s3://{run.place.bucket}/{one.key} line {one.line}: {one.reason}")
    if counts.rejected > MOST_NAMED:
        typer.echo(f"… and {counts.rejected - MOST_NAMED:,} more (--json names {len(counts.rejections)})")
    wrote = "would write" if dry_run else "wrote"
    typer.echo(
        f"{_objects(counts)}: {counts.events:,} events, {counts.ignored:,} of other kinds, "
        f"{counts.rejected:,} rejected; {wrote} items {counts.writes:,} times to {run.table}"
    )
    if counts.expired:
        typer.echo(f"left out {counts.expired:,} times: items that are past their days in the table")
    if not complete:
        typer.echo("Stopped. The same command goes on where it was; --restart begins anew.")


@contextmanager
def _progress() -> Iterator[Callable[["Counts", "Stored"], None]]:
    """Draw how far it is, on stderr, and only where a person sees it."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("looking into the archive", total=None)

        def watch(counts: "Counts", stored: "Stored") -> None:
            bar.update(
                task,
                description=f"{stored.day}  {_objects(counts)}, {counts.events:,} events, "
                f"{counts.rejected:,} rejected",
            )

        yield watch
