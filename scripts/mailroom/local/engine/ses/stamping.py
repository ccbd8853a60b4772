"""What SES changes in a message between taking it and handing it to the recipient's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .state import Region

if TYPE_CHECKING:
    from .sending import Outgoing


def stamped(region: Region, outgoing: Outgoing, message_id: str) -> bytes:
    """The message as the recipient gets it."""
    return outgoing.message
