"""`mailroom status explain`: the answers in the form that programs rely on."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailroom.cli import app
from tests.unit.status.made import ANN, ID, pinpoint, ses, sms, text

BOB = "bob@example.com"
FIELDS = [
    "file",
    "index",
    "outcome",
    "reason",
    "source",
    "channel",
    "message_id",
    "recipient",
    "event",
    "status",
    "at",
]


def run(*arguments: str, stdin: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["status", "explain", *arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def explain(*arguments: str, stdin: bytes | None = None) -> tuple[int, list[dict[str, Any]]]:
    code, output = run("--json", *arguments, stdin=stdin)
    return code, [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes a file, and gives its name."""

    def write(content: str | bytes, name: str = "events.json") -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_an_event(file: Any) -> None:
    """Every field, in order, as the issue names them."""
    name = file(json.dumps(ses("Bounce"), indent=2))
    code, [answer] = explain(name)
    assert code == 0
    assert list(answer) == FIELDS
    assert answer == {
        "file": name, "index": 0, "outcome": "applied", "reason": None, "source": "ses", "channel": "email",
        "message_id": ID, "recipient": ANN, "event": "hardbounce", "status": "hardbounce", "at": "2026-11-24T10:00:03.000Z",
    }  # fmt: skip


def test_a_line_for_each_recipient(file: Any) -> None:
    """One object per event and recipient; the index is the event's."""
    name = file(
        f"{text(ses('Send', mail={'destination': [ANN, BOB]}))}\n{text(sms(destinationPhoneNumber=None))}"
    )
    code, answers = explain(name)
    assert code == 0
    assert [(one["index"], one["recipient"], one["event"]) for one in answers] == [
        (0, ANN, "send"),
        (0, BOB, "send"),
        (1, None, "success"),
    ]


FORMS = {
    "lines": lambda events: "\n".join(map(text, events)),
    "array": lambda events: json.dumps(events, indent=1),
    "concatenated": lambda events: "".join(map(text, events)),
    "gzip": lambda events: gzip.compress("".join(map(text, events)).encode()),
    "firehose": lambda events: json.dumps(
        {
            "records": [
                {"recordId": "1", "data": base64.b64encode(text(one).encode()).decode()} for one in events
            ]
        }
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(file: Any, form: str) -> None:
    """JSON lines, an array, an archive's object and a Firehose batch hold the same events."""
    events = [ses("Send"), pinpoint("_SMS.SUCCESS"), pinpoint("_campaign.send"), {"foo": 1}, sms("TEXT_SENT")]
    code, answers = explain(file(FORMS[form](events)))
    assert code == 1
    assert [(one["index"], one["outcome"], one["event"], one["status"]) for one in answers] == [
        (0, "applied", "send", "send"),
        (1, "applied", "success", "success"),
        (2, "ignored", None, None),
        (3, "rejected", None, None),
        (4, "applied", "buffered", "buffered"),
    ]
    assert answers[2]["reason"] == "no kind that we know: _campaign.send"
    assert answers[2]["source"] == "pinpoint"


def test_delays_have_no_attribute_but_a_status(file: Any) -> None:
    """A delay is an event of that name."""
    delay = {**ses("Send"), "eventType": "DeliveryDelay", "deliveryDelay": {}}
    _, [answer] = explain(file(text(delay)))
    assert (answer["event"], answer["status"]) == ("delayed", "delayed")


def test_machines(file: Any) -> None:
    """What SES flags as a machine's is ignored, with the event beside the reason; it is no fault."""
    code, [answer] = explain(file(text(ses("Open", isBotEvent="Likely"))))
    assert code == 0
    assert (answer["outcome"], answer["reason"]) == ("ignored", "SES says that a machine opened it")
    assert (answer["event"], answer["status"], answer["recipient"]) == ("open", None, ANN)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "nothing in it"), ("[]", "nothing in it"), ("{", "no JSON: expecting property name enclosed in double quotes"),
        ("<html>", "no JSON: expecting value"), (b"\x1f\x8bxx", "damaged gzip data"), ("7", "no object"),
        (text({"foo": 1}), "no event of SES, Pinpoint or SMS, and no envelope of one"), ("[" * 100_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_bad_input(file: Any, content: str | bytes, reason: str) -> None:
    """Bad input is an object with its reason, and exit code 1."""
    code, [answer] = explain(file(content))
    assert code == 1
    assert list(answer) == FIELDS
    assert (answer["index"], answer["outcome"], answer["reason"]) == (0, "rejected", reason)
    assert all(answer[name] is None for name in FIELDS[4:])


def test_files_that_cannot_be_read(tmp_path: Path, file: Any) -> None:
    """A file that is not there, or none, is told; the others are read."""
    code, answers = explain(str(tmp_path / "none.json"), str(tmp_path), file(text(ses("Send"))))
    assert code == 1
    assert [one["outcome"] for one in answers] == ["rejected", "rejected", "applied"]
    assert answers[0]["reason"] == "the file cannot be read: No such file or directory"


def test_standard_input(file: Any) -> None:
    """A dash is standard input, beside files too."""
    code, answers = explain("-", file(text(sms())), stdin=text(ses("Send")).encode())
    assert code == 0
    assert [(Path(one["file"]).name, one["source"]) for one in answers] == [
        ("-", "ses"),
        ("events.json", "sms"),
    ]


def test_fold(file: Any) -> None:
    """The final item per message and recipient, over all files, whatever their order."""
    first = file(f"{text(ses('Open'))}\n{text(ses('Send'))}", "a.json")
    second = file(f"{text(ses('Delivery'))}\n{text(sms())}\n{text(ses('Open'))}", "b.json")
    code, items = explain("--fold", first, second)
    assert code == 0
    assert [(one["message_id"], one["recipient"], one["status"]) for one in items] == [
        (ID, ANN, "open"),
        ("m-2", "+14255550101", "success"),
    ]
    assert items[0]["opens"] == 1
    assert (items[0]["send"], items[0]["delivered"]) == (
        "2026-11-24T10:00:00.000Z",
        "2026-11-24T10:00:02.000Z",
    )
    assert items[0]["campaign_id"] == "c1"
    assert items[1]["price_in_millicents_usd"] == 581
    assert [line["event"] for line in items[0]["timeline"]] == ["send", "delivered", "open"]
    assert explain("--fold", second, first)[1] == items


def test_fold_tells_what_was_rejected(file: Any) -> None:
    """Folded too, nothing is lost unseen."""
    code, found = explain("--fold", file(f"{text(ses('Send'))}\n{{"))
    assert code == 1
    assert [one.get("status") for one in found] == ["send", None]
    assert found[1]["outcome"] == "rejected"


@pytest.mark.parametrize(("now", "waiting"), [("2026-11-24T12:00:00", False), ("2026-11-28", True)])
def test_now(file: Any, now: str, waiting: bool) -> None:
    """Where time matters, it can be given."""
    _, [item] = explain("--fold", "--now", now, file(text(sms("TEXT_SENT", destinationPhoneNumber=None))))
    assert (item["stuck"], item["no_carrier_answer"], item["recipient"]) == (waiting, waiting, None)


def test_reference_tag(file: Any) -> None:
    """The tag that holds one's own reference can be named."""
    name = file(text(ses("Send", mail={"tags": {"order": ["7"]}})))
    assert "reference" not in explain("--fold", name)[1][0]
    assert explain("--fold", "--reference-tag", "order", name)[1][0]["reference"] == "7"


@pytest.mark.parametrize("fold", [[], ["--fold"]])
def test_for_people(file: Any, fold: list[str]) -> None:
    """Without --json it is a table; markup of a message is text in it."""
    code, output = run(*fold, file(f"{text(ses('Send', mail={'messageId': '[red]x[/red]'}))}\n{{"))
    assert code == 1
    assert "[red]x[/red]" in output.replace("\n", "")
    assert "rejected" in output
