"""The function `status`: SQS records in; the table, the dead letters, the log and the failures out."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lambda_src.shared.logs import Log
from lambda_src.shared.settings import SettingsError
from lambda_src.status import handler
from lambda_src.status.handler import Wired, fold_batch
from lambda_src.status.settings import FoldSettings
from lambda_src.status.table import Table
from mailroom.bench.status_table import NO_FAULTS, FakeDynamoDB, Faults
from tests.unit.status.made import ANN, ID, pinpoint, ses, sms, text
from tests.unit.status.test_queue import URL, FakeSqs

SETTINGS = FoldSettings("status", URL, 30, "reference", "INFO")


class Context:
    """What Lambda hands in."""

    aws_request_id = "r1"
    function_name = "dev-status"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Deployed:
    """The function with a table and a queue that remember."""

    def __init__(self, faults: Faults = NO_FAULTS, sqs: FakeSqs | None = None) -> None:
        self.client = FakeDynamoDB(faults)
        self.sqs = sqs or FakeSqs()
        self.table = Table(self.client, "status", 30, self.sleep)

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds < 10

    def __call__(self, *bodies: Any, left: float = 60.0) -> list[str]:
        """Work these bodies as one batch; the names of the records that failed (their places)."""
        records = [
            {"messageId": str(number), "body": body if isinstance(body, str | None) else text(body)}
            for number, body in enumerate(bodies)
        ]
        wired = Wired(SETTINGS, self.table, self.sqs, self.sleep)
        answer = fold_batch(records, wired, Log("INFO", {}), "dev-status", lambda: left)
        assert list(answer) == ["batchItemFailures"]
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    @property
    def statuses(self) -> dict[tuple[str, str], str]:
        return {key: item["status"]["S"] for key, item in self.client.items.items() if "status" in item}


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_batch() -> None:
    """Events of all sources end in their items, and nothing comes again."""
    deployed = Deployed()
    bodies = (ses("Send"), ses("Open"), pinpoint("_SMS.SUCCESS"), sms("TEXT_UNREACHABLE"))
    assert deployed(*bodies) == []
    assert deployed.statuses == {
        (ID, ANN): "open",
        ("m-1", "+14255550101"): "success",
        ("m-2", "+14255550101"): "failure",
    }
    assert deployed.client.calls == {"BatchGetItem": 1, "PutItem": 3}


def test_broken_records_are_dead_letters() -> None:
    """What cannot be read goes to the dead letters with its own body and the reason, and comes not again; the
    others of its batch are not harmed."""
    deployed = Deployed()
    broken = ["not json", text({"eventType": "Open", "mail": {}})]
    assert deployed(broken[0], ses("Send"), broken[1]) == []
    assert deployed.statuses == {(ID, ANN): "send"}
    letters = [
        (one["MessageBody"], one["MessageAttributes"]["reason"]["StringValue"]) for one in deployed.sqs.taken
    ]
    assert letters == [(broken[0], "no JSON: expecting value"), (broken[1], "no message id (mail.messageId)")]


def test_half_broken() -> None:
    """Of a record with several events the good ones count, and its body is a dead letter still."""
    deployed = Deployed()
    body = f"{text(ses('Send'))}\n{{\n{text(ses('Open'))}"
    assert deployed(body) == []
    assert deployed.statuses == {(ID, ANN): "open"}
    assert deployed.sqs.bodies == [body]


def test_dead_letters_that_are_not_taken() -> None:
    """A record whose dead letter is not taken comes again, alone."""
    deployed = Deployed(sqs=FakeSqs({"x": 99}))
    assert deployed("x", ses("Send"), "y") == ["0"]
    assert deployed.sqs.bodies == ["y"]


def test_ignored_kinds_are_acknowledged(lines: Lines) -> None:
    """Unknown kinds and machines' opens fail nothing; the first are counted, the second kept beside."""
    deployed = Deployed()
    assert deployed(pinpoint("_campaign.send"), ses("Open", isBotEvent="Likely"), ses("Opened")) == []
    assert deployed.sqs.taken == []
    [item] = deployed.client.items.values()
    assert (item["bot_opens"], "status" in item) == ({"N": "1"}, False)
    [done] = [line for line in lines() if line["message"] == "batch done"]
    assert done["ignored_kinds"] == {
        "no kind that we know: _campaign.send": 1,
        "no kind that we know: Opened": 1,
    }


def test_throttling() -> None:
    """Records whose items could not be written come again, and end as they should."""
    deployed = Deployed(Faults(throttled=0.5))
    bodies = [ses("Send", mail={"messageId": f"m{number}"}) for number in range(40)]
    waiting = list(range(40))
    for _ in range(60):
        failed = deployed(*(bodies[number] for number in waiting))
        waiting = [waiting[int(place)] for place in failed]
        if not waiting:
            break
    assert waiting == []
    assert len(deployed.statuses) == 40


def test_a_failing_record_that_is_broken_too() -> None:
    """A record that comes again anyway sends its dead letter then, once."""
    deployed = Deployed(Faults(throttled=1))
    assert deployed(f"{text(ses('Send'))}\n{{") == ["0"]
    assert deployed.sqs.taken == []


def test_no_time_left() -> None:
    """At the end of its time the function returns what it has not begun."""
    deployed = Deployed()
    assert deployed(ses("Send"), sms(), left=1.0) == ["0", "1"]
    assert deployed.client.items == {}


def test_records_without_name_or_body() -> None:
    """A record that is none fails what it must, and is no traceback."""
    deployed = Deployed()
    wired = Wired(SETTINGS, deployed.table, FakeSqs({"None": 99}), deployed.sleep)
    answer = fold_batch([{}], wired, Log("ERROR", {}), "f", lambda: 60.0)
    assert answer == {"batchItemFailures": [{"itemIdentifier": ""}]}


def test_metrics(lines: Lines) -> None:
    """Items that newly reach a status are counted by channel and status, events by outcome."""
    deployed = Deployed()
    deployed(
        ses("Send"), ses("Delivery"), ses("Send", mail={"messageId": "m9"}), sms(), "broken", ses("What")
    )
    found = [line for line in lines() if "_aws" in line]
    described = {tuple(sorted(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0])) for line in found}
    assert described == {("function", "outcome"), ("channel", "function", "status")}
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in found} == {"Mailroom"}
    assert {(line["channel"], line["status"]): line["messages"] for line in found if "messages" in line} == {
        ("email", "delivered"): 1,
        ("email", "send"): 2,
        ("sms", "success"): 1,
    }
    assert {line["outcome"]: line["events"] for line in found if "events" in line} == {
        "applied": 4,
        "rejected": 1,
        "ignored": 1,
    }
    assert {line["function"] for line in found} == {"dev-status"}


def test_no_person_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever happens, no address, number, subject or reason of a message is in a line."""
    secrets = {"tags": None, "commonHeaders": {"subject": "SECRET"}}
    bodies = (
        ses("Bounce", mail=secrets),
        sms(),
        text(ses("Open", mail={**secrets, "messageId": None})),
        '{"broken": "SECRET ann@example.com',
        {"eventType": "SECRET@example.com", "mail": {}},
    )
    for faults in (NO_FAULTS, Faults(throttled=1)):
        Deployed(faults)(*bodies)
    written = capsys.readouterr().out
    assert "record cannot be read" in written
    assert "record goes back to the queue" in written
    assert not re.search(r"@|SECRET |\+1|unknown|Ann", written)


def test_errors_are_described_without_their_text(lines: Lines) -> None:
    """What AWS refused is told by kind and code."""
    Deployed(Faults(throttled=1))(ses("Send"))
    [line] = [line for line in lines() if line["message"] == "record goes back to the queue"]
    assert (line["kind"], line["code"], line["record"]) == ("ClientError", "ThrottlingException", "0")


ENVIRONMENT = {
    "STATUS_TABLE": "status",
    "STATUS_DEAD_LETTER_QUEUE_URL": URL,
    "RETENTION_DAYS": "30",
    "REFERENCE_TAG": "order",
    "LOG_LEVEL": "ERROR",
}


def test_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's own way in: settings from the environment, clients once, the time from the context."""
    clients = {"dynamodb": FakeDynamoDB(), "sqs": FakeSqs()}
    monkeypatch.setattr(handler, "client", clients.__getitem__)
    monkeypatch.setattr("os.environ", ENVIRONMENT)
    handler._wired.cache_clear()
    tags = {"tags": {"order": ["7"]}}
    event = {
        "Records": [{"messageId": "1", "body": text(ses("Send", mail=tags))}, {"messageId": "2", "body": "{"}]
    }
    assert handler.handle(event, Context()) == {"batchItemFailures": []}
    handler._wired.cache_clear()
    [item] = clients["dynamodb"].items.values()  # type: ignore[attr-defined]
    assert item["reference"] == {"S": "7"}
    assert clients["sqs"].bodies == ["{"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "value"),
    [("STATUS_TABLE", ""), ("STATUS_DEAD_LETTER_QUEUE_URL", "q"), ("RETENTION_DAYS", "0"), ("REFERENCE_TAG", "a b"), ("LOG_LEVEL", "x")],
)  # fmt: skip
def test_settings(name: str, value: str) -> None:
    """A wrong setting is told by its name."""
    with pytest.raises(SettingsError, match=name):
        FoldSettings.from_env({**ENVIRONMENT, name: value})
    assert FoldSettings.from_env(ENVIRONMENT).reference_tag == "order"
