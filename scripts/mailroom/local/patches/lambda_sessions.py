"""Each Lambda worker has a session of its own, so that a call says which process makes it, as in AWS.

The emulator gives all workers of a function one access key: a fault that is to kill the worker that asks
could not tell it from the others.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

from ..adapter.backend import LambdaWorker
from .patch import Patch

log = logging.getLogger(__name__)

_spawning: ContextVar[Any] = ContextVar("mailroom_spawning", default=None)
_workers: WeakValueDictionary[str, Any] = WeakValueDictionary()
"""The emulator's workers by the access key of their present process."""


def _lose_nothing(function: str) -> bool:
    return False


loses: Callable[[str], bool] = _lose_nothing
"""Whether the answer of this function's worker, which has just finished, is to be lost (see
Backend.watch_answers)."""


def worker(access_key: str) -> LambdaWorker | None:
    """The Lambda worker that has this access key."""
    found: Any = _workers.get(access_key)
    if found is None or found._proc is None:
        return None
    return LambdaWorker(found.func_name, found._proc.pid)


def _spawn(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def _spawn_with_a_session(self: Any) -> None:
        token = _spawning.set(self)
        try:
            original(self)
        finally:
            _spawning.reset(token)

    return _spawn_with_a_session


def _credentials(original: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
        from ministack.services import sts

        given, spawning = original(config), _spawning.get()
        if spawning is None:
            return given
        key = f"ASIA{secrets.token_hex(8).upper()}"
        sts.register_session(key, dict(sts._sessions[given["AWS_ACCESS_KEY_ID"]]))
        _workers[key] = spawning
        return {**given, "AWS_ACCESS_KEY_ID": key}

    return execution_credentials


def _invoke(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke(self: Any, event: Any, request_id: str, **more: Any) -> dict[str, Any]:
        answer = original(self, event, request_id, **more)
        process = self._proc
        if answer.get("status") != "ok" or process is None or not loses(self.func_name):
            return answer
        log.info("fault kill-answer strikes %s", self.func_name)
        process.kill()
        process.wait()
        return {**answer, "status": "error", "error": "Worker process died", "result": None}

    return invoke


_RUNTIME = "ministack.core.lambda_runtime:"
PATCHES = (
    Patch(
        _RUNTIME + "Worker._spawn",
        "a worker could not be told by its access key",
        "c55febf956565c5e83b8a36e069852483461164e899afa9c735a17e138ad1c93",
        _spawn,
    ),
    Patch(
        _RUNTIME + "execution_credentials",
        "all workers of a function had one access key",
        "cffaadc4f396f6e44a2490ca7e3e49fafba0d30ee1a22d6f991a995bc9078463",
        _credentials,
    ),
    Patch(
        _RUNTIME + "Worker.invoke",
        "an answer could not be lost on purpose",
        "96751a75471021ecc05362bd28031305be50ff352345c5f7b1f9b7924a467b31",
        _invoke,
    ),
)
