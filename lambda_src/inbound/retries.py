"""When a mail that failed comes back: after a pause that grows, not after the queue's whole time-out."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_src.shared.logs import Log

LATEST_SECONDS = 3600


def pause_seconds(first_seconds: int, receives: int) -> int:
    """Seconds until the next try after `receives` tries (from 1): doubled each time, an hour at most."""
    return min(first_seconds * 2 ** min(receives - 1, 12), LATEST_SECONDS)


class SqsRetries:
    """Sets how long SQS hides a message that Lambda reports as failed (ChangeMessageVisibility)."""

    def __init__(self, client: Any, queue_url: str, first_seconds: int) -> None:
        self._client = client
        self._queue_url = queue_url
        self._first_seconds = first_seconds

    def later(self, record: dict[str, Any], log: Log) -> None:
        """Let this record come back after its pause. Where that fails, the time-out brings it."""
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            self._client.change_message_visibility(
                QueueUrl=self._queue_url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=pause_seconds(self._first_seconds, receives),
            )
        except (ClientError, BotoCoreError) as problem:
            log.warning("the pause before the next try could not be set", kind=type(problem).__name__)
