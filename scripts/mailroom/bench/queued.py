"""A thousand mails queued, then ten thousand more: the handler's calls and CPU time for each.

python -m mailroom.bench.queued QUEUE_URL COUNT     (works the queue empty; prints one JSON object)
"""

import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mailroom.bench.driven import Counted, handled, record, s3_event
from mailroom.bench.mails import sample
from mailroom.bench.process import answered
from mailroom.bench.rows import KB, Row, at_most
from mailroom.environment import Environment
from mailroom.errors import MailroomError

COUNTS = (1_000, 10_000)
BATCH = 10  # the most that SQS gives in one call
RECIPIENTS, ATTACHMENTS, SIZE = 1, 1, 14 * KB
PREFIX = "bench/"  # not below incoming/: S3 tells the deployed function nothing of these
QUEUE = f"mailroom-bench-{os.getpid()}"
MOST_SECONDS = 3600
SAY_EVERY = 1_000


@dataclass(frozen=True)
class Worked:
    """`calls` are a mail's requests by operation, `seconds` its CPU time, the median of all batches."""

    calls: Mapping[str, float]
    seconds: float


def rows(
    environment: Environment, say: Callable[[str], object], counts: tuple[int, int] = COUNTS
) -> Iterator[Row]:
    """Both runs' calls and CPU time for each mail, and the one over the other."""
    sqs = environment.client("sqs")
    url = sqs.create_queue(QueueName=QUEUE, Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    few, many = (worked(environment, url, count, number, say) for number, count in enumerate(counts))
    sqs.delete_queue(QueueUrl=url)
    names = [f"{counts[0]:,} queued", f"{counts[1]:,} more"]
    for name, found in zip(names, (few, many), strict=True):
        named = ", ".join(f"{calls:g} {operation}" for operation, calls in sorted(found.calls.items()))
        yield Row("queued: AWS calls a mail", name, sum(found.calls.values()), "calls", None, named)
    grown = sum(many.calls.values()) / sum(few.calls.values())
    yield Row("queued: calls over the first", names[1], grown, "times", at_most(1.0))
    beside = f"{many.seconds:.6f} s / {few.seconds:.6f} s"
    ratio = many.seconds / few.seconds
    yield Row("queued: CPU over the first", names[1], ratio, "times", at_most(1.25), beside)


def worked(
    environment: Environment, url: str, count: int, run_number: int, say: Callable[[str], object]
) -> Worked:
    """Queue so many mails, and let a fresh process work them. Raises MailroomError where one is not sent."""
    say(f"queueing {count:,} mails")
    fill(environment, url, count, run_number)
    say(f"working {count:,} mails")
    command = [sys.executable, "-m", "mailroom.bench.queued", url, str(count)]
    answer = answered(command, function_variables(environment), seconds=MOST_SECONDS, loud=True)
    return Worked({name: found / count for name, found in answer["calls"].items()}, answer["seconds"])


def function_variables(environment: Environment) -> dict[str, str]:
    """What the deployed function finds in its environment, and the way to the cloud. The rate is not held."""
    function = environment.client("lambda").get_function_configuration(
        FunctionName=environment.output("inbound_function_name")
    )
    own = {**function["Environment"]["Variables"], "LOG_LEVEL": "ERROR", "SENDS_PER_SECOND": "0"}
    return {**own, **environment.variables}


def fill(environment: Environment, url: str, count: int, run_number: int) -> None:
    """Store so many mails, and queue what S3 would say of each."""
    s3, sqs = environment.client("s3"), environment.client("sqs")
    bucket, raw = environment.output("raw_bucket"), sample(SIZE, RECIPIENTS, ATTACHMENTS).raw

    def store(first: int) -> None:
        entries = []
        for number in range(first, min(first + BATCH, count)):
            key = f"{PREFIX}{run_number}/{number}"
            version = s3.put_object(Bucket=bucket, Key=key, Body=raw).get("VersionId", "null")
            entries.append({"Id": str(number), "MessageBody": s3_event(bucket, key, version)})
        refused = sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
        if refused:
            raise MailroomError(f"SQS did not take {len(refused)} of {len(entries)} messages: {refused[0]}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, range(0, count, BATCH)))


def work(url: str, count: int) -> dict[str, Any]:
    """Take batches as Lambda's poller does, and call the handler. Raises RuntimeError where a mail fails.

    Only the handler's CPU time and calls count, not those of the poller here.
    """
    import boto3

    poller = boto3.Session().client("sqs")  # a session of its own: its calls are not counted
    counted, total = Counted(), Counter[str]()
    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-send", counted)
    taken: list[float] = []
    while len(taken) * BATCH < count:
        answer = poller.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=2)
        batch = [
            record(n, found["Body"], found["ReceiptHandle"]) for n, found in enumerate(answer["Messages"])
        ]
        counted.counts.clear()
        started = time.process_time()
        failed = handled(batch)
        taken.append((time.process_time() - started) / len(batch))
        if failed or counted.counts["SendEmail"] != RECIPIENTS * len(batch):
            raise RuntimeError(f"of {len(batch)} mails {len(failed)} failed, with {dict(counted.counts)}")
        total += counted.counts
        entries = [{"Id": str(n), "ReceiptHandle": found["receiptHandle"]} for n, found in enumerate(batch)]
        poller.delete_message_batch(QueueUrl=url, Entries=entries)
        if len(taken) * BATCH % SAY_EVERY == 0:
            print(f"  {len(taken) * BATCH:,} of {count:,}", file=sys.stderr)
    return {"calls": dict(total), "seconds": statistics.median(taken)}


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], int(sys.argv[2]))))
