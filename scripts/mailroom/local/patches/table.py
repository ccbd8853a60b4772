"""The table of corrections."""

from __future__ import annotations

from . import (
    alarms,
    answers,
    dashboards,
    delivery,
    enforcement,
    github_claims,
    lambda_metrics,
    lambda_pool,
    lambda_sessions,
    lambda_workers,
    log_metrics,
    message_moves,
    metric_data,
    metrics,
    object_events,
    query_definitions,
    resources,
    rest_api,
    service_metrics,
    stream_targets,
    streams,
    transport,
)
from .patch import Patch

PATCHES: tuple[Patch, ...] = (
    *alarms.PATCHES,
    *answers.PATCHES,
    *dashboards.PATCHES,
    *delivery.PATCHES,
    *enforcement.PATCHES,
    *github_claims.PATCHES,
    *lambda_metrics.PATCHES,
    *lambda_pool.PATCHES,
    *lambda_sessions.PATCHES,
    *lambda_workers.PATCHES,
    *log_metrics.PATCHES,
    *message_moves.PATCHES,
    *metric_data.PATCHES,
    *metrics.PATCHES,
    *object_events.PATCHES,
    *query_definitions.PATCHES,
    *resources.PATCHES,
    *rest_api.PATCHES,
    *service_metrics.PATCHES,
    *stream_targets.PATCHES,
    *streams.PATCHES,
    *transport.PATCHES,
)
