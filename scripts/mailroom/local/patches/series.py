"""Values of the services themselves, put into the emulator's CloudWatch under AWS's names.

The emulator keeps a point for every call: a thousand calls a second would be looked through by every alarm,
every second. Here equal values of the same few seconds are one point with a count, which is all that sums,
averages and percentiles need.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

KEEP_SECONDS = 3 * 3600
GRAIN_SECONDS = 5.0

Series = tuple[str, str, tuple[str, str, str]]
_open: dict[Series, dict[float, dict[str, Any]]] = {}
"""The points of the present few seconds by their value; a series is one of an account and Region."""
_writing = Lock()


def record(
    namespace: str, name: str, dimensions: dict[str, str], value: float, unit: str = "Count", count: float = 1
) -> None:
    """One value of a metric, now, in the current account and Region; `count` times."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import cloudwatch

    key = (namespace, name, cloudwatch._dims_key(dimensions))
    series = (get_account_id(), get_region(), key)
    now = time.time()
    with _writing:
        points = cloudwatch._metric_bucket(key)
        known = _open.get(series, {})
        if any(now - point["_since"] >= GRAIN_SECONDS for point in known.values()) or not points:
            known = {}
        point = known.get(value)
        if point is None:
            point = {"_since": min((one["_since"] for one in known.values()), default=now)}
            point |= {"Value": value, "Count": 0.0, "Unit": unit, "Dimensions": dict(dimensions)}
            points.append(point)
        point["Count"] += count
        point["Timestamp"] = now
        _open[series] = {**known, value: point}
        while points[0]["Timestamp"] < now - KEEP_SECONDS:
            points.pop(0)
