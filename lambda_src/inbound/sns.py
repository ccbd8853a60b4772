"""The notice topic: why a mail was not sent on, told to people."""

from typing import Any

from lambda_src.inbound.mime.headers import clean
from lambda_src.inbound.ports import Notice

LONGEST_ATTRIBUTE = 500
LONGEST_WORDS = 8000


class SnsNotices:
    """Publishes to one topic. No body of the mail is in a notice."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, notice: Notice) -> None:
        """The words, then what mail it is about; sender, title, reason and object key as attributes too."""
        attributes = {
            "sender": _short(notice.sender),
            "title": _short(notice.title),
            "reason": notice.reason,
            "object_key": notice.object_key,
        }
        words = [
            clean(notice.words)[:LONGEST_WORDS],
            "",
            f"Sender: {attributes['sender']}",
            f"Title: {attributes['title']}",
            f"Stored as: {notice.object_key}",
            f"To work it again: mailroom inbound replay {notice.object_key}",
        ]
        self._client.publish(
            TopicArn=self._topic_arn,
            Message="\n".join(words),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )


def _short(value: str) -> str:
    """A value that SNS takes as an attribute: not empty, bounded."""
    return clean(value)[:LONGEST_ATTRIBUTE] or "(none)"
