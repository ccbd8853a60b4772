"""Athena's saved questions, asked of the archive."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from mailroom.demo.watch import until
from mailroom.local.engine.ses.simulator import AWS
from tests.integration.status.conftest import Status

COLUMNS = {
    "latest_status": ["message_id", "recipient", "channel", "status", "status_at", "reason"],
    "failures": ["at", "channel", "status", "reason", "message_id", "recipient"],
    "rates_by_mail_provider": [
        "provider", "mails", "delivered_percent", "bounced_percent", "deferred_percent", "complaint_percent",
    ],
    "sms_cost_by_country": ["country", "messages", "parts", "price_usd", "carrier_fees_usd", "total_usd"],
}  # fmt: skip


def asked(status: Status, name: str) -> Iterator[dict[str, Any]]:
    """The rows that a saved question answers, as an operator asks it."""
    athena = status.client("athena")
    saved = athena.get_named_query(NamedQueryId=status.output("status_queries")[name])["NamedQuery"]
    run = athena.start_query_execution(
        QueryString=saved["QueryString"],
        QueryExecutionContext={"Database": saved["Database"]},
        WorkGroup=saved["WorkGroup"],
    )["QueryExecutionId"]

    def ended() -> dict[str, Any] | None:
        found = athena.get_query_execution(QueryExecutionId=run)["QueryExecution"]["Status"]
        return found if found["State"] not in ("QUEUED", "RUNNING") else None

    state = until(f"the question {name} to be answered", ended)
    assert state["State"] == "SUCCEEDED", state
    rows = athena.get_query_results(QueryExecutionId=run)["ResultSet"]["Rows"]
    head, *rest = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
    assert head == COLUMNS[name]
    yield from (dict(zip(head, row, strict=True)) for row in rest)


@pytest.fixture(scope="module")
def told(status: Status, number: str) -> dict[str, str]:
    """Messages whose events are in the archive, by the status that each came to."""
    label = uuid.uuid4().hex[:8]
    names = {"delivered": "success", "hardbounce": "bounce", "complaint": "complaint"}
    sent = {end: status.mail(f"{name}+{label}@{AWS}") for end, name in names.items()}
    sms = status.client("pinpoint-sms-voice-v2").send_text_message(
        DestinationPhoneNumber="+14254147755", OriginationIdentity=number, MessageBody="x"
    )
    sent["success"] = sms["MessageId"]
    for end, message_id in sent.items():
        status.ends(message_id, end)
        until("its events in the archive", lambda: len(status.archived("events/", message_id)) >= 2 or None)  # noqa: B023 - asked at once
    return sent


def test_the_latest_status_is_that_of_the_table(status: Status, told: dict[str, str]) -> None:
    """One row for each message and recipient, with the status that the API tells."""
    rows = {
        row["message_id"]: row for row in asked(status, "latest_status") if row["message_id"] in told.values()
    }
    assert {message_id: row["status"] for message_id, row in rows.items()} == {
        message_id: end for end, message_id in told.items()
    }
    for end, message_id in told.items():
        (item,) = status.items(message_id).values()
        # Athena writes a time with its zone so: 2026-11-27 08:00:00.000 UTC
        at = rows[message_id]["status_at"].replace(" UTC", "Z").replace(" ", "T")
        assert at == item[end]


def test_failures_have_their_reasons(status: Status, told: dict[str, str]) -> None:
    """What failed, with the server's answer; nothing that arrived."""
    rows = {row["message_id"]: row for row in asked(status, "failures")}
    assert rows[told["hardbounce"]]["reason"] == "smtp; 550 5.1.1 user unknown"
    assert told["complaint"] in rows
    assert told["delivered"] not in rows


def test_rates_are_by_mail_provider(status: Status, told: dict[str, str]) -> None:
    """Mails to the simulator's domain make a line, whose percentages are of its mails."""
    rows = {row["provider"]: row for row in asked(status, "rates_by_mail_provider")}
    simulator = rows[AWS]
    assert int(simulator["mails"]) >= 3
    assert 0 < float(simulator["bounced_percent"]) < 100
    assert float(simulator["complaint_percent"]) > 0


def test_sms_cost_by_country(status: Status, told: dict[str, str]) -> None:
    """An SMS counts once, whatever the number of its events."""
    rows = {row["country"]: row for row in asked(status, "sms_cost_by_country")}
    assert int(rows["US"]["messages"]) >= 1
    assert float(rows["US"]["total_usd"]) > 0
