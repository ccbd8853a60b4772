"""Logs as JSON, one object a line, with the message id as the correlation id.

Callers pass values as fields, never inside the sentence, and never an address, a subject or a body:
`log.info("mail sent on", recipients=3)`.
"""

import json
import sys
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Log:
    """Writes lines to stdout, which Lambda hands to CloudWatch Logs; `fields` go into every line."""

    level: str
    fields: dict[str, Any]

    LEVELS: ClassVar[tuple[str, ...]] = ("DEBUG", "INFO", "WARN", "ERROR")

    def about(self, **fields: Any) -> "Log":
        """A log whose every line carries these fields too (for one mail: its message id)."""
        return Log(self.level, {**self.fields, **fields})

    def info(self, message: str, **fields: Any) -> None:
        """What happened, as it should."""
        self._write("INFO", message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        """What a person may have to look at."""
        self._write("WARN", message, fields)

    def error(self, message: str, **fields: Any) -> None:
        """What failed."""
        self._write("ERROR", message, fields)

    def _write(self, level: str, message: str, fields: dict[str, Any]) -> None:
        if self.LEVELS.index(level) >= self.LEVELS.index(self.level):
            line = {"level": level, "message": message, **self.fields, **fields}
            sys.stdout.write(json.dumps(line, default=str) + "\n")
            sys.stdout.flush()
