"""Logs as JSON, one object a line, with the message id as the correlation id; metrics are lines of it too.

Callers pass values as fields, never inside the sentence, and never an address, a subject or a body:
`log.info("mail sent on", recipients=3)`.

Lambda filters lines by their `level`, but only those that carry a `timestamp` in RFC 3339's form as well: all
others count as INFO and would vanish at a higher level (Lambda developer guide, "Log-level filtering").
"""

import json
import sys
import time
from dataclasses import dataclass
from typing import Any, ClassVar

NAMESPACE = "Mailroom"


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

    def count(self, outcome: str, function: str) -> None:
        """One mail that is finished, and how: the metric `mails`."""
        self.measure("mail finished", "mails", 1, function=function, outcome=outcome)

    def measure(self, message: str, metric: str, number: int, **dimensions: str) -> None:
        """A line that CloudWatch makes a metric of, with these dimensions, whatever the log's level.

        The form is CloudWatch's embedded metric format: what `_aws` names as dimensions and metrics stands
        beside it, dimensions as texts, metrics as numbers.
        """
        described = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(dimensions)],
            "Metrics": [{"Name": metric, "Unit": "Count"}],
        }
        stamped = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]}
        # Of the log's own level, or Lambda would drop it where only errors are logged.
        self._write(self.level, message, {**dimensions, metric: number, "_aws": stamped})

    def _write(self, level: str, message: str, fields: dict[str, Any]) -> None:
        if self.LEVELS.index(level) >= self.LEVELS.index(self.level):
            now = time.time()
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
            line = {"timestamp": moment, "level": level, "message": message, **self.fields, **fields}
            sys.stdout.write(json.dumps(line, default=str) + "\n")
            sys.stdout.flush()
