"""The table of corrections."""

from __future__ import annotations

from . import alarms, answers, delivery, keys, lambda_workers, message_moves, metrics, transport
from .patch import Patch

PATCHES: tuple[Patch, ...] = (
    *alarms.PATCHES,
    *answers.PATCHES,
    *delivery.PATCHES,
    *keys.PATCHES,
    *lambda_workers.PATCHES,
    *message_moves.PATCHES,
    *metrics.PATCHES,
    *transport.PATCHES,
)
