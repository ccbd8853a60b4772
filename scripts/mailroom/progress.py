"""Progress of long work on the terminal, on stderr, so that stdout stays for results."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mailroom.terraform import Event

STARTS = {"apply_start"}
ENDS = {"apply_complete", "apply_errored"}
LINE_EVERY_SECONDS = 10


@contextmanager
def terraform_progress(title: str) -> Iterator[Callable[[Event], None]]:
    """Draw a bar from Terraform's events: how many of the planned changes are done, and what it waits for.

    Where stderr is no terminal (a pipeline's log), a line every ten seconds says the same.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[waiting]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(title, total=None, waiting="")
        running: dict[str, None] = {}
        counts = {"done": 0, "planned": 0}
        last_line = time.monotonic()

        def watch(event: Event) -> None:
            nonlocal last_line
            address = ((event.get("hook") or {}).get("resource") or {}).get("addr", "")
            if event.get("type") == "change_summary" and event["changes"].get("operation") == "plan":
                counts["planned"] = sum(event["changes"].get(key, 0) for key in ("add", "change", "remove"))
            elif event.get("type") in STARTS:
                running[address] = None
            elif event.get("type") in ENDS:
                running.pop(address, None)
                counts["done"] += 1
            waiting = next(iter(running), "")
            progress.update(
                task, completed=counts["done"], total=counts["planned"] or None, waiting=waiting[-60:]
            )
            if not console.is_terminal and time.monotonic() - last_line > LINE_EVERY_SECONDS:
                last_line = time.monotonic()
                console.print(f"  {title}: {counts['done']} of {counts['planned']}, waiting for {waiting}")

        yield watch
