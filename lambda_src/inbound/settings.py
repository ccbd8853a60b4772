"""The settings of the function `inbound`, read from its environment once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lambda_src.inbound.attachments import Keep
from lambda_src.inbound.decide import Rules
from lambda_src.inbound.verdicts import ACTIONS, DEFAULT_POLICY, VERDICTS
from lambda_src.shared.addresses import is_address, is_domain
from lambda_src.shared.settings import (
    SettingsError,
    flag,
    log_level,
    number,
    table_name,
    text,
    whole_number,
)

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_TOPIC = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+"
_URL = r"https?://[^\s<>\"]{1,500}"
MEGABYTE = 1024 * 1024
MOST_KEPT = 2_000_000


@dataclass(frozen=True)
class Settings:
    """Names are those of the variables, in lower case; see docs/inbound.md."""

    raw_bucket: str
    attachments_bucket: str
    ledger_table: str
    ledger_retention_days: int
    links_table: str
    links_url: str
    link_expiry_hours: int
    notice_topic_arn: str
    notice_shows_text: bool
    inbound_queue_url: str
    retry_seconds: int
    sender_address: str
    configuration_set: str
    sends_per_second: float
    recipients_marker: str
    allowed_recipient_domains: tuple[str, ...]
    verdict_policy: Mapping[str, str]
    maximum_message_bytes: int
    maximum_attachments: int
    maximum_recipients: int
    keep_files_below_bytes: int
    keep_inline_images_below_bytes: int
    show_all_recipients: bool
    log_level: str

    @classmethod
    def from_env(cls, values: Mapping[str, str]) -> "Settings":
        """Read every variable. Raises SettingsError for the first that is missing or wrong."""
        return cls(
            raw_bucket=text(values, "RAW_BUCKET", "a bucket's name", _BUCKET),
            attachments_bucket=text(values, "ATTACHMENTS_BUCKET", "a bucket's name", _BUCKET),
            ledger_table=table_name(values, "LEDGER_TABLE"),
            ledger_retention_days=whole_number(values, "LEDGER_RETENTION_DAYS", 1, 3650, "days"),
            links_table=table_name(values, "LINKS_TABLE"),
            links_url=text(values, "LINKS_URL", "a URL", _URL).rstrip("/"),
            link_expiry_hours=whole_number(values, "LINK_EXPIRY_HOURS", 1, 24 * 365, "hours"),
            notice_topic_arn=text(values, "NOTICE_TOPIC_ARN", "the ARN of an SNS topic", _TOPIC),
            notice_shows_text=flag(values, "NOTICE_SHOWS_TEXT"),
            inbound_queue_url=text(values, "INBOUND_QUEUE_URL", "a URL", _URL),
            retry_seconds=whole_number(values, "RETRY_SECONDS", 1, 3600, "seconds"),
            sender_address=address(values, "SENDER_ADDRESS"),
            configuration_set=text(values, "CONFIGURATION_SET", "a configuration set's name", r"[\w-]{1,64}"),
            sends_per_second=number(values, "SENDS_PER_SECOND", 0.01, 1000, "sends per second"),
            recipients_marker=marker(values),
            allowed_recipient_domains=domains(values),
            verdict_policy=policy(values),
            maximum_message_bytes=whole_number(values, "MAXIMUM_MESSAGE_BYTES", 1024, 40 * MEGABYTE, "bytes"),
            maximum_attachments=whole_number(values, "MAXIMUM_ATTACHMENTS", 0, 1000, "attachments"),
            # All are planned in one DynamoDB transaction, which takes 100 items with the mail's own.
            maximum_recipients=whole_number(values, "MAXIMUM_RECIPIENTS", 1, 99, "recipients"),
            keep_files_below_bytes=whole_number(values, "KEEP_FILES_BELOW_BYTES", 0, MOST_KEPT, "bytes"),
            keep_inline_images_below_bytes=whole_number(
                values, "KEEP_INLINE_IMAGES_BELOW_BYTES", 0, MOST_KEPT, "bytes"
            ),
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
            allowed_domains=self.allowed_recipient_domains,
            keep=Keep(self.keep_files_below_bytes, self.keep_inline_images_below_bytes),
            policy=self.verdict_policy,
        )


def address(values: Mapping[str, str], name: str) -> str:
    """The value of `name`, which must be an address that mail can be sent to."""
    found = text(values, name, "an e-mail address")
    if not is_address(found):
        raise SettingsError(f"{name} is {found!r}: it takes an e-mail address")
    return found


def domains(values: Mapping[str, str]) -> tuple[str, ...]:
    """ALLOWED_RECIPIENT_DOMAINS: it must be set, and may be empty, which allows all."""
    name = "ALLOWED_RECIPIENT_DOMAINS"
    form = "domains, separated by commas, or nothing: example.com,.example.org"
    if name not in values:
        raise SettingsError(f"{name} is not set: it takes {form}")
    found = tuple(entry.strip() for entry in values[name].split(",") if entry.strip())
    for entry in found:
        if not is_domain(entry):
            raise SettingsError(f"{name} is {values[name]!r}: {entry!r} is no domain; it takes {form}")
    return found


def policy(values: Mapping[str, str]) -> Mapping[str, str]:
    """VERDICT_POLICY: a JSON object of verdicts and actions; what it leaves out is as in DEFAULT_POLICY."""
    name = "VERDICT_POLICY"
    form = f"a JSON object of {', '.join(VERDICTS)}, each {', '.join(ACTIONS)}"
    written = text(values, name, form)
    wrong = SettingsError(f"{name} is {written!r}: it takes {form}")
    try:
        found = json.loads(written)
    except ValueError as problem:
        raise wrong from problem
    if not isinstance(found, dict) or not found.keys() <= set(VERDICTS):
        raise wrong
    if not all(action in ACTIONS for action in found.values()):
        raise wrong
    return {**DEFAULT_POLICY, **found}


def marker(values: Mapping[str, str]) -> str:
    """RECIPIENTS_MARKER: it must survive HTML and line breaks, so no white space and none of < > , @."""
    form = "4 to 100 characters without white space and without any of < > , @"
    found = text(values, "RECIPIENTS_MARKER", form, r"[^\s<>,@]{4,100}")
    if re.search(r"[^\x21-\x7e]", found):
        raise SettingsError(f"RECIPIENTS_MARKER is {found!r}: it takes ASCII characters")
    return found
