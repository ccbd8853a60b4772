"""Contact lists, their contacts, and mail that is sent to them."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses

Client = Callable[..., Any]
TOPICS = [
    {"TopicName": "Sports", "DisplayName": "Sports", "DefaultSubscriptionStatus": "OPT_OUT"},
    {"TopicName": "Cycling", "DisplayName": "Cycling", "DefaultSubscriptionStatus": "OPT_IN"},
]
RAW = b"From: m@mail.example\r\nList-Unsubscribe: <mailto:x@mail.example>\r\nTo: a@far.example\r\n\r\n"


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """mail.example may send; there is the list `people` with two topics."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    made.create_contact_list(ContactListName="people", Topics=TOPICS, Tags=[{"Key": "k", "Value": "v"}])
    return made


def contact(sesv2: Any, address: str, **more: Any) -> None:
    sesv2.create_contact(ContactListName="people", EmailAddress=address, **more)


def chose(topic: str, status: str) -> dict[str, Any]:
    return {"TopicPreferences": [{"TopicName": topic, "SubscriptionStatus": status}]}


def test_a_list_is_kept_changed_and_deleted_with_its_contacts(sesv2: Any) -> None:
    """What is not given in a change stays; after a new start there is nobody in it."""
    contact(sesv2, "a@far.example")
    sesv2.update_contact_list(ContactListName="people", Description="all of them")
    found = sesv2.get_contact_list(ContactListName="people")
    assert (found["Topics"], found["Description"]) == (TOPICS, "all of them")
    assert found["Tags"] == [{"Key": "k", "Value": "v"}]
    assert [one["ContactListName"] for one in sesv2.list_contact_lists()["ContactLists"]] == ["people"]
    sesv2.delete_contact_list(ContactListName="people")
    sesv2.create_contact_list(ContactListName="people")
    assert sesv2.list_contacts(ContactListName="people")["Contacts"] == []
    assert sesv2.get_contact_list(ContactListName="people")["Tags"] == []


@pytest.mark.parametrize(
    ("call", "params", "words"),
    [
        ("create_contact_list", {"ContactListName": "second"}, "A maximum of 1 Lists allowed per account."),
        ("create_contact_list", {"ContactListName": "a b"}, "Only alphanumeric characters"),
        ("create_contact_list", {"ContactListName": " "}, "ContactListName can't be blank."),
        ("update_contact_list", {"ContactListName": "people", "Topics": TOPICS[:1] * 2}, "Duplicate topic names"),
        ("update_contact_list", {"ContactListName": "people", "Topics": TOPICS[:1] * 21}, "Maximum of <20> topics"),
        ("update_contact_list", {"ContactListName": "people", "Topics": [{**TOPICS[0], "DisplayName": "n" * 129}]}, "up to <128> characters"),
        ("update_contact_list", {"ContactListName": "people", "Description": "d" * 501}, "up to 500 characters"),
        ("get_contact_list", {"ContactListName": "no"}, "List with name: no doesn't exist."),
        ("delete_contact_list", {"ContactListName": "no"}, "List with name: no doesn't exist."),
        ("create_contact", {"ContactListName": "people", "EmailAddress": "there@far.example"}, "already exists in List"),
        ("create_contact", {"ContactListName": "people", "EmailAddress": "nobody"}, "EmailAddress <nobody> is invalid"),
        ("create_contact", {"ContactListName": "people", "EmailAddress": ""}, "EmailAddress can't be blank."),
        ("create_contact", {"ContactListName": "people", "EmailAddress": "a@b.example", "AttributesData": "[1]"}, "valid JSON object"),
        ("create_contact", {"ContactListName": "people", "EmailAddress": "a@b.example", **chose("Chess", "OPT_IN")}, "List: people doesn't contain Topic: Chess"),
        ("get_contact", {"ContactListName": "people", "EmailAddress": "no@far.example"}, "no@far.example doesn't exist in List."),
        ("update_contact", {"ContactListName": "people", "EmailAddress": "no@far.example"}, "doesn't exist in List."),
        ("delete_contact", {"ContactListName": "people", "EmailAddress": "no@far.example"}, "doesn't exist in List."),
    ],
)  # fmt: skip
def test_mistakes_have_aws_s_words(sesv2: Any, call: str, params: dict[str, Any], words: str) -> None:
    """Names, numbers and what is not there."""
    contact(sesv2, "there@far.example")
    with pytest.raises(ClientError) as caught:
        getattr(sesv2, call)(**params)
    assert words in caught.value.response["Error"]["Message"]


def test_a_contact_chooses_and_the_rest_is_the_list_s_default(sesv2: Any) -> None:
    """Topics are merged by name in a change; the other members are what the change says, or none."""
    contact(sesv2, "a@far.example", AttributesData='{"Name": "Ann"}', **chose("Sports", "OPT_IN"))
    found = sesv2.get_contact(ContactListName="people", EmailAddress="a@far.example")
    assert found["TopicPreferences"] == chose("Sports", "OPT_IN")["TopicPreferences"]
    assert found["TopicDefaultPreferences"] == chose("Cycling", "OPT_IN")["TopicPreferences"]
    assert (found["AttributesData"], found["UnsubscribeAll"]) == ('{"Name": "Ann"}', False)
    sesv2.update_contact(
        ContactListName="people",
        EmailAddress="a@far.example",
        UnsubscribeAll=True,
        **chose("Cycling", "OPT_OUT"),
    )
    found = sesv2.get_contact(ContactListName="people", EmailAddress="a@far.example")
    assert [one["SubscriptionStatus"] for one in found["TopicPreferences"]] == ["OPT_IN", "OPT_OUT"]
    assert (found.get("AttributesData"), found["UnsubscribeAll"]) == (None, True)
    sesv2.delete_contact(ContactListName="people", EmailAddress="a@far.example")
    assert sesv2.list_contacts(ContactListName="people")["Contacts"] == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, "abcd"),
        ({"FilteredStatus": "OPT_OUT"}, "d"),
        ({"FilteredStatus": "OPT_IN"}, "abc"),
        ({"FilteredStatus": "OPT_IN", "TopicFilter": {"TopicName": "Cycling"}}, "a"),
        ({"FilteredStatus": "OPT_IN", "TopicFilter": {"TopicName": "Cycling", "UseDefaultIfPreferenceUnavailable": True}}, "ac"),
        ({"FilteredStatus": "OPT_OUT", "TopicFilter": {"TopicName": "Cycling"}}, "bd"),
        ({"FilteredStatus": "OPT_OUT", "TopicFilter": {"TopicName": "Sports", "UseDefaultIfPreferenceUnavailable": True}}, "abcd"),
    ],
)  # fmt: skip
def test_contacts_are_listed_by_what_they_want(sesv2: Any, wanted: dict[str, Any], names: str) -> None:
    """By the list, by a topic, and with the topic's default or without it."""
    contact(sesv2, "a@far.example", **chose("Cycling", "OPT_IN"))
    contact(sesv2, "b@far.example", **chose("Cycling", "OPT_OUT"))
    contact(sesv2, "c@far.example")
    contact(sesv2, "d@far.example", UnsubscribeAll=True)
    found = sesv2.list_contacts(ContactListName="people", Filter=wanted)["Contacts"]
    assert "".join(one["EmailAddress"][0] for one in found) == names


def send(sesv2: Any, content: dict[str, Any], *recipients: str, **options: str) -> None:
    sesv2.send_email(
        FromEmailAddress="m@mail.example",
        Destination={"ToAddresses": list(recipients or ("a@far.example",))},
        Content=content,
        ListManagementOptions={"ContactListName": "people", **options},
    )


SIMPLE = {
    "Subject": {"Data": "s"},
    "Body": {part: {"Data": "{{amazonSESUnsubscribeUrl}} " * 3} for part in ("Text", "Html")},
    "Headers": [
        {"Name": "list-unsubscribe", "Value": "<mailto:x@mail.example>"},
        {"Name": "X-A", "Value": "1"},
    ],
}
LINK = "https://unsubscribe.eu-west-1.amazonses.invalid/people?address=a%40far.example&topic=Cycling"


def test_mail_to_a_list_can_be_unsubscribed_from_with_one_click(sesv2: Any, ses: Ses) -> None:
    """SES adds both headers of RFC 8058 in place of the sender's own, and the link where the body wants it:
    twice at most."""
    send(sesv2, {"Simple": SIMPLE}, TopicName="Cycling")
    (sent,) = ses.mail.listing()
    message = message_from_bytes(ses.mail.raw(sent.id) or b"")
    assert message.get_all("List-Unsubscribe") == [f"<{LINK}>"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["X-A"] == "1"
    for part in (part for part in message.walk() if not part.is_multipart()):
        text = bytes(part.get_payload(decode=True)).decode()
        assert (text.count(LINK), text.count("{{amazonSESUnsubscribeUrl}}")) == (2, 1)


def test_a_template_and_a_raw_message_can_be_unsubscribed_from_too(sesv2: Any, ses: Ses) -> None:
    """The link's name is no data of the template; in a raw message the headers are exchanged."""
    content = {"Subject": "s", "Text": "{{name}} {{amazonSESUnsubscribeUrl}}"}
    template = {"TemplateContent": content, "TemplateData": '{"name": "Ann"}'}
    send(sesv2, {"Template": template}, TopicName="Cycling")
    send(sesv2, {"Raw": {"Data": RAW + b"{{amazonSESUnsubscribeUrl}}\r\n"}}, TopicName="Cycling")
    own = b"X-SES-LIST-MANAGEMENT-OPTIONS: people; topic=Cycling\r\n"
    sesv2.send_email(Content={"Raw": {"Data": own + RAW}})
    kept = [ses.mail.raw(sent.id) or b"" for sent in ses.mail.listing()]
    messages = [message_from_bytes(one) for one in kept]
    assert [one.get_all("List-Unsubscribe") for one in messages] == [[f"<{LINK}>"]] * 3
    assert bytes(messages[0].get_payload(decode=True)).decode().startswith(f"Ann {LINK}")
    assert kept[1].endswith(f"\r\n\r\n{LINK}\r\n".encode())
    assert messages[2]["X-SES-LIST-MANAGEMENT-OPTIONS"] is None


def test_mail_to_several_has_no_link(sesv2: Any, ses: Ses) -> None:
    """A link is one person's: with more recipients nothing is added or replaced."""
    send(sesv2, {"Simple": SIMPLE}, "a@far.example", "b@far.example")
    (sent,) = ses.mail.listing()
    message = message_from_bytes(ses.mail.raw(sent.id) or b"")
    assert message["List-Unsubscribe"] == "<mailto:x@mail.example>"


def test_who_has_unsubscribed_gets_nothing_and_who_is_new_becomes_a_contact(sesv2: Any, ses: Ses) -> None:
    """By topic, the topic's default included, or from all of the list."""
    contact(sesv2, "out@far.example", UnsubscribeAll=True)
    contact(sesv2, "in@far.example", **chose("Sports", "OPT_IN"))
    everybody = ("out@far.example", "in@far.example", "new@far.example")
    send(sesv2, {"Simple": SIMPLE}, *everybody)
    send(sesv2, {"Simple": SIMPLE}, *everybody, TopicName="Sports")
    whole, sports = (one for one in ses.mail.listing() if one.via == "api-v2")
    assert (whole.suppressed, sports.suppressed) == (
        ("out@far.example",),
        ("out@far.example", "new@far.example"),
    )
    assert (
        sesv2.get_contact(ContactListName="people", EmailAddress="new@far.example")["TopicPreferences"] == []
    )


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"ContactListName": "no"}, "NotFoundException", "List with name: no doesn't exist."),
        ({"TopicName": "Chess"}, "BadRequestException", "List: people doesn't contain Topic: Chess"),
    ],
)
def test_a_list_or_topic_that_is_not_there_refuses_the_message(
    sesv2: Any, ses: Ses, options: dict[str, str], kind: str, words: str
) -> None:
    """Nothing is sent to a list that nobody knows."""
    with pytest.raises(getattr(sesv2.exceptions, kind), match=words):
        send(sesv2, {"Simple": SIMPLE}, **options)
    assert ses.mail.listing() == []
