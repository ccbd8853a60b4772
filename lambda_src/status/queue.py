"""Messages to a queue, ten a call; what SQS did not take is tried again, and what it never took is told."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

MESSAGES_A_CALL = 10
BYTES_A_CALL = 262_144  # SQS takes 1 MiB today; queues and emulators of before take this
TRIES = 5
FIRST_PAUSE_SECONDS = 0.1


class Message(NamedTuple):
    """`number` is the caller's, to know it by; `attributes` are texts."""

    number: int
    body: str
    attributes: Mapping[str, str] = {}


def send(
    client: Any, url: str, messages: Sequence[Message], sleep: Callable[[float], None]
) -> dict[int, Exception]:
    """Send all; the answer names those that SQS did not take in any try, by number, each with its error."""
    failed: dict[int, Exception] = {}
    for batch in _batches(messages):
        waiting = batch
        for number in range(TRIES):
            if number:
                sleep(FIRST_PAUSE_SECONDS * 2**number * (0.5 + random.random() / 2))  # noqa: S311
            problems = _tried(client, url, waiting)
            waiting = [message for message in waiting if message.number in problems]
            if not waiting:
                break
        failed |= {message.number: problems[message.number] for message in waiting}
    return failed


class NotTaken(Exception):
    """SQS's code for a message that it did not take."""


def _tried(client: Any, url: str, batch: Sequence[Message]) -> dict[int, Exception]:
    try:
        answer = client.send_message_batch(QueueUrl=url, Entries=[_entry(message) for message in batch])
    except Exception as problem:  # the whole call; whatever it is, none of them is known to be there
        return {message.number: problem for message in batch}
    return {int(entry["Id"]): NotTaken(entry.get("Code", "")) for entry in answer.get("Failed", [])}


def _entry(message: Message) -> dict[str, Any]:
    entry: dict[str, Any] = {"Id": str(message.number), "MessageBody": message.body}
    if message.attributes:
        entry["MessageAttributes"] = {
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        }
    return entry


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    batch: list[Message] = []
    size = 0
    for message in messages:
        more = len(message.body.encode(errors="replace")) + sum(
            len(f"{name}String{value}") for name, value in message.attributes.items()
        )
        if batch and (len(batch) == MESSAGES_A_CALL or size + more > BYTES_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += more
    if batch:
        yield batch
