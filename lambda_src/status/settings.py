"""The settings of the functions of `status`, each read from its environment once."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambda_src.shared.settings import log_level, number, table_name, text, whole_number

LONGEST_RETENTION_DAYS = 3650


def reference_tag(values: Mapping[str, str]) -> str:
    """The name of the message tag, context key or attribute that holds the sender's own reference."""
    form = "the name of a message tag (letters, digits, _ and -)"
    return text({"REFERENCE_TAG": "reference", **values}, "REFERENCE_TAG", form, r"[A-Za-z0-9_-]{1,256}")


def queue_url(values: Mapping[str, str], name: str) -> str:
    """The value of `name` as the address of a queue."""
    return text(values, name, "a queue's URL", r"https?://\S{1,1000}")


@dataclass(frozen=True)
class FoldSettings:
    """The function that folds events into the table. Names are those of the variables, in lower case."""

    status_table: str
    status_dead_letter_queue_url: str
    retention_days: int
    reference_tag: str
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "FoldSettings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        return cls(
            status_table=table_name(values, "STATUS_TABLE"),
            status_dead_letter_queue_url=queue_url(values, "STATUS_DEAD_LETTER_QUEUE_URL"),
            retention_days=whole_number(values, "RETENTION_DAYS", 1, LONGEST_RETENTION_DAYS, "days"),
            reference_tag=reference_tag(values),
            log_level=log_level(values),
        )


@dataclass(frozen=True)
class TransformSettings:
    """The transform of the Pinpoint stream."""

    status_queue_url: str
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "TransformSettings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        return cls(queue_url(values, "STATUS_QUEUE_URL"), log_level(values))


@dataclass(frozen=True)
class WatchSettings:
    """The watch for messages without a final event."""

    status_table: str
    stuck_hours: float
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "WatchSettings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        return cls(
            status_table=table_name(values, "STATUS_TABLE"),
            stuck_hours=number(values, "STUCK_HOURS", 0.1, 2000, "hours"),
            log_level=log_level(values),
        )
