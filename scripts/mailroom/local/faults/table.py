"""The faults of a running cloud, and which of them a call meets."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .calls import Call
from .fault import Fault


@dataclass
class _Armed:
    id: str
    fault: Fault
    matched: int = 0
    struck: int = 0

    def strikes(self, draw: float) -> bool:
        """Count a matching call; whether this one is struck."""
        self.matched += 1
        fault = self.fault
        over = bool(fault.times) and self.struck >= fault.times
        if over or self.matched <= fault.skip or draw >= fault.share:
            return False
        self.struck += 1
        return True


class Table:
    """Safe for the loop and for the threads of Lambda workers."""

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._armed: list[_Armed] = []

    def __bool__(self) -> bool:
        """Whether there is any: without one, requests are not even looked at."""
        return bool(self._armed)

    def add(self, fault: Fault) -> str:
        """Arm a fault; answers its id."""
        with self._lock:
            armed = _Armed(f"f{next(self._numbers)}", fault)
            self._armed = [*self._armed, armed]
        return armed.id

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self._armed = []

    def listing(self) -> list[dict[str, Any]]:
        """Each fault with its id, how many calls matched it and how many it struck."""
        with self._lock:
            return [
                {"id": one.id, **asdict(one.fault), "matched": one.matched, "struck": one.struck}
                for one in self._armed
            ]

    def meets(self, call: Call) -> tuple[float, Fault | None]:
        """How long a call waits (seconds), and the first other fault that strikes it.

        What is after that one in the table does not see the call.
        """
        seconds = 0.0
        with self._lock:
            for armed in self._armed:
                if armed.fault.matches(call.service, call.operation, call.function) and armed.strikes(
                    self._draw()
                ):
                    if armed.fault.kind != "delay":
                        return seconds, armed.fault
                    seconds += armed.fault.seconds
        return seconds, None

    def kills_answer(self, function: str) -> bool:
        """Whether the worker of this function that has just finished is to be killed (kill-answer)."""
        with self._lock:
            wanted: Iterable[_Armed] = (a for a in self._armed if a.fault.matches_answer(function))
            return any(armed.strikes(self._draw()) for armed in wanted)
