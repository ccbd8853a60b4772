"""The notice topic: why a mail was not sent on, told to people."""

import re
from typing import Any

from lambda_src.inbound.mime.headers import clean
from lambda_src.inbound.ports import Notice
from lambda_src.inbound.reasons import operators_line

LONGEST_ATTRIBUTE = 500
LONGEST_WORDS = 16_000
# SNS takes 256 KiB, attributes included (Publish); this leaves room for everything else.
LONGEST_TEXT_BYTES = 128 * 1024
SUBJECT = "Mailroom: about a mail that came in"
# What SNS refuses in a message, but for line ends and tabs.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class SnsNotices:
    """Publishes to one topic. Nothing of a mail's body is in a notice unless a setting put it there."""

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
        operators = operators_line(notice.reason, notice.object_key)
        lines = [
            "\n".join(clean(line) for line in notice.words.split("\n"))[:LONGEST_WORDS],
            *notice.links,
            "",
            f"Sender: {attributes['sender']}",
            f"Title: {attributes['title']}",
            *_quoted(notice.text),
            "",
            f"Stored as: {notice.object_key}",
            *([operators] if operators else []),
        ]
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=SUBJECT,
            Message="\n".join(lines),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )


def _quoted(text: str) -> list[str]:
    """The mail's text, bounded, below a line that says so."""
    whole = _NO_TEXT.sub("", text).strip()
    data = whole.encode()[:LONGEST_TEXT_BYTES]
    shown = data.decode(errors="ignore")
    if not shown:
        return []
    return ["", "Its text:" if shown == whole else "The beginning of its text:", "", shown]


def _short(value: str) -> str:
    """A value that SNS takes as an attribute: not empty, bounded."""
    return clean(value)[:LONGEST_ATTRIBUTE] or "(none)"
