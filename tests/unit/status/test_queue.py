"""Messages to a queue: ten a call, within its bytes, and what is not taken again."""

from typing import Any

import pytest

from lambda_src.status.queue import BYTES_A_CALL, TRIES, Message, NotTaken, send

URL = "https://sqs.example/1/q"


class FakeSqs:
    """A queue that remembers what it took; `refuse` tells how often it refuses each body first."""

    def __init__(self, refuse: dict[str, int] | None = None, calls_fail: int = 0) -> None:
        self.refuse = refuse or {}
        self.calls_fail = calls_fail
        self.taken: list[dict[str, Any]] = []
        self.calls: list[int] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert QueueUrl == URL
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= 10
        self.calls.append(sum(len(entry["MessageBody"].encode()) for entry in Entries))
        if self.calls_fail:
            self.calls_fail -= 1
            raise ConnectionError
        failed = []
        for entry in Entries:
            if self.refuse.get(entry["MessageBody"], 0):
                self.refuse[entry["MessageBody"]] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.taken.append(entry)
        return {"Failed": failed, "Successful": []}

    @property
    def bodies(self) -> list[str]:
        return [entry["MessageBody"] for entry in self.taken]


def sent(sqs: FakeSqs, *bodies: str) -> dict[int, Exception]:
    return send(sqs, URL, [Message(number, body) for number, body in enumerate(bodies)], lambda seconds: None)


def test_batches() -> None:
    """Ten a call, all of them."""
    sqs = FakeSqs()
    assert sent(sqs, *map(str, range(25))) == {}
    assert (sorted(map(int, sqs.bodies)), len(sqs.calls)) == (list(range(25)), 3)


def test_bytes() -> None:
    """No call has more bytes than SQS takes, counted as UTF-8; what is larger alone goes alone."""
    sqs = FakeSqs()
    assert sent(sqs, "x" * 200_000, "ü" * 100_000, "z", "y" * 300_000, "w") == {}
    assert len(sqs.bodies) == 5
    assert sqs.calls == [200_000, 200_001, 300_000, 1]
    assert all(size <= BYTES_A_CALL for size in sqs.calls if size != 300_000)


def test_partial_failures() -> None:
    """What was not taken is sent again, and only that."""
    sqs = FakeSqs({"b": 2})
    assert sent(sqs, "a", "b", "c") == {}
    assert sqs.bodies == ["a", "c", "b"]
    assert sqs.calls == [3, 1, 1]


def test_failing_calls() -> None:
    """A call that fails as a whole is made again."""
    sqs = FakeSqs(calls_fail=2)
    assert sent(sqs, "a", "b") == {}
    assert sqs.bodies == ["a", "b"]


@pytest.mark.parametrize(
    ("sqs", "kind"), [(FakeSqs({"b": 99}), NotTaken), (FakeSqs(calls_fail=99), ConnectionError)]
)
def test_never_taken(sqs: FakeSqs, kind: type[Exception]) -> None:
    """After bounded tries the answer names what is not in the queue."""
    failed = sent(sqs, "a", "b")
    assert type(failed[1]) is kind
    assert (0 in failed) == (kind is ConnectionError)
    assert len(sqs.calls) == TRIES


def test_attributes() -> None:
    """Attributes are texts of SQS."""
    sqs = FakeSqs()
    send(sqs, URL, [Message(7, "a", {"reason": "broken"})], lambda seconds: None)
    assert sqs.taken == [
        {
            "Id": "7",
            "MessageBody": "a",
            "MessageAttributes": {"reason": {"DataType": "String", "StringValue": "broken"}},
        }
    ]
