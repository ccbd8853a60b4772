"""Log lines in the embedded metric format become metrics, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..adapter import counts
from ..engine.metrics_in_logs import data
from .patch import Patch


def _append(original: Callable[..., None]) -> Callable[..., None]:
    def _append_log_events(stream: dict[str, Any], events: list[dict[str, Any]]) -> None:
        from ministack.core.responses import get_account_id, get_region

        original(stream, events)
        for event in events:
            for one in data(event["message"]):
                where = (get_account_id(), get_region(), one.namespace)
                counts.add(*where, one.name, one.dimensions, one.value, one.unit, one.at)

    return _append_log_events


PATCHES = (
    Patch(
        "ministack.services.cloudwatch_logs:_append_log_events",
        "metrics in log lines were log lines",
        "e47cae7a15a4cc4668b51832593f304d5bb88fecfa67de3b88c0c115883e987c",
        _append,
    ),
)
