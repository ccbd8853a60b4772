"""The settings of the function `links`, read from its environment once."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambda_src.shared.settings import flag, log_level, text, whole_number


@dataclass(frozen=True)
class Settings:
    """Names are those of the variables, in lower case; see docs/links.md."""

    links_table: str
    attachments_bucket: str
    signed_url_seconds: int
    malware_protection: bool
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "Settings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        bucket = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
        return cls(
            links_table=text(values, "LINKS_TABLE", "a table's name", r"[A-Za-z0-9_.-]{3,255}"),
            attachments_bucket=text(values, "ATTACHMENTS_BUCKET", "a bucket's name", bucket),
            signed_url_seconds=whole_number(values, "SIGNED_URL_SECONDS", 5, 900, "seconds"),
            malware_protection=flag(values, "MALWARE_PROTECTION"),
            log_level=log_level(values),
        )
