"""When a mail that failed comes back: when it makes sense again, or after a pause that grows."""

import math
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_src.inbound.ports import NotFinished
from lambda_src.shared.logs import Log

LATEST_SECONDS = 3600
# SQS hides a message for at most 12 hours from its receipt; some of them are over.
LONGEST_SECONDS = 42_000


def pause_seconds(first_seconds: int, receives: int) -> int:
    """Seconds until the next try after `receives` tries (from 1): doubled each time, an hour at most."""
    return min(first_seconds * 2 ** min(max(receives, 1) - 1, 12), LATEST_SECONDS)


def pause_after(problem: Exception, first_seconds: int, receives: int, now: float) -> int:
    """Seconds until the next try. Who only waits (for a lease, a turn) comes back just when that is over."""
    growing = pause_seconds(first_seconds, receives)
    if not isinstance(problem, NotFinished) or not problem.again_at:
        return growing
    until = min(max(math.ceil(problem.again_at - now), 0), LONGEST_SECONDS)
    return until if problem.exact else max(until, growing)


class SqsRetries:
    """Sets how long SQS hides a message that Lambda reports as failed (ChangeMessageVisibility)."""

    def __init__(self, client: Any, queue_url: str, first_seconds: int) -> None:
        self._client = client
        self._queue_url = queue_url
        self._first_seconds = first_seconds

    def later(self, record: dict[str, Any], problem: Exception, log: Log) -> None:
        """Let this record come back after its pause. Where that fails, the queue's time-out brings it."""
        try:
            receives = int(record["attributes"]["ApproximateReceiveCount"])
            self._client.change_message_visibility(
                QueueUrl=self._queue_url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=pause_after(problem, self._first_seconds, receives, time.time()),
            )
        except (ClientError, BotoCoreError, KeyError, TypeError, ValueError) as error:
            log.warning("the pause before the next try could not be set", kind=type(error).__name__)
