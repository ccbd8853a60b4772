"""A Lambda function has a few workers at most; calls beyond that wait for one.

The emulator starts a process for every call at once: 200 clicks at once are 200 interpreters that start on
two cores, and all of them are late. In AWS the concurrency is the account's; here it is the machine's.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from .patch import Patch

VARIABLE = "MAILROOM_LAMBDA_WORKERS"
DEFAULT_WORKERS = 4
LOOK_AGAIN_SECONDS = 1.0
"""A worker that is dropped, not released, wakes nobody."""

_free: defaultdict[str, threading.Condition] = defaultdict(threading.Condition)


def most_workers() -> int:
    """How many workers a function has at most: MAILROOM_LAMBDA_WORKERS, else 4."""
    named = os.environ.get(VARIABLE, "")
    return max(1, int(named)) if named.isdecimal() else DEFAULT_WORKERS


def _acquire(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire_worker(
        func_name: str,
        config: dict[str, Any],
        code_zip: bytes,
        qualifier: str = "$LATEST",
        max_concurrency: int | None = None,
    ) -> Any:
        from ministack.core import lambda_runtime
        from ministack.services.lambda_svc import _invoke_depth

        def lease() -> Any:
            return original(func_name, config, code_zip, qualifier=qualifier, max_concurrency=max_concurrency)

        # A function that is called by a function: waiting for a worker that waits for us would never end.
        if _invoke_depth.get() > 1:
            return lease()
        key = lambda_runtime._worker_key(func_name, config, qualifier)

        def busy() -> int:
            return sum(one.in_use for one in list(lambda_runtime._workers.get(key, ())))

        with _free[key]:
            while busy() >= most_workers():
                _free[key].wait(LOOK_AGAIN_SECONDS)
            return lease()

    return acquire_worker


def _release(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def release_worker(worker: Any) -> None:
        from ministack.core import lambda_runtime

        original(worker)
        if worker is None:
            return
        key = lambda_runtime._worker_key(
            worker.func_name, worker.config, worker.config.get("Version", "$LATEST")
        )
        with _free[key]:
            _free[key].notify()

    return release_worker


def _mapped(original: Callable[..., int]) -> Callable[..., int]:
    def _sqs_esm_concurrency(*arguments: Any) -> int:
        """No batch is taken from a queue before there is somebody to work on it: its time would run."""
        return min(original(*arguments), most_workers())

    return _sqs_esm_concurrency


_SERVICE = "ministack.services.lambda_svc:"
PATCHES = (
    Patch(
        _SERVICE + "acquire_worker",
        "every call at once started a process",
        "5017d144adb5b983050914401f482f2ad1332f4564c96903c20ab7e4defad7da",
        _acquire,
    ),
    Patch(
        _SERVICE + "release_worker",
        "nobody who waits for a worker was told of it",
        "25d5dd7d42b6e30ce6843a33cf159b418d185f46bfa0a76a64268ea83e203cdc",
        _release,
    ),
    Patch(
        _SERVICE + "_sqs_esm_concurrency",
        "batches were taken that nobody could work on",
        "d3e9d1e865aa0b28e7873a2ec3d794ce0383435741658f6fdec000b1b0d9b224",
        _mapped,
    ),
)
