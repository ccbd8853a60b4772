"""Metrics of the services that the local cloud has of its own, in the embedded emulator's CloudWatch.

The emulator keeps a point for every value: a thousand calls a second would be looked through by every alarm,
every second. Here equal values of the same few seconds are one point that counts for several, which is all
that sums, averages and percentiles need.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

KEEP_SECONDS = 3 * 3600.0
GRAIN_SECONDS = 5.0

Series = tuple[str, str, tuple[str, str, str]]
"""Account, Region, and CloudWatch's key of a metric with its dimensions."""
_open: dict[Series, dict[float, dict[str, Any]]] = {}
"""The points of the present few seconds by their value."""
_writing = Lock()


def add(
    account: str,
    region: str,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    value: float,
    unit: str = "Count",
    at: float | None = None,
) -> None:
    """Put a value of a metric, now or at a time (epoch s). Cheap: alarms look for themselves."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    named, number = dict(dimensions), float(value)
    with request_scope(account, region), _writing:
        key = (namespace, name, cloudwatch._dims_key(named))
        points = cloudwatch._metric_bucket(key)
        while points and points[0]["Timestamp"] < time.time() - KEEP_SECONDS:
            points.pop(0)
        point = {"Value": number, "Count": 1.0, "Unit": unit, "Dimensions": named}
        if at is None:
            _now(_open.setdefault((account, region, key), {}), points, point)
        else:
            points.append({**point, "Timestamp": at})


def _now(known: dict[float, dict[str, Any]], points: list[dict[str, Any]], point: dict[str, Any]) -> None:
    """Count a value with its equals of the present few seconds."""
    now = time.time()
    since = next((one["_since"] for one in known.values()), now)
    if not points or now - since >= GRAIN_SECONDS:
        known.clear()
        since = now
    found = known.get(point["Value"])
    if found is None:
        found = known[point["Value"]] = {**point, "Count": 0.0, "_since": since}
        points.append(found)
    found["Count"] += 1.0
    found["Timestamp"] = now


def here(namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str = "Count") -> None:
    """Put a value of a metric, now, in the account and Region of what is being answered."""
    from ministack.core.responses import get_account_id, get_region

    add(get_account_id(), get_region(), namespace, name, dimensions, value, unit)
