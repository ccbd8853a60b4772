"""The table of corrections."""

from __future__ import annotations

from . import (
    alarms,
    answers,
    delivery,
    keys,
    lambda_pool,
    lambda_sessions,
    lambda_workers,
    message_moves,
    metrics,
    object_events,
    transport,
)
from .patch import Patch

PATCHES: tuple[Patch, ...] = (
    *alarms.PATCHES,
    *answers.PATCHES,
    *delivery.PATCHES,
    *keys.PATCHES,
    *lambda_pool.PATCHES,
    *lambda_sessions.PATCHES,
    *lambda_workers.PATCHES,
    *message_moves.PATCHES,
    *metrics.PATCHES,
    *object_events.PATCHES,
    *transport.PATCHES,
)
