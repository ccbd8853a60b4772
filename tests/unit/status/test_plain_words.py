"""What events mean, in plain words."""

from typing import Any

import pytest

from lambda_src.status import plain_words, view
from lambda_src.status.plain_words import in_words

# Answers as mail servers really give them, and what they mean.
ANSWERS = [
    ("smtp; 550 5.1.1 The email account that you tried to reach does not exist. gsmtp", "no such mailbox"),
    ("smtp; 550-5.1.1 <nobody@example.org>: Recipient address rejected: User unknown", "no such mailbox"),
    ("552-5.2.2 The email account that you tried to reach is over quota", "mailbox is full"),
    ("452 4.2.2 The recipient's inbox is out of storage space", "mailbox is full"),
    (
        "smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated",
        "sender has to mend",
    ),
    ("550 5.7.515 Access denied, sending domain does not meet the required level", "rules for bulk senders"),
    ("421 4.7.0 Try again later, closing connection", "refused the mail by its rules"),
    ("550 5.4.1 Recipient address rejected: Access denied", "does not answer"),
    ("550 5.7.999 something new", "refused the mail by its rules"),
    ("550 Requested action not taken: mailbox unavailable", "does not exist, or"),
    ("554-mx.example.org", "refused the mail"),
    ("421-service not available", "closed the connection"),
    ("5.3.4", "larger than the recipient's mail system takes"),
]


@pytest.mark.parametrize(("text", "means"), ANSWERS)
@pytest.mark.parametrize("event", ["hardbounce", "softbounce", "delayed"])
def test_an_answer_is_put_into_words(event: str, text: str, means: str) -> None:
    """By its enhanced code, else by its reply code."""
    assert means in in_words({"event": event, "text": text, "code": "Permanent General"})


@pytest.mark.parametrize(
    "text", ["from 192.5.1.1 to 10.4.2.2", "version 5.1.1.7 speaking", "4.2.1024", "we had 5500 mails", ""]
)
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    """Addresses and versions look similar."""
    assert in_words({"event": "hardbounce", "text": text}) == plain_words._EVENTS["hardbounce"]


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ({"event": "hardbounce", "code": "Permanent NoEmail"}, "does not know the address"),
        ({"event": "hardbounce", "code": "Permanent OnAccountSuppressionList"}, "suppression list"),
        ({"event": "softbounce", "code": "Transient MailboxFull", "text": "full"}, "mailbox is full"),
        ({"event": "delayed", "code": "SpamDetected"}, "unwanted mails"),
        ({"event": "complaint", "code": "abuse"}, "marked the mail as unwanted"),
        ({"event": "complaint", "code": "not-spam"}, "not unwanted after all"),
        ({"event": "complaint", "code": "abuse OnAccountSuppressionList"}, "suppression list"),
        ({"event": "delivered", "text": "250 2.0.0 OK 5.1.1"}, "took the mail"),
        ({"event": "failure", "code": "UNREACHABLE", "final": True}, "switched off or out of reach"),
        ({"event": "buffered", "code": "PENDING", "final": False}, "has not answered yet"),
        ({"event": "success", "code": "DELIVERED", "final": True}, "reached the recipient's phone"),
        ({"event": "failure", "code": "SOMETHING_NEW", "final": True}, "could not be delivered"),
        ({"event": "something_new"}, ""),
    ],
)
def test_codes_and_events_have_words(line: dict[str, Any], means: str) -> None:
    """What SES and carriers say by codes; else the event's own sentence; nothing for what we do not know."""
    found = in_words(line)
    assert means in found
    assert bool(found) == bool(means)


def test_every_event_has_words() -> None:
    """All of the design's words, and machines' opens and clicks."""
    for event in (*view.RANKS, "bot_open", "bot_click"):
        assert in_words({"event": event}).endswith(".")


# The Pinpoint developer guide's list of record_status ("SMS events"), which the issue asks for in whole.
PUBLISHED = (
    "SUCCESSFUL DELIVERED PENDING INVALID UNREACHABLE UNKNOWN BLOCKED CARRIER_UNREACHABLE SPAM INVALID_MESSAGE"
    " CARRIER_BLOCKED TTL_EXPIRED MAX_PRICE_EXCEEDED OPTED_OUT NO_QUOTA_LEFT_ON_ACCOUNT"
    " NO_ORIGINATION_IDENTITY_AVAILABLE_TO_SEND DESTINATION_COUNTRY_NOT_SUPPORTED ACCOUNT_IN_SANDBOX RATE_EXCEEDED"
    " INVALID_ORIGINATION_IDENTITY ORIGINATION_IDENTITY_DOES_NOT_EXIST INVALID_DLT_PARAMETERS INVALID_PARAMETERS"
    " ACCESS_DENIED INVALID_KEYWORD INVALID_SENDER_ID INVALID_POOL_ID SENDER_ID_NOT_SUPPORTED_FOR_DESTINATION"
    " INVALID_PHONE_NUMBER"
)


@pytest.mark.parametrize("status", PUBLISHED.split())
def test_every_published_record_status_has_words_of_its_own(status: str) -> None:
    """Not only the event's."""
    said = in_words({"event": "failure", "code": status, "final": True})
    assert said != in_words({"event": "failure", "final": True})
    assert said.endswith(".")


def test_words_are_sentences() -> None:
    """One or two short ones, that end where a sentence ends."""
    tables = (
        plain_words._ENHANCED_WORDS, plain_words._SUBJECTS, plain_words._REPLIES, plain_words._SUB_TYPES,
        plain_words._SMS, plain_words._EVENTS,
    )  # fmt: skip
    for table in tables:
        for code, words in table.items():
            assert words[0].isupper(), code
            assert words.endswith("."), code
            assert len(words) <= 110, code
