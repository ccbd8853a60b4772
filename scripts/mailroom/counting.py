"""Progress of commands that look at many mails: on stderr, and only where a person sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counted(title: str) -> Iterator[Callable[[], None]]:
    """Draw how many were looked at; the function that is given counts one more."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda: bar.advance(task)
