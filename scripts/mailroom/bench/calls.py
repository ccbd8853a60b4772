"""AWS calls per mail and per recipient: the real handler and boto3, whose requests are answered here.

python -m mailroom.bench.calls RECIPIENTS,ATTACHMENTS…     (prints a JSON array of counts by operation)
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from mailroom.bench.driven import handled, record, s3_event
from mailroom.bench.functions import ENVIRONMENTS, RAW_BUCKET
from mailroom.bench.mails import sample
from mailroom.bench.process import answered
from mailroom.bench.rows import KB, Row

RECIPIENTS = (1, 10, 50)
ATTACHMENTS = (0, 2)
Counts = dict[tuple[int, int], Counter[str]]


def rows() -> Iterator[Row]:
    """The calls of each mail, and which of them each recipient costs and which the mail itself."""
    counts = counted([(people, files) for files in ATTACHMENTS for people in RECIPIENTS])
    for (people, files), operations in counts.items():
        yield Row("AWS calls, all", f"{files} files, to {people}", operations.total(), "calls")
    few, many = RECIPIENTS[0], RECIPIENTS[-1]
    each = {files: per_recipient(counts, files, few, many) for files in ATTACHMENTS}
    for files, added in each.items():
        yield _row("AWS calls, each recipient", files, added)
    for files, added in each.items():
        once = {name: found - few * added[name] for name, found in counts[few, files].items()}
        yield _row("AWS calls, the mail itself", files, once)


def per_recipient(counts: Counts, files: int, few: int, many: int) -> dict[str, float]:
    """What a further recipient adds to each operation, between two mails with as many files."""
    more, less = counts[many, files], counts[few, files]
    return {name: (found - less[name]) / (many - few) for name, found in more.items()}


def _row(measure: str, files: int, operations: Mapping[str, float]) -> Row:
    named = ", ".join(f"{found:g} {name}" for name, found in operations.items() if found)
    return Row(measure, f"{files} files", sum(operations.values()), "calls", None, named)


def counted(mails: Sequence[tuple[int, int]]) -> Counts:
    """Recipients and attachments -> calls by operation, from one fresh process. Raises MailroomError."""
    asked = [f"{people},{files}" for people, files in mails]
    answer = answered([sys.executable, "-m", "mailroom.bench.calls", *asked], ENVIRONMENTS["inbound"])
    return dict(zip(mails, map(Counter, answer), strict=True))


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
    """Let the handler work one mail of a batch. Raises RuntimeError where it does not send it on."""
    answers.counts.clear()
    answers.raw = sample(14 * KB, recipients, attachments).raw
    failed = handled([record(1, s3_event(RAW_BUCKET, "incoming/m1", "v1"))])
    if failed or answers.counts["SendEmail"] != recipients:
        raise RuntimeError(f"the mail for {recipients} was not sent to all of them: {dict(answers.counts)}")
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
