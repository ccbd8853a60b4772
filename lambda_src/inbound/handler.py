"""The Lambda function `inbound`: a batch of SQS records in, the items that failed out."""

import os
import time
import traceback
from dataclasses import dataclass
from functools import cache
from typing import Any

from lambda_src.inbound import records
from lambda_src.inbound.dynamodb import DynamoLedger
from lambda_src.inbound.dynamodb_links import DynamoLinks
from lambda_src.inbound.linking import Linker
from lambda_src.inbound.ports import Mail, NotFinished, NoTime, Time
from lambda_src.inbound.process import Process
from lambda_src.inbound.rate import DynamoTurns
from lambda_src.inbound.retries import SqsRetries
from lambda_src.inbound.s3 import S3Store
from lambda_src.inbound.sending import Post
from lambda_src.inbound.ses import SesMailer
from lambda_src.inbound.settings import Settings
from lambda_src.inbound.sns import SnsNotices
from lambda_src.shared.clients import client
from lambda_src.shared.logs import Log

# With less time left than this no further mail is begun: it goes back to the queue untouched.
SECONDS_TO_BEGIN = 10


def handle(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry point. Raises SettingsError, with the variable's name, when a setting is wrong."""
    wired = _wired()
    log = Log(wired.settings.log_level, {"request": context.aws_request_id})
    clock = Time(time.time, time.time() + context.get_remaining_time_in_millis() / 1000, time.sleep)
    run = Run(wired, clock, getattr(context, "function_name", "inbound"))
    failed = []
    for record in event.get("Records", []):
        if problem := run.work(record, log):
            failed.append(record)
            wired.retries.later(record, problem, log)
    # An empty name fails the whole batch, which is right for a record that has none.
    return {"batchItemFailures": [{"itemIdentifier": record.get("messageId", "")} for record in failed]}


@dataclass(frozen=True)
class Run:
    """One call of the function: a batch, and the time it has."""

    wired: "Wired"
    clock: Time
    function: str

    def work(self, record: dict[str, Any], log: Log) -> Exception | None:
        """Work every mail that the record names; None when all are finished and it may leave the queue.

        Of several problems the one that takes longest.
        """
        try:
            mails = records.mails(record["body"])
        except (records.UnknownRecord, KeyError, TypeError) as problem:
            log.error("no mail in this record", why=str(problem), kind=type(problem).__name__)
            return problem
        problems = [self._mail(mail, log.about(mail=mail.id)) for mail in mails]
        found = [problem for problem in problems if problem]
        return max(found, key=lambda problem: getattr(problem, "again_at", 0), default=None)

    def _mail(self, mail: Mail, log: Log) -> Exception | None:
        try:
            if mail.bucket != self.wired.settings.raw_bucket:
                raise records.UnknownRecord(f"an object in another bucket: {mail.bucket}")
            if self.clock.left() < SECONDS_TO_BEGIN:
                raise NoTime("no time left to begin this mail", self.clock.now())
            if outcome := self.wired.process.work(mail, self.clock, log):
                log.count(outcome, self.function)
        except (NotFinished, records.UnknownRecord) as problem:
            log.warning("mail goes back to the queue", why=str(problem), kind=type(problem).__name__)
            return problem
        except Exception as problem:  # One mail's failure, whatever it is, must not fail the others.
            log.error("mail failed", **_described(problem))
            return problem
        return None


def _described(problem: Exception) -> dict[str, Any]:
    """An error without its text, which may quote the mail: its kind, the service's code, and where it was."""
    answer = getattr(problem, "response", None) or {}  # None on boto3's lost connections
    frames = traceback.extract_tb(problem.__traceback__)[-6:]
    return {
        "kind": type(problem).__name__,
        "code": answer.get("Error", {}).get("Code"),
        "operation": getattr(problem, "operation_name", None),
        "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


@dataclass(frozen=True)
class Wired:
    """What is made once for all calls."""

    settings: Settings
    process: Process
    retries: SqsRetries


@cache
def _wired() -> Wired:
    """The process with its clients: made once, at the first call."""
    settings = Settings.from_env(os.environ)
    database = client("dynamodb")
    store = S3Store(client("s3"), settings.attachments_bucket)
    links_table = DynamoLinks(database, settings.links_table)
    rate, ledger = settings.sends_per_second, settings.ledger_table
    post = Post(
        mailer=SesMailer(client("sesv2", attempts=1), settings.sender_address, settings.configuration_set),
        linker=Linker(store, links_table, settings.links_url, settings.link_expiry_hours),
        sender=settings.sender_address,
        marker=settings.recipients_marker,
        show_all_recipients=settings.show_all_recipients,
        turns=DynamoTurns(database, ledger, rate) if rate else None,
    )
    process = Process(
        rules=settings.rules(),
        store=store,
        ledger=DynamoLedger(database, ledger, settings.ledger_retention_days),
        notices=SnsNotices(client("sns"), settings.notice_topic_arn),
        post=post,
        notice_shows_text=settings.notice_shows_text,
    )
    retries = SqsRetries(client("sqs"), settings.inbound_queue_url, settings.retry_seconds)
    return Wired(settings, process, retries)
