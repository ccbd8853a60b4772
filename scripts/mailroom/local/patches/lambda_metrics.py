"""Lambda's metrics for every call of a function, whoever calls.

The emulator counted the calls by Lambda's own API only: a function behind a queue, a rule or an API could
fail for ever without an alarm. What is throttled counts as a throttle, not as an invocation (Lambda developer
guide, "Types of metrics for Lambda functions").
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..adapter import counts
from .patch import Patch

NAMESPACE = "AWS/Lambda"


def _dispatch(original: Callable[..., Any]) -> Callable[..., Any]:
    def _execute_function_dispatch(
        func: dict[str, Any], config: dict[str, Any], event: Any, request_id: str, started: float
    ) -> Any:
        failed = True
        try:
            result = original(func, config, event, request_id, started)
            failed = bool(result.get("error"))
            return result
        finally:
            name = {"FunctionName": config.get("FunctionName", "")}
            counts.here(NAMESPACE, "Invocations", name, 1.0)
            counts.here(NAMESPACE, "Errors", name, float(failed))
            counts.here(NAMESPACE, "Throttles", name, 0.0)
            counts.here(NAMESPACE, "Duration", name, round((time.time() - started) * 1000.0), "Milliseconds")

    return _execute_function_dispatch


def _emit(original: Callable[..., None]) -> Callable[..., None]:
    def _emit_lambda_metrics(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:
        # Told twice where Lambda's own API was asked: the second time with how long it took.
        if throttle and not duration_ms:
            counts.here(NAMESPACE, "Throttles", {"FunctionName": function_name}, 1.0)

    return _emit_lambda_metrics


_LAMBDA = "ministack.services.lambda_svc:"
PATCHES = (
    Patch(
        _LAMBDA + "_execute_function_dispatch",
        "only calls by Lambda's own API were counted",
        "f62cd259213ecef7ae51bf01a6dd1aa326a031f4e9dfd9d8ac9f497cc8cbe623",
        _dispatch,
    ),
    Patch(
        _LAMBDA + "_emit_lambda_metrics",
        "what is counted elsewhere now would count twice",
        "3b6689d77cf6f1e4a34bbc802897ae14238f517ac62b96bb499be027b1846957",
        _emit,
    ),
)
