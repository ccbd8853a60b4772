"""The function `settle`: what SES's Send events say about the ledger's lines."""

import json
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lambda_src.inbound import derive, settle
from lambda_src.inbound.dynamodb import DynamoLedger
from lambda_src.inbound.ports import Recipient
from lambda_src.inbound.settle import Sent, UnknownEvent
from lambda_src.shared import clients

MAIL = "incoming/m1ö#v.1"
CONTEXT = SimpleNamespace(aws_request_id="r1")


def event(tags: dict[str, Any] | None = None, kind: str = "Send", **more: Any) -> str:
    ours = {name: [value] for name, value in derive.tags(MAIL, 1, 1).items()} if tags is None else tags
    mail = {"messageId": "ses-1", "tags": {"ses:configuration-set": ["inbound"], **ours}, **more}
    return json.dumps(
        {"source": "aws.ses", "detail-type": "Email Sent", "detail": {"eventType": kind, "mail": mail}}
    )


PLACES = [("m#v", 1, 1), (MAIL, 99, 3), ("k" * 188 + "#1", 999, 999_999)]


@pytest.mark.parametrize("place", PLACES)
def test_tags_there_and_back(place: tuple[str, int, int]) -> None:
    """The tags of a send lead back to its line, and hold nothing that SES refuses in a tag."""
    tags = derive.tags(*place)
    assert derive.ledger_place(tags) == place
    for value in tags.values():
        assert len(value) <= 256
        assert value.replace("-", "").replace("_", "").isalnum()


BAD_TAGS: list[dict[str, str]] = [
    {},
    {"mailroom-mail": "bQ"},
    {"mailroom-recipient": "1-1"},
    {"mailroom-mail": "bQ", "mailroom-recipient": "1"},
    {"mailroom-mail": "bQ", "mailroom-recipient": "0-1"},
    {"mailroom-mail": "bQ", "mailroom-recipient": "1-1\n"},
    {"mailroom-mail": "b", "mailroom-recipient": "1-1"},
    {"mailroom-mail": "b+/=", "mailroom-recipient": "1-1"},
    {"mailroom-mail": "_w", "mailroom-recipient": "1-1"},
]


@pytest.mark.parametrize("tags", BAD_TAGS)
def test_bad_tags(tags: dict[str, str]) -> None:
    """What is no place in a ledger is said to be none."""
    with pytest.raises(ValueError, match="tag"):
        derive.ledger_place(tags)


def test_a_send_event() -> None:
    """A Send event names the mail, the recipient's number and generation, and SES's id."""
    assert settle.sent(event()) == Sent(MAIL, 1, 1, "ses-1")


@pytest.mark.parametrize("tags", [{}, {"campaign": ["x"]}, {"mailroom-mail": []}])
def test_sends_of_others(tags: dict[str, Any]) -> None:
    """A send without our tags is nobody's failure."""
    assert settle.sent(event(tags)) is None


BAD = [
    "",
    "[]",
    "{}",
    '{"detail": {}}',
    '{"detail": {"mail": 5}}',
    event(kind="Delivery"),
    event({"mailroom-mail": ["bQ"]}),
    event({"mailroom-mail": ["b"], "mailroom-recipient": ["1-1"]}),
    event({"mailroom-mail": "bQ", "mailroom-recipient": "1-1"}),
    event({"mailroom-mail": [5], "mailroom-recipient": ["1-1"]}),
]


@pytest.mark.parametrize("body", BAD)
def test_unknown_events(body: str) -> None:
    """What is no Send event, or has tags of ours that lead nowhere, is said so."""
    with pytest.raises(UnknownEvent, match=r"no Send event|another kind"):
        settle.sent(body)


@pytest.fixture
def ledger(ledger_table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoLedger]:
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    cached = (settle._wired, clients.client)
    for made in cached:
        made.cache_clear()
    yield DynamoLedger(ledger_table, "ledger")
    for made in cached:
        made.cache_clear()


def test_a_batch(ledger: DynamoLedger, capsys: pytest.CaptureFixture[str]) -> None:
    """A doubt is settled, also twice; foreign and late events are no failure; what is broken alone comes back."""
    ledger.claim(MAIL, "one", 100, 115)
    [person] = ledger.plan(MAIL, "one", ["ann@a.example"], 1, 101)
    ledger.move(MAIL, "one", person, "sending", 102)
    ledger.move(MAIL, "one", Recipient(1, "ann@a.example", "sending"), "doubtful", 103)
    unknown = {name: [value] for name, value in derive.tags("incoming/gone#v", 7, 1).items()}
    bodies = [event(), event(), event({}), event(unknown), "no json", event(kind="Bounce")]
    records: list[dict[str, Any]] = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    answer = settle.handle({"Records": [*records, {"messageId": "6"}]}, CONTEXT)
    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == ["4", "5", "6"]
    assert ledger.state_of(MAIL, person) == "sent"
    assert ledger.state_of("incoming/gone#v", Recipient(7, "", "lost")) == "lost"
    assert "ann@a.example" not in capsys.readouterr().out


def test_an_empty_call(ledger: DynamoLedger) -> None:
    """A call without records, as after an apply, finds wrong settings and does nothing."""
    assert settle.handle({}, CONTEXT) == {"batchItemFailures": []}


def test_no_mime_code_is_imported() -> None:
    """The function starts without the code that opens mail, and without its clients."""
    program = (
        "import sys, lambda_src.inbound.settle;"
        "print(sorted(name for name in sys.modules if name.startswith('lambda_src.')))"
    )
    path = ":".join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": path}, check=True
    )
    assert not any(name in done.stdout for name in ("mime", "message", "attachments", "process", "bodies"))
