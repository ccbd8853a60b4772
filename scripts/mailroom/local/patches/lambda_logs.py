"""All of a call's log lines are that call's.

The emulator looked at a worker's log for 50 ms after the answer. On a busy machine the lines came later, were
shown with the next call or never, and so were the metrics in them. Here a worker says when all is written.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from .patch import Patch

END = "\x1eend of call"
LONGEST_SECONDS = 5.0
"""For a worker that is killed between its last line and the end of it."""

SAY_WHEN_ALL_IS_WRITTEN = f"""
class _MailroomAnswers:
    def __init__(self, stream):
        self.stream, self.flush = stream, stream.flush
    def write(self, text):
        import sys
        if not text.startswith('{{"status": "ready"'):
            sys.stderr.write({END!r} + "\\n")
            sys.stderr.flush()
        return self.stream.write(text)
import sys
sys.stdout = _MailroomAnswers(sys.stdout)
"""
"""Runs in the worker before the emulator's own bootstrap, which writes each answer there."""


def _drain(original: Callable[..., str]) -> Callable[..., str]:
    def _drain_stderr_bounded(self: Any) -> str:
        if not str(self.config.get("Runtime", "")).startswith("python"):
            unmarked: str = original(self)
            return unmarked
        lines: list[str] = []
        patience = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < patience:
            try:
                line: str = self._stderr_queue.get(timeout=0.05)
            except queue.Empty:
                if not self._stderr_thread.is_alive():  # the worker is dead, and all that it wrote was read
                    break
                continue
            if line.endswith(END):
                lines.extend(filter(None, [line.removesuffix(END)]))
                break
            lines.append(line)
        return "\n".join(lines)

    return _drain_stderr_bounded


PATCHES = (
    Patch(
        "ministack.core.lambda_runtime:Worker._drain_stderr_bounded",
        "a line that was late was shown with the next call, or never",
        "3fd7cc742872e604e4937310429a4021719467dd7d2993734c4331c01e4427ab",
        _drain,
    ),
)
