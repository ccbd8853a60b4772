"""The real handler called here as Lambda calls it, and its AWS calls counted on their way out."""

import json
from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

SECONDS_LEFT = 60


def s3_event(bucket: str, key: str, version: str) -> str:
    """The body that S3 writes into the queue for a stored object."""
    stored = {"bucket": {"name": bucket}, "object": {"key": key, "versionId": version}}
    return json.dumps({"Records": [{"s3": stored}]})


def record(number: int, body: str, receipt: str = "1") -> dict[str, Any]:
    """A message of the queue as Lambda hands it over; `receipt` is SQS's handle for it."""
    return {
        "messageId": str(number),
        "receiptHandle": receipt,
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": body,
    }


def handled(records: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Let the handler of `inbound` work a batch; the items that failed. It wires itself at the first call."""
    from lambda_src.inbound.handler import handle

    context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: SECONDS_LEFT * 1000)
    return handle({"Records": list(records)}, context)["batchItemFailures"]


class Counted:
    """botocore's `before-send`: counts every HTTP request, boto3's own repetitions too."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, event_name: str, **_: Any) -> None:
        """The event is called `before-send.<service>.<operation>`; answering None lets the request go."""
        self.counts[event_name.rpartition(".")[2]] += 1
