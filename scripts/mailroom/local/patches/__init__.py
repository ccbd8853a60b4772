"""What the emulator answers wrongly or not at all, corrected in its own process.

Each patch names what it replaces and the hash of that source as it was when the patch was written. A new
emulator version that changed one of them does not start: it says which, so that a person looks before
trusting it.
"""

from __future__ import annotations

from mailroom.errors import MailroomError

from .patch import Patch
from .table import PATCHES

VERSION = "1.5.33"
"""The emulator that the table was written against (requirements pin the same)."""


def changed() -> list[Patch]:
    """The patches whose target is not what it was."""
    return [patch for patch in PATCHES if patch.source_hash() != patch.sha256]


def apply() -> None:
    """Put every patch in place. Raises MailroomError, before the first one, where a target has changed."""
    broken = changed()
    if broken:
        names = ", ".join(patch.name for patch in broken)
        raise MailroomError(
            f"The emulator (ministack) is not the one that was corrected here: {names} changed.",
            f"install ministack=={VERSION}, or look at scripts/mailroom/local/patches/ and renew the hashes",
        )
    for patch in PATCHES:
        patch.install()
