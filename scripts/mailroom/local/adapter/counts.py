"""Metrics of the services that the local cloud has of its own, in the embedded emulator's CloudWatch."""

from __future__ import annotations

import time
from collections.abc import Mapping

KEEP_SECONDS = 3 * 3600.0
GRAIN_SECONDS = 5.0
"""Equal values that come within this time are one point that counts for several."""


def add(
    account: str,
    region: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    value: float,
    unit: str,
    at: float | None = None,
) -> None:
    """Put a value of a metric, now or at a time (epoch s). Cheap: alarms look for themselves."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    now = time.time() if at is None else at
    with request_scope(account, region):
        named = dict(dimensions)
        points = cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(named)))
        while points and points[0]["Timestamp"] < time.time() - KEEP_SECONDS:
            points.pop(0)
        last = points[-1] if points else {}
        if (
            last.get("Value") == value
            and last.get("Unit") == unit
            and 0 <= now - last["Timestamp"] < GRAIN_SECONDS
        ):
            last["Count"] = last.get("Count", 1.0) + 1.0
            return
        points.append({"Timestamp": now, "Value": float(value), "Unit": unit, "Dimensions": named})
