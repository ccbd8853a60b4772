"""How far a backfill has come, so that a stopped one goes on where it was.

It is kept beside Terraform's working files of the environment (of a local cloud: in its state folder, and
gone with it), not in the archive: to read that, somebody needs no right to write it. Where it is lost, the
backfill begins anew, and the table comes out the same.
"""

import hashlib
from pathlib import Path
from typing import Any

from mailroom.local.state import read_json, write_json


class Checkpoint:
    """The note of one backfill; `parts` are what makes it that one: the place, the days, the table."""

    def __init__(self, folder: Path, *parts: str) -> None:
        named = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
        self.file = folder / f"backfill-{named}.json"

    def read(self) -> dict[str, Any] | None:
        """What was written last; None where nothing is noted, or nothing that can be read."""
        return read_json(self.file)

    def write(self, document: dict[str, Any]) -> None:
        """Note it, whole or not at all."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.file, document)

    def remove(self) -> None:
        """Forget it: the backfill is done, or begins anew."""
        self.file.unlink(missing_ok=True)
