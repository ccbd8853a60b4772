"""The inbound queue and its dead-letter queue, as the operator's commands use them.

A dead letter is never out of the queue before its mail is queued again: it is read (hidden for a while), its
mail is queued, then it is deleted. Killed in between, it becomes visible again by itself.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from mailroom.errors import MailroomError

# While a dead-letter queue is read, what was seen stays hidden this long, in seconds.
HIDDEN_SECONDS = 120
# SQS shows at most ten messages a call; a long poll asks all its servers, so two empty answers mean the end.
MOST_IN_A_CALL = 10
WAIT_SECONDS = 1
EMPTY_CALLS = 2
MOST_CALLS = 20_000
PAUSES = (0.2, 1.0, 3.0)


@dataclass(frozen=True)
class Letter:
    """One message of a dead-letter queue."""

    id: str
    handle: str
    body: str


def put_in(sqs: Any, queue_url: str, bodies: Sequence[str]) -> None:
    """Put bodies into a queue, ten a call. Raises MailroomError where SQS did not take all of them.

    What was put in before stays in: to put a mail in twice does no harm, since the ledger decides.
    """
    for start in range(0, len(bodies), MOST_IN_A_CALL):
        entries = [
            {"Id": str(number), "MessageBody": body}
            for number, body in enumerate(bodies[start : start + MOST_IN_A_CALL])
        ]
        for pause in PAUSES:
            answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
            failed = {entry["Id"]: entry.get("Code", "") for entry in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                break
            time.sleep(pause)
        else:
            raise MailroomError(
                f"SQS did not take {len(entries)} messages ({', '.join(sorted(set(failed.values())))}); "
                "no dead letter of theirs was deleted.",
                "run the same command again",
            )


class DeadLetters:
    """A dead-letter queue while it is read, used with `with`: what is left at the end is let go at once."""

    def __init__(self, sqs: Any, queue_url: str) -> None:
        self._sqs = sqs
        self._url = queue_url
        self._held: dict[str, str] = {}

    def __enter__(self) -> "DeadLetters":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        handles = list(self._held.values())
        for start in range(0, len(handles), MOST_IN_A_CALL):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[start : start + MOST_IN_A_CALL])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def batches(self) -> Iterator[list[Letter]]:
        """All that can be read now, some at a time, each letter once.

        Raises MailroomError where it does not come to an end.
        """
        empty = 0
        for _ in range(MOST_CALLS):
            came, new = self._receive()
            empty = 0 if came else empty + 1
            if new:
                yield new
            if empty == EMPTY_CALLS:
                return
        raise MailroomError(
            f"The dead-letter queue is not at its end after {MOST_CALLS} calls.", "run the same command again"
        )

    def remove(self, letters: Sequence[Letter]) -> None:
        """Delete these. One that SQS does not delete comes back later: its mail is only queued once more."""
        for letter in letters:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=self._held.pop(letter.id))

    def hidden_from_us(self) -> int:
        """About how many letters somebody else holds just now, such as a run that was killed."""
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        return max(0, int(answer["Attributes"][name]) - len(self._held))

    def _receive(self) -> tuple[int, list[Letter]]:
        """How many messages came, and those of them that were not seen before."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=MOST_IN_A_CALL,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
        )
        messages, new = answer.get("Messages", []), []
        for message in messages:
            if message["MessageId"] not in self._held:
                new.append(Letter(message["MessageId"], message["ReceiptHandle"], message["Body"]))
            self._held[message["MessageId"]] = message["ReceiptHandle"]
        return len(messages), new


def take_out(sqs: Any, queue_url: str, mail: str) -> int:
    """Delete the first dead letters found about this mail (`<key>#<version>`); how many went."""
    with DeadLetters(sqs, queue_url) as dead:
        for batch in dead.batches():
            about = [letter for letter in batch if names(letter.body, mail)]
            if about:
                dead.remove(about)
                return len(about)
    return 0


def names(body: str, mail: str) -> bool:
    """Whether an SQS body is an S3 event about this mail, and no other."""
    from lambda_src.inbound.records import UnknownRecord, mails

    try:
        return {found.id for found in mails(body)} == {mail}
    except UnknownRecord:
        return False
