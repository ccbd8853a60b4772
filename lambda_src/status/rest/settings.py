"""What the function `api` is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambda_src.shared.settings import log_level, number, table_name, text

NO_ORIGIN = "-"
_ORIGIN = r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?"


@dataclass(frozen=True)
class Settings:
    """`function` is the one that folds the events: its name is in the metric. `page_origins` may be empty."""

    table: str
    function: str
    stuck_hours: float
    page_origins: frozenset[str]
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "Settings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        return cls(
            table=table_name(values, "STATUS_TABLE"),
            function=text(values, "STATUS_FUNCTION", "a function's name", r"[A-Za-z0-9_-]{1,64}"),
            stuck_hours=number(values, "STUCK_HOURS", 0.01, 8760, "hours"),
            page_origins=_origins(values),
            log_level=log_level(values),
        )


def _origins(values: Mapping[str, str]) -> frozenset[str]:
    """Where the page is, besides beside the API: origins as browsers send them, or `-` for none."""
    form = f"{NO_ORIGIN}, or origins as https://status.example.com, with commas between them"
    found = text(values, "PAGE_ORIGINS", form, rf"{NO_ORIGIN}|{_ORIGIN}(,{_ORIGIN})*")
    return frozenset() if found == NO_ORIGIN else frozenset(found.lower().split(","))
