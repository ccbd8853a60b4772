"""An engine in every Region of an account."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

R = TypeVar("R")


class Regions(Generic[R]):
    """The Regions that were asked for so far; each is made when first asked for. `lock` is held while an
    operation runs."""

    def __init__(self, make: Callable[[str], R]) -> None:
        self._make = make
        self._made: dict[str, R] = {}
        self.lock = threading.RLock()

    def region(self, name: str) -> R:
        """The engine in this Region."""
        with self.lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self._made.clear()
