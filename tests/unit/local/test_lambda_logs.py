"""Which lines of a worker are a call's, however late they come."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from mailroom.local.patches.lambda_logs import END, PATCHES


def drained(write: Callable[[Any], None], runtime: str = "python3.13") -> tuple[str, Any]:
    """What a call's log is, of a worker whose log is written meanwhile; and the worker."""
    worker = SimpleNamespace(config={"Runtime": runtime}, _stderr_queue=queue.Queue())
    worker._stderr_thread = threading.Thread(target=write, args=[worker._stderr_queue])
    worker._stderr_thread.start()
    return PATCHES[0].make(lambda _: "as the emulator has it")(worker), worker


def test_late_lines_are_waited_for() -> None:
    """All lines up to the end of the call, with pauses that a busy machine makes; what comes after it is the next call's."""

    def write(log: Any) -> None:
        for line in ("first", "", "last", END, "of the next call"):
            time.sleep(0.1)
            log.put(line)

    log, worker = drained(write)
    assert log == "first\n\nlast"
    worker._stderr_thread.join()
    assert worker._stderr_queue.get_nowait() == "of the next call"


@pytest.mark.parametrize(("lines", "log"), [([END], ""), ([f"no line break{END}"], "no line break")])
def test_the_end_is_not_in_the_log(lines: list[str], log: str) -> None:
    """Neither alone nor behind what has no line break."""
    assert drained(lambda written: [written.put(line) for line in lines])[0] == log


def test_a_dead_worker_is_not_waited_for() -> None:
    """What it wrote is there, without an end."""
    assert drained(lambda log: log.put("killed after this"))[0] == "killed after this"


def test_other_runtimes_say_no_end() -> None:
    """Theirs is the emulator's way."""
    assert drained(lambda _: None, "nodejs22.x")[0] == "as the emulator has it"
