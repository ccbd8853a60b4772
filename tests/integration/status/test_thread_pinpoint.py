"""Pinpoint's event stream, from the application to the API: every kind of event of e-mail and of SMS."""

import uuid
from typing import Any

import pytest

from mailroom.local.engine.ses.simulator import AWS
from mailroom.local.engine.ses.simulator import OURS as MAILBOXES
from mailroom.local.engine.sms.simulator import OURS as NUMBERS
from mailroom.local.engine.sms.simulator import SUCCEEDING
from tests.integration.status.conftest import Status

MAILS = {
    "send": f"success@{AWS}",
    "delivered": f"success@{AWS}",
    "hardbounce": f"bounce@{AWS}",
    "softbounce": f"mailboxfull@{MAILBOXES}",
    "complaint": f"complaint@{AWS}",
    "rejected": f"rejected@{MAILBOXES}",
    "open": f"opened@{MAILBOXES}",
    "click": f"clicked@{MAILBOXES}",
    "unsubscribe": f"unsubscribed@{MAILBOXES}",
    "rendering_failure": f"renderingfailure@{MAILBOXES}",
}
"""By the attribute of the published table: who gets the mail whose events set it."""
TEXTS = {
    "buffered": f"{NUMBERS}00",
    "success": SUCCEEDING["US"],
    "failure": f"{NUMBERS}07",
    "optout": f"{NUMBERS}30",
}
RECORD_STATUS = {
    "buffered": "PENDING",
    "success": "DELIVERED",
    "failure": "UNREACHABLE",
    "optout": "OPTED_OUT",
}
CAMPAIGN = f"thread-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def messages(status: Status) -> dict[str, str]:
    """One message each, by attribute, sent by the application in one campaign."""
    pinpoint, application = status.client("pinpoint"), status.output("status_pinpoint_application_id")
    sender = status.output("sender_address")
    pinpoint.update_email_channel(
        ApplicationId=application,
        EmailChannelRequest={"FromAddress": sender, "Identity": f"arn:aws:ses:eu-west-1:{status.cloud.account_id}:identity/{sender}"},
    )  # fmt: skip
    pinpoint.update_sms_channel(ApplicationId=application, SMSChannelRequest={"Enabled": True})

    def sent(address: str, channel: str) -> str:
        answer = pinpoint.send_messages(
            ApplicationId=application,
            MessageRequest={
                "Addresses": {address: {"ChannelType": channel}},
                "Context": {"campaign_id": CAMPAIGN},
                "MessageConfiguration": {
                    "EmailMessage": {"SimpleEmail": {"Subject": {"Data": "x"}, "TextPart": {"Data": "x"}}},
                    "SMSMessage": {"Body": "x", "MessageType": "TRANSACTIONAL"},
                },
            },
        )
        return str(answer["MessageResponse"]["Result"][address]["MessageId"])

    mails = {attribute: sent(address, "EMAIL") for attribute, address in MAILS.items()}
    return mails | {attribute: sent(number, "SMS") for attribute, number in TEXTS.items()}


def test_the_application_streams_to_our_firehose(status: Status) -> None:
    """Terraform made an application, and its event stream leads to the Firehose of the archive."""
    application = status.output("status_pinpoint_application_id")
    stream = status.client("pinpoint").get_event_stream(ApplicationId=application)["EventStream"]
    assert stream["DestinationStreamArn"].endswith(
        f":deliverystream/{status.output('status_streams')['pinpoint']}"
    )


@pytest.mark.parametrize("attribute", MAILS)
def test_every_kind_of_mail_event_arrives(status: Status, messages: dict[str, str], attribute: str) -> None:
    """One event of each published e-mail type, streamed by Pinpoint, sets its attribute in the item."""
    item = status.until(messages[attribute], lambda found: found[attribute] != "NA")
    assert (item["event_type"], item["source"]) == ("email", "pinpoint")
    assert (item["destination"], item["campaign_id"]) == (MAILS[attribute], CAMPAIGN)
    if attribute != "send":  # of the mail that was delivered, too
        assert item["status"] == attribute


@pytest.mark.parametrize("attribute", TEXTS)
def test_every_kind_of_sms_event_arrives(status: Status, messages: dict[str, str], attribute: str) -> None:
    """One event of each published SMS type, streamed by Pinpoint, sets its attribute and record_status."""
    item = status.ends(messages[attribute], attribute)
    assert (item["event_type"], item["source"], item["record_status"]) == (
        "sms",
        "pinpoint",
        RECORD_STATUS[attribute],
    )
    assert (item["destination_phone_number"], item["campaign_id"]) == (TEXTS[attribute], CAMPAIGN)
    assert item["message_type"].lower() == "transactional"
    if attribute != "buffered":
        assert item["price_in_millicents_usd"] == 645


def test_a_campaign_lists_its_messages(status: Status, messages: dict[str, str]) -> None:
    """All messages of a campaign, of both channels, over all shards of the index."""
    for attribute in ("success", "complaint"):
        status.ends(messages[attribute], attribute)
    found: Any = status.listed(campaign_id=CAMPAIGN, status="complaint")
    assert found == [messages["complaint"]]
