"""AWS calls per mail and per recipient: the real handler and the real boto3, whose requests end before the net.

python -m mailroom.bench.calls RECIPIENTS,ATTACHMENTS…     (prints a JSON array of counts by operation)
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from mailroom.bench.functions import ENVIRONMENTS, RAW_BUCKET
from mailroom.bench.mails import sample
from mailroom.bench.process import run
from mailroom.bench.rows import KB, Row

RECIPIENTS = (1, 10, 50)
ATTACHMENTS = (0, 2)


def rows() -> Iterator[Row]:
    """The calls of each mail, and what one more recipient, or one more attachment, adds."""
    counts = counted([(people, files) for files in ATTACHMENTS for people in RECIPIENTS])
    totals = {mail: sum(operations.values()) for mail, operations in counts.items()}
    for (people, files), total in totals.items():
        size = f"{people} to, {files} attached"
        yield Row("AWS calls for a mail", size, total, "calls", None, _listed(counts[people, files]))
    few, many = RECIPIENTS[0], RECIPIENTS[-1]
    for files in ATTACHMENTS:
        more = (totals[many, files] - totals[few, files]) / (many - few)
        yield Row("AWS calls for each recipient", f"{files} attached", more, "calls")
        yield Row("AWS calls for the mail itself", f"{files} attached", totals[few, files] - more, "calls")


def counted(mails: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, int]]:
    """Recipients and attachments -> calls by operation; counted in one fresh process. Raises MailroomError."""
    asked = [f"{people},{files}" for people, files in mails]
    answer = run([sys.executable, "-m", "mailroom.bench.calls", *asked], ENVIRONMENTS["inbound"])
    return dict(zip(mails, json.loads(answer), strict=True))


def _listed(operations: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in operations.items())


class Answers:
    """Answers each boto3 call in AWS's place, and counts it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.raw = b""

    def __call__(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        """botocore's `before-call`: whoever answers here keeps the request from being sent."""
        self.counts[model.name] += 1
        return SimpleNamespace(status_code=200), self._answer(model.name)

    def _answer(self, operation: str) -> dict[str, Any]:
        if operation == "GetObject":
            return {"ContentLength": len(self.raw), "Body": BytesIO(self.raw)}
        if operation == "UpdateItem":  # the ledger's claim reads it: a mail that is new, and ours
            return {"Attributes": {"state": {"S": "open"}, "seed": {"B": bytes(32)}}}
        return {"MessageId": "1"} if operation == "SendEmail" else {}


def count(answers: Answers, recipients: int, attachments: int) -> dict[str, int]:
    """Let the handler work one mail of a batch. Raises RuntimeError where it does not finish it."""
    from lambda_src.inbound.handler import handle

    answers.counts.clear()
    answers.raw = sample(14 * KB, recipients, attachments).raw
    stored = {"bucket": {"name": RAW_BUCKET}, "object": {"key": "incoming/m1", "versionId": "v1"}}
    record = {
        "messageId": "1",
        "receiptHandle": "1",
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": json.dumps({"Records": [{"s3": stored}]}),
    }
    context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 60_000)
    if handle({"Records": [record]}, context)["batchItemFailures"]:
        raise RuntimeError(f"the mail for {recipients} was not finished; calls: {dict(answers.counts)}")
    return dict(answers.counts)


def main(asked: Sequence[str]) -> None:
    """Print the counts of each mail that is asked for."""
    import boto3

    answers = Answers()
    boto3.setup_default_session(region_name=os.environ["AWS_DEFAULT_REGION"])
    boto3.DEFAULT_SESSION.events.register("before-call", answers)
    print(json.dumps([count(answers, *map(int, mail.split(","))) for mail in asked]))


if __name__ == "__main__":
    main(sys.argv[1:])
