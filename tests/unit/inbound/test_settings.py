"""The function's settings: each that is missing or wrong is named."""

import pytest

from lambda_src.inbound.settings import Settings
from lambda_src.shared.settings import SettingsError

GOOD = {
    "RAW_BUCKET": "mailroom-local-raw",
    "ATTACHMENTS_BUCKET": "mailroom-local-attachments",
    "LEDGER_TABLE": "mailroom-local-ledger",
    "LINKS_TABLE": "mailroom-local-links",
    "LINKS_URL": "https://abc.execute-api.eu-west-1.amazonaws.com/",
    "LINK_EXPIRY_HOURS": "36",
    "NOTICE_TOPIC_ARN": "arn:aws:sns:eu-west-1:000000000000:mailroom-local-notices",
    "INBOUND_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/000000000000/mailroom-local-inbound",
    "RETRY_SECONDS": "60",
    "SENDER_ADDRESS": "mailroom@out.example",
    "CONFIGURATION_SET": "inbound",
    "RECIPIENTS_MARKER": ":Email_Rxers_Code:",
    "MAXIMUM_MESSAGE_BYTES": "41943040",
    "MAXIMUM_ATTACHMENTS": "100",
    "MAXIMUM_RECIPIENTS": "50",
    "SHOW_ALL_RECIPIENTS": "false",
    "LEDGER_RETENTION_DAYS": "90",
    "VERDICT_POLICY": '{"spam": "drop"}',
    "ALLOWED_RECIPIENT_DOMAINS": "Example.com,.example.org",
    "SENDS_PER_SECOND": "0.5",
    "KEEP_FILES_BELOW_BYTES": "0",
    "KEEP_INLINE_IMAGES_BELOW_BYTES": "100000",
    "NOTICE_SHOWS_TEXT": "true",
}
BAD = [
    ("RAW_BUCKET", "No/Bucket", "a bucket's name"),
    ("LINKS_URL", "ftp://x", "a URL"),
    ("LINK_EXPIRY_HOURS", "0", "a whole number of hours from 1 to 8760"),
    ("LINK_EXPIRY_HOURS", "1.5", "a whole number of hours"),
    ("NOTICE_TOPIC_ARN", "arn:aws:sqs:eu-west-1:000000000000:x", "the ARN of an SNS topic"),
    ("RETRY_SECONDS", "0", "a whole number of seconds from 1 to 3600"),
    ("SENDER_ADDRESS", "mailroom", "an e-mail address"),
    ("RECIPIENTS_MARKER", "a b c d", "without white space"),
    ("RECIPIENTS_MARKER", "ä:ä:", "ASCII"),
    ("MAXIMUM_MESSAGE_BYTES", "41943041", "from 1024 to 41943040"),
    ("MAXIMUM_RECIPIENTS", "100", "from 1 to 99"),
    ("SHOW_ALL_RECIPIENTS", "yes", "true or false"),
    ("LEDGER_RETENTION_DAYS", "3651", "from 1 to 3650"),
    ("VERDICT_POLICY", "drop", "a JSON object of virus, spam, dmarc, spf, dkim, unscanned"),
    ("VERDICT_POLICY", "[]", "a JSON object"),
    ("VERDICT_POLICY", '{"malware": "drop"}', "virus, spam"),
    ("VERDICT_POLICY", '{"spam": ["drop"]}', "each forward, junk, drop, notify"),
    ("ALLOWED_RECIPIENT_DOMAINS", "example.com,*.example.org", "no domain"),
    ("ALLOWED_RECIPIENT_DOMAINS", "example", "no domain"),
    ("SENDS_PER_SECOND", "0.001", "a number of sends per second from 0.01 to 1000, or 0"),
    ("SENDS_PER_SECOND", "-1", "a number of sends per second"),
    ("KEEP_FILES_BELOW_BYTES", "100000000", "from 0 to 2000000"),
    ("NOTICE_SHOWS_TEXT", "1", "true or false"),
    ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARN or ERROR"),
]


def test_good() -> None:
    """What Terraform sets is taken; the URL loses its last slash; the log level has a default."""
    settings = Settings.from_env(GOOD)
    assert settings.links_url == "https://abc.execute-api.eu-west-1.amazonaws.com"
    assert (settings.link_expiry_hours, settings.show_all_recipients, settings.log_level) == (
        36,
        False,
        "INFO",
    )
    assert (settings.sends_per_second, settings.notice_shows_text) == (0.5, True)
    rules = settings.rules()
    assert (rules.marker, rules.sender) == (":Email_Rxers_Code:", "mailroom@out.example")
    assert rules.allowed_domains == ("Example.com", ".example.org")
    assert (rules.keep.files_below, rules.keep.images_below) == (0, 100_000)
    assert rules.policy == {
        "virus": "notify",
        "spam": "drop",
        "dmarc": "notify",
        **dict.fromkeys(("spf", "dkim", "unscanned"), "forward"),
    }


def test_nothing_allowed_is_everybody() -> None:
    """Without domains everybody may get mail, and 0 is no rate."""
    settings = Settings.from_env({**GOOD, "ALLOWED_RECIPIENT_DOMAINS": "", "SENDS_PER_SECOND": "0"})
    assert (settings.rules().allowed_domains, settings.sends_per_second) == ((), 0)


@pytest.mark.parametrize("name", GOOD)
def test_missing(name: str) -> None:
    """A missing variable is named, with what it takes."""
    values = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(SettingsError, match=f"{name} is not set: it takes "):
        Settings.from_env(values)


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_wrong(name: str, value: str, words: str) -> None:
    """A wrong value is named with its variable and the form or range that is asked for."""
    with pytest.raises(SettingsError, match=name) as caught:
        Settings.from_env({**GOOD, name: value})
    assert words in str(caught.value)
    assert value in str(caught.value)
