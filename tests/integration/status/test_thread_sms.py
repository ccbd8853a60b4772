"""SMS by End User Messaging, from the send to the API: every kind of event."""

from typing import Any

import pytest

from mailroom.local.engine.sms.simulator import CONTEXT, FAILING, KINDS, OURS, SUCCEEDING
from tests.integration.status.conftest import Status

STATUS = {
    "TEXT_QUEUED": "buffered",
    "TEXT_PENDING": "buffered",
    "TEXT_SENT": "buffered",
    "TEXT_SUCCESSFUL": "success",
    "TEXT_DELIVERED": "success",
}
"""What is not here is a failure."""
TO = SUCCEEDING["US"]


@pytest.fixture(scope="module")
def messages(status: Status, number: str) -> dict[str, str]:
    """One SMS for each kind of event, and one for each end that a number of the simulator's stands for."""
    sms = status.client("pinpoint-sms-voice-v2")

    def sent(to: str, **context: str) -> str:
        answer = sms.send_text_message(
            DestinationPhoneNumber=to,
            OriginationIdentity=number,
            MessageBody="x",
            MessageType="TRANSACTIONAL",
            Context={"campaign_id": "thread", **context},
        )
        return str(answer["MessageId"])

    ends = {to: sent(to) for to in (TO, FAILING["US"], f"{OURS}01", f"{OURS}15", f"{OURS}20")}
    return ends | {kind: sent(TO, **{CONTEXT: kind}) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_arrives(
    status: Status, messages: dict[str, str], number: str, kind: str
) -> None:
    """One event of each published type, told on EventBridge by itself, is to be read in the item."""
    end = STATUS.get(kind, "failure")
    item = status.ends(messages[kind], end)
    assert (item["event_type"], item["source"]) == ("sms", "sms")
    assert item["record_status"] == kind.removeprefix("TEXT_")
    assert (item["origination_phone_number"], item["destination_phone_number"]) == (number, TO)
    assert (item["iso_country_code"], item["message_type"]) == ("US", "TRANSACTIONAL")
    assert (item["campaign_id"], item["aws_account_id"]) == ("thread", status.cloud.account_id)
    assert item[end] == item["status_at"]


@pytest.mark.parametrize(
    ("to", "end", "record_status"),
    [
        (TO, "success", "DELIVERED"),
        (FAILING["US"], "failure", "UNREACHABLE"),
        (f"{OURS}01", "buffered", "PENDING"),
        (f"{OURS}15", "failure", "UNREACHABLE"),  # the carrier had it, then the phone was not reached
    ],
)
def test_every_number_ends_as_it_should(
    status: Status, messages: dict[str, str], to: str, end: str, record_status: str
) -> None:
    """An SMS to each number of the simulator comes to what the number stands for: the final event counts."""
    item = status.until(messages[to], lambda found: found["record_status"] == record_status)
    assert (item["status"], item["destination_phone_number"]) == (end, to)


def test_an_event_without_a_number_counts_for_its_message(status: Status, messages: dict[str, str]) -> None:
    """Events as AWS's examples of EventBridge have them name no recipient: the message has an item all the same."""
    item: dict[str, Any] = status.ends(messages[f"{OURS}20"], "success")
    assert (item["recipient"], item["destination_phone_number"]) == ("*", "NA")
