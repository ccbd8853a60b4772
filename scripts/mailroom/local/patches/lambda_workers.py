"""Lambdas run on an interpreter of their own, which has boto3 and no more, and never outlive the cloud.

The emulator runs them on its own interpreter: a zip that lacks a package would work here and fail in AWS.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mailroom import paths

from .lambda_logs import SAY_WHEN_ALL_IS_WRITTEN
from .patch import Patch

PYTHON_VARIABLE = "MAILROOM_LAMBDA_PYTHON"

# Runs in the worker, before the emulator's own bootstrap. A worker that is busy does not see its pipe
# close, so it watches its parent; the thread is portable, where PR_SET_PDEATHSIG is not (and follows a
# thread's death).
WATCH = """
def _mailroom_watch_the_cloud():
    import os, signal, threading, time
    parent = os.getppid()
    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    threading.Thread(target=watch, daemon=True, name="mailroom-watch").start()
_mailroom_watch_the_cloud()
del _mailroom_watch_the_cloud
"""


def lambda_python() -> Path:
    """The interpreter of the Lambdas: MAILROOM_LAMBDA_PYTHON, else build/venv-lambda of the clone."""
    named = os.environ.get(PYTHON_VARIABLE)
    return Path(named) if named else paths.BUILD / "venv-lambda" / "bin" / "python"


def _detect(original: Callable[[str], tuple[str, str]]) -> Callable[[str], tuple[str, str]]:
    def _detect_runtime_binary(runtime: str) -> tuple[str, str]:
        binary, script = original(runtime)
        if not runtime.startswith("python"):
            return binary, script
        python = lambda_python()
        if not python.is_file():
            raise RuntimeError(f"the Lambdas' interpreter {python} is missing: run make setup")
        return str(python), WATCH + SAY_WHEN_ALL_IS_WRITTEN + script

    return _detect_runtime_binary


PATCHES = (
    Patch(
        target="ministack.core.lambda_runtime:_detect_runtime_binary",
        why="Lambdas saw the emulator's own packages, and could outlive it",
        sha256="222e200df2c093f826646602ec435c624ba56f50002aec951aac125c8c8b0169",
        make=_detect,
    ),
)
