"""The Lambda function `inbound`: a batch of SQS records in, the items that failed out."""

import os
import time
import traceback
from functools import cache
from typing import Any

from lambda_src.inbound import records
from lambda_src.inbound.dynamodb import DynamoLedger, DynamoLinks
from lambda_src.inbound.ports import NotFinished, Time
from lambda_src.inbound.process import Process
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
    settings, process, retries = _wired()
    log = Log(settings.log_level, {"request": context.aws_request_id})
    clock = Time(time.time, time.time() + context.get_remaining_time_in_millis() / 1000, time.sleep)
    failed = [record for record in event["Records"] if not _work(record, settings, process, clock, log)]
    for record in failed:
        retries.later(record, log)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


def _work(record: dict[str, Any], settings: Settings, process: Process, clock: Time, log: Log) -> bool:
    """Whether this record is finished and may leave the queue."""
    try:
        for mail in records.mails(record["body"]):
            log = log.about(mail=mail.id)
            if mail.bucket != settings.raw_bucket:
                raise records.UnknownRecord(f"an object in another bucket: {mail.bucket}")
            if clock.left() < SECONDS_TO_BEGIN:
                raise NotFinished("no time left to begin this mail")
            process.work(mail, clock, log)
    except (NotFinished, records.UnknownRecord) as problem:
        log.warning("mail goes back to the queue", why=str(problem), kind=type(problem).__name__)
        return False
    except Exception as problem:  # One mail's failure, whatever it is, must not fail the others of the batch.
        log.error("mail failed", **_described(problem))
        return False
    return True


def _described(problem: Exception) -> dict[str, Any]:
    """An error without its text, which may quote the mail: its kind, the service's code, and where it was."""
    answer = getattr(problem, "response", {})
    frames = traceback.extract_tb(problem.__traceback__)[-6:]
    return {
        "kind": type(problem).__name__,
        "code": answer.get("Error", {}).get("Code"),
        "operation": getattr(problem, "operation_name", None),
        "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


@cache
def _wired() -> tuple[Settings, Process, SqsRetries]:
    """The process with its clients: made once, at the first call."""
    settings = Settings.from_env(os.environ)
    database = client("dynamodb")
    post = Post(
        mailer=SesMailer(client("sesv2", attempts=1), settings.sender_address, settings.configuration_set),
        links_table=DynamoLinks(database, settings.links_table),
        sender=settings.sender_address,
        marker=settings.recipients_marker,
        links_url=settings.links_url,
        link_expiry_hours=settings.link_expiry_hours,
        show_all_recipients=settings.show_all_recipients,
    )
    process = Process(
        rules=settings.rules(),
        store=S3Store(client("s3"), settings.attachments_bucket),
        ledger=DynamoLedger(database, settings.ledger_table),
        notices=SnsNotices(client("sns"), settings.notice_topic_arn),
        post=post,
    )
    return settings, process, SqsRetries(client("sqs"), settings.inbound_queue_url, settings.retry_seconds)
