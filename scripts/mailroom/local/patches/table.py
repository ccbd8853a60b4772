"""The table of corrections."""

from __future__ import annotations

from . import (
    alarms,
    answers,
    delivery,
    enforcement,
    github_claims,
    lambda_metrics,
    lambda_pool,
    lambda_sessions,
    lambda_workers,
    log_metrics,
    message_moves,
    metrics,
    object_events,
    resources,
    rest_api,
    stream_targets,
    streams,
    transport,
)
from .patch import Patch

PATCHES: tuple[Patch, ...] = (
    *alarms.PATCHES,
    *answers.PATCHES,
    *delivery.PATCHES,
    *enforcement.PATCHES,
    *github_claims.PATCHES,
    *lambda_metrics.PATCHES,
    *lambda_pool.PATCHES,
    *lambda_sessions.PATCHES,
    *lambda_workers.PATCHES,
    *log_metrics.PATCHES,
    *message_moves.PATCHES,
    *metrics.PATCHES,
    *object_events.PATCHES,
    *resources.PATCHES,
    *rest_api.PATCHES,
    *stream_targets.PATCHES,
    *streams.PATCHES,
    *transport.PATCHES,
)
