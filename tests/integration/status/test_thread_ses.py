"""E-mail by SES, from the send to the API: every kind of event, and every address of the mailbox simulator."""

import uuid
from email.message import EmailMessage

import pytest

from mailroom.local.engine.ses.events.kinds import KINDS
from mailroom.local.engine.ses.simulator import AWS, OURS
from mailroom.status.drill_sources import MAIL_ENDS
from tests.integration.status.conftest import Status

ENDS = {
    **{f"{name}@{AWS}": status for name, status in MAIL_ENDS.items()},
    f"latebounce@{OURS}": "hardbounce",
    f"mailboxfull@{OURS}": "softbounce",
    f"undetermined@{OURS}": "softbounce",
    f"delayed@{OURS}": "delivered",
    f"expired@{OURS}": "softbounce",
    f"opened@{OURS}": "open",
    f"clicked@{OURS}": "click",
    f"unsubscribed@{OURS}": "unsubscribe",
    f"rejected@{OURS}": "rejected",
}
"""The status that mail to an address comes to."""
SHOWN = {
    "SEND": ("success", "send"),
    "REJECT": ("rejected", "rejected"),
    "BOUNCE": ("bounce", "hardbounce"),
    "COMPLAINT": ("complaint", "complaint"),
    "DELIVERY": ("success", "delivered"),
    "OPEN": ("opened", "open"),
    "CLICK": ("clicked", "click"),
    "DELIVERY_DELAY": ("delayed", "delays"),
    "SUBSCRIPTION": ("unsubscribed", "unsubscribe"),
    "RENDERING_FAILURE": ("template", "rendering_failure"),
}
"""By kind of event: whose mail brings it, and the attribute that tells of it."""
TEMPLATE = "thread-broken"


@pytest.fixture(scope="module")
def mails(status: Status) -> dict[str, tuple[str, str]]:
    """A mail to everybody, all on their way at once: message id and recipient by the name of the address.

    Each has a label, so that a bounce of an earlier run suppresses none of ours.
    """
    label = uuid.uuid4().hex[:8]
    sent = {}
    for address in ENDS:
        name, _, domain = address.partition("@")
        recipient = f"{name}+{label}@{domain}"
        sent[name] = (status.mail(recipient), recipient)
    sent["template"] = (_not_rendered(status), f"success+{label}@{AWS}")
    return sent


def _not_rendered(status: Status) -> str:
    """A mail whose template asks for what the call does not give."""
    sesv2 = status.client("sesv2")
    content = {"Subject": "{{title}}", "Text": "{{name}}"}
    sesv2.create_email_template(TemplateName=TEMPLATE, TemplateContent=content)
    try:
        return status.mail(f"success@{AWS}", Template={"TemplateName": TEMPLATE, "TemplateData": "{}"})
    finally:
        sesv2.delete_email_template(TemplateName=TEMPLATE)


@pytest.mark.parametrize("address", ENDS)
def test_every_address_ends_as_it_should(
    status: Status, mails: dict[str, tuple[str, str]], address: str
) -> None:
    """Mail to each address of the simulator, AWS's and ours, comes to the status that it stands for."""
    message_id, recipient = mails[address.partition("@")[0]]
    item = status.ends(message_id, ENDS[address], recipient)
    assert (item["event_type"], item["source"], item["destination"]) == ("email", "ses", recipient)
    assert item["from_address"] == status.output("sender_address")
    assert item["aws_account_id"] == status.cloud.account_id
    assert item["status_at"] in [line["at"] for line in item["timeline"]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_arrives(status: Status, mails: dict[str, tuple[str, str]], kind: str) -> None:
    """One event of each published type, told by SES itself, is to be read in the item's own attribute."""
    name, attribute = SHOWN[kind]
    item = status.until(mails[name][0], lambda found: found.get(attribute, "NA") != "NA")
    told = "delayed" if attribute == "delays" else attribute
    assert told in [line["event"] for line in item["timeline"]]


def test_each_recipient_has_an_item(status: Status) -> None:
    """One mail to three people, of whom one bounces and one complains: three items, each with its own end."""
    ends = {f"{name}@{AWS}": MAIL_ENDS[name] for name in ("success", "bounce", "complaint")}
    message_id = status.mail(*ends)
    for recipient, end in ends.items():
        status.ends(message_id, end, recipient)
    assert set(status.items(message_id)) == set(ends)
    found = status.questions.api.ask("GET", "/call", f"message_id={message_id}")
    assert found.status == 200


def test_an_own_reference_finds_the_mail(status: Status) -> None:
    """A message tag `reference` can be asked for, and answers with the mails that carry it."""
    reference = uuid.uuid4().hex
    message = EmailMessage()
    message["From"], message["To"] = status.output("sender_address"), f"success@{AWS}"
    message["X-SES-MESSAGE-TAGS"], message["Subject"] = f"reference={reference}", "x"
    message.set_content("x")
    message_id = status.mail(f"success@{AWS}", Raw={"Data": message.as_bytes()})
    status.ends(message_id, "delivered")
    assert status.listed(reference=reference) == [message_id]
