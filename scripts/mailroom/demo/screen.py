"""What the demo shows: numbered steps, what happened in each, and how long each took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table


class Screen:
    """Prints the steps as they come and remembers how long each took (wall-clock seconds)."""

    def __init__(self) -> None:
        # No wrapping of addresses in a log, no colours where nobody sees them: rich finds out by itself.
        self.console = Console(highlight=False, soft_wrap=True)
        self._took: list[tuple[str, float]] = []

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One numbered step; its lines come from `say` inside."""
        self.console.print(f"\n[bold]{len(self._took) + 1}. {title}[/bold]")
        started = time.monotonic()
        yield
        self._took.append((title, time.monotonic() - started))

    def say(self, text: str) -> None:
        """One line of what happened."""
        self.console.print(f"   {text}", markup=False)

    def times(self) -> None:
        """How long each step took, and all of them."""
        table = Table(
            "step", "seconds", box=None, padding=(0, 2), title="How long it took", title_justify="left"
        )
        table.columns[1].justify = "right"
        for title, seconds in [*self._took, ("all of it", sum(seconds for _, seconds in self._took))]:
            table.add_row(title, f"{seconds:.1f}")
        self.console.print()
        self.console.print(table)
