"""API Gateway's metrics of a call ("Amazon API Gateway dimensions and metrics", developer guide)."""

from __future__ import annotations

from typing import Any

from ...adapter import counts
from ...engine.rest_api.call import Call

NAMESPACE = "AWS/ApiGateway"


def count(call: Call, name: str, stage: dict[str, Any], status: int, latency: int) -> None:
    """Count an answered call for its API, its stage, and its method where the stage wants that in detail."""
    series = [{"ApiName": name}, {"ApiName": name, "Stage": call.stage}]
    settings = stage.get("methodSettings") or {}
    wanted = settings.get(f"{call.resource_path}/{call.method}") or settings.get("*/*") or {}
    if wanted.get("metricsEnabled") and call.resource_path:
        series.append({**series[1], "Resource": call.resource_path, "Method": call.method})
    for dimensions in series:
        # Their sum is how many failed, their average the share of those that did.
        counts.here(NAMESPACE, "4XXError", dimensions, float(400 <= status < 500))
        counts.here(NAMESPACE, "5XXError", dimensions, float(status >= 500))
        counts.here(NAMESPACE, "Count", dimensions, 1.0)
        counts.here(NAMESPACE, "Latency", dimensions, latency, "Milliseconds")
        if call.integration.latency is not None:
            counts.here(NAMESPACE, "IntegrationLatency", dimensions, call.integration.latency, "Milliseconds")
