"""Which metrics a search means."""

from __future__ import annotations

import pytest

from mailroom.local.engine.metrics.search import matcher
from mailroom.local.engine.metrics.syntax import MathError

MESSAGES = ("Mailroom", "messages", {"function": "dev-status", "channel": "email", "status": "hardbounce"})
QUEUE = ("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "dev-status"})
BARE = ("Mailroom", "messages", {})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{Mailroom,channel,function,status} MetricName="messages"', [MESSAGES]),
        ("{Mailroom,channel,function,status}", [MESSAGES]),
        ("{Mailroom} messages", [BARE]),
        ("{Mailroom,channel}", []),
        ("messages", [MESSAGES, BARE]),
        ('MetricName="message"', []),
        ("MetricName=messages status=hardbounce", [MESSAGES]),
        ("MetricName=messages NOT channel=sms", [MESSAGES, BARE]),
        ("(email OR oldest) NOT bare", [MESSAGES, QUEUE]),
        ('Namespace="AWS/SQS" oldest message', [QUEUE]),
        ("queue name", [QUEUE]),
        ("QueueName", [QUEUE]),
        ("hardbounce AND email", [MESSAGES]),
        ("", [MESSAGES, QUEUE, BARE]),
    ],
)
def test_a_search_means(text: str, found: list[object]) -> None:
    """Exactly the dimensions of its braces; words in whatever letters, a text in quotes as a whole."""
    means = matcher(text)
    assert [one for one in (MESSAGES, QUEUE, BARE) if means(*one)] == found


@pytest.mark.parametrize("text", ["(a", "a OR", "OR a"])
def test_a_search_that_cannot_be_read_says_so(text: str) -> None:
    """MathError, as of the expression around it."""
    with pytest.raises(MathError):
        matcher(text)
