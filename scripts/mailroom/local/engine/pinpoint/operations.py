"""What of Pinpoint is built."""

from __future__ import annotations

from ..protocol.messages import Operation
from . import apps, events, messages, streams

OPERATIONS: dict[str, Operation] = {
    **apps.OPERATIONS,
    **streams.OPERATIONS,
    **events.OPERATIONS,
    **messages.OPERATIONS,
}
