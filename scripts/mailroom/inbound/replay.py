"""Working a stored message again: back into the queue, out of the dead-letter queue, by the ledger."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.inbound.stored import StoredMessage, find

# While the dead-letter queue is searched, what was seen stays hidden this long, in seconds.
HIDDEN_SECONDS = 120
# SQS shows at most ten messages a call; a search ends after so many calls that brought nothing new.
EMPTY_CALLS = 3
MOST_CALLS = 2000


def replay(environment: Environment, key: str) -> Iterator[str]:
    """Do it, and say line by line what was done. Raises MailroomError for a key that is not stored."""
    message = find(environment.client("s3"), environment.output("raw_bucket"), key)
    state = reopen(environment.client("dynamodb"), environment.output("ledger_table"), message.ledger_key)
    yield f"{message.key}: {state}"
    sqs = environment.client("sqs")
    sqs.send_message(QueueUrl=environment.output("inbound_queue_url"), MessageBody=event(message))
    yield "queued again: the ledger decides what is left to do"
    removed = take_out(sqs, environment.output("inbound_dead_letter_queue_url"), message.key)
    yield (
        f"taken out of the dead-letter queue: {removed}" if removed else "it was not in the dead-letter queue"
    )


def event(message: StoredMessage) -> str:
    """The body that S3 would write for this object."""
    stored = {"key": quote_plus(message.key, safe="/"), "size": message.size, "versionId": message.version}
    record = {
        "eventName": "ObjectCreated:Replay",
        "s3": {"bucket": {"name": message.bucket}, "object": stored},
    }
    return json.dumps({"Records": [record]})


def reopen(dynamodb: Any, table: str, ledger_key: str) -> str:
    """What the ledger knows of the mail, in words. One that ended as a notice is opened again."""
    items = dynamodb.query(
        TableName=table,
        KeyConditionExpression="mail = :mail",
        ExpressionAttributeValues={":mail": {"S": ledger_key}},
        ConsistentRead=True,
    )["Items"]
    if not items:
        return "the ledger does not know it yet"
    state = items[0]["state"]["S"]
    if state == "noticed":
        dynamodb.update_item(
            TableName=table,
            Key={"mail": {"S": ledger_key}, "part": {"S": "mail"}},
            UpdateExpression="SET #state = :open, owned_until = :never",
            ConditionExpression="#state = :noticed",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={
                ":open": {"S": "open"},
                ":noticed": {"S": "noticed"},
                ":never": {"N": "0"},
            },
        )
        return f"it ended as a notice ({items[0]['reason']['S']}) and is opened again"
    counts = Counter(item["state"]["S"] for item in items[1:])
    people = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "no recipients yet"
    return f"{state} in the ledger: {people}"


def take_out(sqs: Any, queue_url: str, key: str) -> int:
    """Delete the messages about this object from a queue and let go of all others at once; how many went."""
    held: dict[str, str] = {}
    removed = empty = 0
    try:
        for _ in range(MOST_CALLS):
            answer = sqs.receive_message(
                QueueUrl=queue_url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=0,
            )
            messages = answer.get("Messages", [])
            empty = 0 if messages else empty + 1
            for message in messages:
                if names(message["Body"], key):
                    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                    removed += 1
                else:
                    held[message["MessageId"]] = message["ReceiptHandle"]
            if removed or empty >= EMPTY_CALLS:
                return removed
        raise MailroomError(
            f"{key} is queued again, but not found among {len(held)} messages of the dead-letter queue.",
            "look for it again later: mailroom inbound replay " + key,
        )
    finally:
        _let_go(sqs, queue_url, list(held.values()))


def names(body: str, key: str) -> bool:
    """Whether an SQS body is an S3 event about this object."""
    from lambda_src.inbound.records import UnknownRecord, mails

    try:
        return any(mail.key == key for mail in mails(body))
    except UnknownRecord:
        return False


def _let_go(sqs: Any, queue_url: str, handles: list[str]) -> None:
    for start in range(0, len(handles), 10):
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for number, handle in enumerate(handles[start : start + 10])
        ]
        sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
