"""The settings of the function `inbound`, read from its environment once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lambda_src.inbound.decide import Rules
from lambda_src.shared.addresses import is_address
from lambda_src.shared.settings import SettingsError, flag, log_level, text, whole_number

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_TABLE = r"[A-Za-z0-9_.-]{3,255}"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Names are those of the variables, in lower case; see docs/inbound.md."""

    raw_bucket: str
    attachments_bucket: str
    ledger_table: str
    links_table: str
    links_url: str
    link_expiry_hours: int
    notice_topic_arn: str
    inbound_queue_url: str
    retry_seconds: int
    sender_address: str
    configuration_set: str
    recipients_marker: str
    maximum_message_bytes: int
    maximum_attachments: int
    maximum_recipients: int
    show_all_recipients: bool
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "Settings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        topic = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+"
        sender = text(values, "SENDER_ADDRESS", "an e-mail address")
        if not is_address(sender):
            raise SettingsError(f"SENDER_ADDRESS is {sender!r}: it takes an e-mail address")
        return cls(
            raw_bucket=text(values, "RAW_BUCKET", "a bucket's name", _BUCKET),
            attachments_bucket=text(values, "ATTACHMENTS_BUCKET", "a bucket's name", _BUCKET),
            ledger_table=text(values, "LEDGER_TABLE", "a table's name", _TABLE),
            links_table=text(values, "LINKS_TABLE", "a table's name", _TABLE),
            links_url=text(values, "LINKS_URL", "a URL", r"https?://[^\s<>\"]{1,500}").rstrip("/"),
            link_expiry_hours=whole_number(values, "LINK_EXPIRY_HOURS", 1, 24 * 365, "hours"),
            notice_topic_arn=text(values, "NOTICE_TOPIC_ARN", "the ARN of an SNS topic", topic),
            inbound_queue_url=text(values, "INBOUND_QUEUE_URL", "a URL", r"https?://[^\s<>\"]{1,500}"),
            retry_seconds=whole_number(values, "RETRY_SECONDS", 1, 3600, "seconds"),
            sender_address=sender,
            configuration_set=text(values, "CONFIGURATION_SET", "a configuration set's name", r"[\w-]{1,64}"),
            recipients_marker=marker(values),
            maximum_message_bytes=whole_number(values, "MAXIMUM_MESSAGE_BYTES", 1024, 40 * MEGABYTE, "bytes"),
            maximum_attachments=whole_number(values, "MAXIMUM_ATTACHMENTS", 0, 1000, "attachments"),
            # All are planned in one DynamoDB transaction, which takes 100 items with the mail's own.
            maximum_recipients=whole_number(values, "MAXIMUM_RECIPIENTS", 1, 99, "recipients"),
            show_all_recipients=flag(values, "SHOW_ALL_RECIPIENTS"),
            log_level=log_level(values),
        )

    def rules(self) -> Rules:
        """The part that decides over a message."""
        return Rules(
            marker=self.recipients_marker,
            maximum_message_bytes=self.maximum_message_bytes,
            maximum_attachments=self.maximum_attachments,
            maximum_recipients=self.maximum_recipients,
            sender=self.sender_address,
        )


def marker(values: Mapping[str, str]) -> str:
    """RECIPIENTS_MARKER: it must survive HTML and line breaks, so no white space and none of < > , @."""
    form = "4 to 100 characters without white space and without any of < > , @"
    found = text(values, "RECIPIENTS_MARKER", form, r"[^\s<>,@]{4,100}")
    if re.search(r"[^\x21-\x7e]", found):
        raise SettingsError(f"RECIPIENTS_MARKER is {found!r}: it takes ASCII characters")
    return found
