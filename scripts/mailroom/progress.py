"""Progress of long work on the terminal, on stderr, so that stdout stays for results."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mailroom.terraform import Event

CHANGES = ("create", "update", "delete", "replace")
LINE_EVERY_SECONDS = 15


class TerraformProgress:
    """Counts Terraform's events: `done` of `planned` changes, and what is being waited for."""

    def __init__(self, title: str, bar: Progress, task: TaskID) -> None:
        self.done = 0
        self.planned = 0
        self._title = title
        self._bar = bar
        self._task = task
        self._running: dict[str, None] = {}
        self._last_line = time.monotonic()

    def watch(self, event: Event) -> None:
        """Take one event of `terraform apply -json`."""
        hook = event.get("hook") or {}
        address = (hook.get("resource") or {}).get("addr", "")
        if event.get("type") == "change_summary" and event["changes"].get("operation") == "plan":
            self.planned = sum(event["changes"].get(key, 0) for key in ("add", "change", "remove"))
        elif hook.get("action") not in CHANGES:
            return
        elif event.get("type") == "apply_start":
            self._running[address] = None
        elif event.get("type") in ("apply_complete", "apply_errored"):
            self._running.pop(address, None)
            self.done += 1
        self._draw()

    def _draw(self) -> None:
        waiting = next(iter(self._running), "")
        self._bar.update(self._task, completed=self.done, total=self.planned or None, waiting=waiting[-60:])
        # A pipeline's log gets a line now and then.
        if not self._bar.console.is_terminal and time.monotonic() - self._last_line > LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            waits = f", waiting for {waiting}" if waiting else ""
            self._bar.console.print(f"   {self._title}: {self.done} of {self.planned}{waits}")


@contextmanager
def terraform_progress(title: str) -> Iterator[TerraformProgress]:
    """Draw a bar while Terraform works; feed it by its `watch`."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (
        TextColumn("   {task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[waiting]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield TerraformProgress(title, bar, bar.add_task(title, total=None, waiting=""))
