"""The transform of the Pinpoint stream: every record goes on as it came, and its events to the queue."""

import base64
import json
from typing import Any

import pytest

from lambda_src.shared.logs import Log
from lambda_src.shared.settings import SettingsError
from lambda_src.status import transform
from lambda_src.status.decode import decode
from lambda_src.status.settings import TransformSettings
from tests.unit.status.made import pinpoint, text
from tests.unit.status.test_handler import Context
from tests.unit.status.test_queue import URL, FakeSqs

SETTINGS = TransformSettings(URL, "INFO")


def record(number: int, content: str | bytes) -> dict[str, Any]:
    data = content if isinstance(content, bytes) else content.encode()
    return {
        "recordId": f"r{number}",
        "approximateArrivalTimestamp": 1_795_514_400_000,
        "data": base64.b64encode(data).decode(),
    }


def run(sqs: FakeSqs, records: list[dict[str, Any]]) -> list[str]:
    """The results; ids and data are checked for every answer."""
    wired = transform.Wired(SETTINGS, sqs, lambda seconds: None)
    answer = transform.transform(records, wired, Log("INFO", {}), "dev-status-transform")
    assert list(answer) == ["records"]
    assert [one["recordId"] for one in answer["records"]] == [one["recordId"] for one in records]
    assert [one["data"] for one in answer["records"]] == [one["data"] for one in records]
    return [one["result"] for one in answer["records"]]


OPEN = pinpoint("_email.open")
CASES: list[tuple[str | bytes, str, int]] = [
    (text(OPEN), "Ok", 1),
    (text(pinpoint("_SMS.SUCCESS")) + "\n", "Ok", 1),
    (text(pinpoint("_campaign.send")), "Ok", 0),
    (text(pinpoint("_journey.send")), "Ok", 0),
    (text(pinpoint("cart.abandoned")), "Ok", 0),
    (text(OPEN) + text(OPEN), "Ok", 1),
    (text({"foo": 1}), "ProcessingFailed", 0),
    (text(pinpoint("_SMS.SUCCESS", attributes={"message_id": None})), "ProcessingFailed", 0),
    ("{", "ProcessingFailed", 0),
    ("", "ProcessingFailed", 0),
    (b"\xff\xfe\x00", "ProcessingFailed", 0),
    (text(OPEN) + "\n{", "ProcessingFailed", 1),
]


@pytest.mark.parametrize(("content", "result", "sent"), CASES, ids=lambda value: str(value)[:40])
def test_results(content: str | bytes, result: str, sent: int) -> None:
    """Ok for any kind of event, ProcessingFailed for what is none; our events are on the queue."""
    sqs = FakeSqs()
    assert run(sqs, [record(1, content)]) == [result]
    assert len(sqs.bodies) == sent


def test_each_alone() -> None:
    """A broken record costs itself alone, with its own id and data."""
    sqs = FakeSqs()
    assert run(sqs, [record(number, content) for number, (content, _, _) in enumerate(CASES)]) == [
        result for _, result, _ in CASES
    ]
    assert len(sqs.bodies) == sum(sent for _, _, sent in CASES)


def test_the_same_event() -> None:
    """What the folding function reads from the queue is what the stream said."""
    sqs = FakeSqs()
    odd = pinpoint("_SMS.SUCCESS", attributes={"record_status": "\ufffe ü €\x7f"})
    run(sqs, [record(1, json.dumps(odd, ensure_ascii=False))])
    [body] = sqs.bodies
    assert body.isascii()
    assert list(decode(body)) == list(decode(odd))


@pytest.mark.parametrize("data", [None, "!", 7, "eyJ"])
def test_no_base64(data: Any) -> None:
    """Data that is none goes back as it came."""
    assert run(FakeSqs(), [{"recordId": "r1", "data": data}]) == ["ProcessingFailed"]


def test_queue_that_takes_not_all() -> None:
    """What the queue does not take in any try is kept by Firehose as failed: nothing is lost."""
    sqs = FakeSqs({text(OPEN).replace(", ", ",").replace(": ", ":"): 99})
    assert run(sqs, [record(1, text(OPEN)), record(2, text(pinpoint("_SMS.SUCCESS")))]) == [
        "ProcessingFailed",
        "Ok",
    ]
    assert len(sqs.bodies) == 1


def test_queue_that_takes_nothing() -> None:
    """Nor is it where the queue is not there at all; what needs no queue is Ok."""
    records = [record(1, text(OPEN)), record(2, text(pinpoint("_campaign.send")))]
    assert run(FakeSqs(calls_fail=99), records) == ["ProcessingFailed", "Ok"]


def test_too_large() -> None:
    """An event that the queue can never take is failed without a try."""
    sqs = FakeSqs()
    large = pinpoint("_email.open", client_context={"custom": "x" * 300_000})
    assert run(sqs, [record(1, text(large))]) == ["ProcessingFailed"]
    assert sqs.calls == []


def test_log(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed record is told by Firehose's id and the reason, with nothing of its content."""
    run(FakeSqs(), [record(1, '{"secret": "ann@example.com"}'), record(2, text(OPEN))])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [failed] = [line for line in lines if line["level"] == "ERROR"]
    assert (failed["record"], failed["reason"]) == (
        "r1",
        "no event of SES, Pinpoint or SMS, and no envelope of one",
    )
    assert {line["outcome"]: line["events"] for line in lines if "events" in line} == {
        "rejected": 1,
        "applied": 1,
    }
    assert "ann@" not in str(lines)


def test_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's own way in."""
    sqs = FakeSqs()
    monkeypatch.setattr(transform, "client", lambda service: sqs)
    monkeypatch.setattr("os.environ", {"STATUS_QUEUE_URL": URL})
    transform._wired.cache_clear()
    answer = transform.handle({"invocationId": "i", "records": [record(1, text(OPEN))]}, Context())
    transform._wired.cache_clear()
    assert answer["records"][0]["result"] == "Ok"
    assert len(sqs.bodies) == 1


def test_settings() -> None:
    """Without its queue the transform does not begin."""
    with pytest.raises(SettingsError, match="STATUS_QUEUE_URL is not set"):
        TransformSettings.from_env({})
