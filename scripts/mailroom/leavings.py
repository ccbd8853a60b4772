"""Temporary things in an account: taken away again however a command ends, and named where that fails."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Left:
    """What could not be taken away: what it is, why, and the command that does it by hand."""

    what: str
    why: str
    by_hand: str


class Leavings:
    """What was made and has to go, the last first."""

    def __init__(self) -> None:
        self._things: list[tuple[str, str, Callable[[], object]]] = []

    def add(self, what: str, by_hand: str, remove: Callable[[], object]) -> None:
        """Remember a thing BEFORE it is made, so that an interrupted making is undone too.

        `remove` must be content when there is nothing to remove.
        """
        self._things.append((what, by_hand, remove))

    def remove(self, what: str) -> None:
        """Take one thing away now; where that fails, it is still remembered. Raises what `remove` raised."""
        thing = next(thing for thing in self._things if thing[0] == what)
        thing[2]()
        self._things.remove(thing)

    def remove_all(self) -> tuple[list[str], list[Left]]:
        """Take everything away; one that fails keeps no other. Answers what went and what is left."""
        gone, left = [], []
        while self._things:
            what, by_hand, remove = self._things.pop()
            try:
                remove()
                gone.append(what)
            except Exception as problem:
                left.append(Left(what, str(problem) or type(problem).__name__, by_hand))
        return gone, left


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """SIGTERM and SIGHUP end the block by an exception, as Ctrl-C does, so that what is left goes.

    The function that is given makes all three be ignored: what it begins nobody interrupts.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS[1:]:
        if before[number] is not signal.SIG_IGN:  # nohup
            signal.signal(number, _interrupt)

    def ignore() -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
