"""What of End User Messaging SMS is built."""

from __future__ import annotations

from ..protocol.messages import Operation
from . import numbers, optouts, pools, sending, sets, tags

OPERATIONS: dict[str, Operation] = {
    **numbers.OPERATIONS,
    **pools.OPERATIONS,
    **optouts.OPERATIONS,
    **sets.OPERATIONS,
    **sending.OPERATIONS,
    **tags.OPERATIONS,
}
