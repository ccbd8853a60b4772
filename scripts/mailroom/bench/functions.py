"""What the functions find in their environment when they are measured: valid values that lead nowhere."""

from collections.abc import Mapping

RAW_BUCKET = "mailroom-bench-raw"
_LEDGER_TABLE = "mailroom-bench-ledger"
_STATUS_TABLE = "mailroom-bench-status"
_QUEUES = "https://sqs.eu-west-1.amazonaws.com/000000000000"
_SHARED = {"ATTACHMENTS_BUCKET": "mailroom-bench-attachments", "LINKS_TABLE": "mailroom-bench-links"}

# By function. One that is not here is measured by its import alone, without its clients.
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "inbound": {
        **_SHARED,
        "RAW_BUCKET": RAW_BUCKET,
        "LEDGER_TABLE": _LEDGER_TABLE,
        "LINKS_URL": "https://links.example",
        "LINK_EXPIRY_HOURS": "36",
        "NOTICE_TOPIC_ARN": "arn:aws:sns:eu-west-1:000000000000:mailroom-bench-notices",
        "INBOUND_QUEUE_URL": f"{_QUEUES}/mailroom-bench",
        "RETRY_SECONDS": "60",
        "SENDER_ADDRESS": "mailroom@out.example",
        "CONFIGURATION_SET": "mailroom-bench",
        "RECIPIENTS_MARKER": ":Email_Rxers_Code:",
        "MAXIMUM_MESSAGE_BYTES": str(40 * 1024 * 1024),
        "MAXIMUM_ATTACHMENTS": "100",
        "MAXIMUM_RECIPIENTS": "50",
        "SHOW_ALL_RECIPIENTS": "false",
        "VERDICT_POLICY": "{}",
        "ALLOWED_RECIPIENT_DOMAINS": "",
        "SENDS_PER_SECOND": "0",
        "KEEP_FILES_BELOW_BYTES": "0",
        "KEEP_INLINE_IMAGES_BELOW_BYTES": "100000",
        "NOTICE_SHOWS_TEXT": "false",
        "LEDGER_RETENTION_DAYS": "90",
        "LOG_LEVEL": "ERROR",
    },
    "settle": {"LEDGER_TABLE": _LEDGER_TABLE, "LOG_LEVEL": "ERROR"},
    "status": {
        "STATUS_TABLE": _STATUS_TABLE,
        "STATUS_DEAD_LETTER_QUEUE_URL": f"{_QUEUES}/mailroom-bench-dead",
        "RETENTION_DAYS": "365",
        "LOG_LEVEL": "ERROR",
    },
    "api": {
        "STATUS_TABLE": _STATUS_TABLE,
        "STATUS_FUNCTION": "mailroom-bench-status",
        "STUCK_HOURS": "72",
        "PAGE_ORIGINS": "-",
        "LOG_LEVEL": "ERROR",
    },
    "transform": {"STATUS_QUEUE_URL": f"{_QUEUES}/mailroom-bench", "LOG_LEVEL": "ERROR"},
    "watch": {"STATUS_TABLE": _STATUS_TABLE, "STUCK_HOURS": "24", "LOG_LEVEL": "ERROR"},
    "links": {**_SHARED, "SIGNED_URL_SECONDS": "60", "MALWARE_PROTECTION": "false", "LOG_LEVEL": "ERROR"},
}
