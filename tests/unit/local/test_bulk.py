"""One template to many, by both APIs."""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.quota import Quota
from mailroom.local.engine.ses.state import Region, Ses

Client = Callable[..., Any]


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """mail.example may send, and the template `greeting` is stored."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    content = {"Subject": "Hi {{name}}", "Text": "{{animal}}"}
    made.create_email_template(TemplateName="greeting", TemplateContent=content)
    return made


def entry(address: str, data: Any = None, **more: Any) -> dict[str, Any]:
    replaced = {} if data is None else {"ReplacementTemplateData": json.dumps(data)}
    return {
        "Destination": {"ToAddresses": [address]},
        "ReplacementEmailContent": {"ReplacementTemplate": replaced},
        **more,
    }


def send(sesv2: Any, *entries: dict[str, Any], **more: Any) -> Any:
    template = {
        "TemplateName": "greeting",
        "TemplateData": json.dumps({"name": "friend", "animal": "cat"}),
        "Headers": [{"Name": "X-Room", "Value": "1"}, {"Name": "X-Floor", "Value": "1"}],
    }
    call = {
        "FromEmailAddress": "mailroom@mail.example",
        "DefaultContent": {"Template": template},
        "DefaultEmailTags": [{"Name": "kind", "Value": "news"}, {"Name": "who", "Value": "all"}],
        "BulkEmailEntries": list(entries),
        **more,
    }
    return sesv2.send_bulk_email(**call)["BulkEmailEntryResults"]


def test_each_entry_is_a_message_of_its_own(sesv2: Any, ses: Ses) -> None:
    """Its own data, headers and tags, or the default's where it has none."""
    results = send(
        sesv2,
        entry("a@far.example", {"name": "Ann", "animal": "dog"}),
        entry("b@far.example", {}),
        entry("c@far.example"),
        entry(
            "d@far.example",
            ReplacementHeaders=[{"Name": "x-room", "Value": "2"}],
            ReplacementTags=[{"Name": "who", "Value": "d"}],
        ),
    )
    sent = ses.mail.listing()
    assert [one["Status"] for one in results] == ["SUCCESS"] * 4
    assert [one["MessageId"] for one in results] == [one.id for one in sent]
    assert [one.subject for one in sent] == ["Hi Ann", "Hi friend", "Hi friend", "Hi friend"]
    assert [dict(one.tags)["who"] for one in sent] == ["all", "all", "all", "d"]
    message = message_from_bytes(ses.mail.raw(sent[3].id) or b"")
    assert (message.get_all("X-Room"), message["X-Floor"]) == (["2"], "1")


def test_data_of_an_entry_replace_the_default_s_all_of_them(sesv2: Any, ses: Ses) -> None:
    """Nothing is merged: an entry that gives a name and no animal is not rendered, and still has an id."""
    (result,) = send(sesv2, entry("a@far.example", {"name": "Ann"}))
    assert (result["Status"], ses.mail.listing()) == ("SUCCESS", [])
    assert result["MessageId"]


@pytest.mark.parametrize(
    ("bad", "status", "words"),
    [
        (entry("nobody"), "INVALID_PARAMETER", "Missing final '@domain'"),
        ({"Destination": {}}, "INVALID_PARAMETER", "Missing required header 'To'"),
        ({"Destination": {"ToAddresses": [f"p{n}@far.example" for n in range(51)]}}, "INVALID_PARAMETER", "exceeds 50"),
        ({**entry("a@far.example"), "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": "{"}}}, "INVALID_PARAMETER", "not valid JSON"),
    ],
)  # fmt: skip
def test_one_bad_entry_does_not_stop_the_others(
    sesv2: Any, ses: Ses, bad: dict[str, Any], status: str, words: str
) -> None:
    """It has its own status and error; the others are sent."""
    first, second = send(sesv2, bad, entry("b@far.example"))
    assert (first["Status"], second["Status"]) == (status, "SUCCESS")
    assert words in first["Error"]
    assert [one.recipients for one in ses.mail.listing()] == [("b@far.example",)]


def test_in_the_sandbox_an_entry_to_a_stranger_is_rejected_alone(sesv2: Any, region: Region) -> None:
    """The others, to verified people, go out."""
    region.account.sandbox = True
    region.account.quota = Quota()
    results = send(sesv2, entry("a@far.example"), entry("a@mail.example"))
    assert [one["Status"] for one in results] == ["MESSAGE_REJECTED", "SUCCESS"]


def test_what_is_over_the_quota_is_told_entry_by_entry(sesv2: Any, region: Region) -> None:
    """The rate, and the quota of a day, are met in the middle of a call."""
    region.account.quota = Quota(50, 1, held=True)
    results = send(sesv2, entry("a@far.example"), entry("b@far.example"))
    assert [one["Status"] for one in results] == ["SUCCESS", "ACCOUNT_THROTTLED"]
    region.account.quota = Quota(2)
    results = send(sesv2, entry("a@far.example"), entry("b@far.example"))
    assert [one["Status"] for one in results] == ["SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED"]


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"FromEmailAddress": "x@bad.example"}, "MessageRejected", "not verified"),
        ({"FromEmailAddress": "nobody"}, "BadRequestException", "Invalid email address<nobody>."),
        ({"FromEmailAddress": ""}, "BadRequestException", "Source cannot be empty"),
        ({"ConfigurationSetName": "no"}, "NotFoundException", "<no> does not exist"),
        ({"DefaultContent": {"Template": {"TemplateName": "no"}}}, "NotFoundException", "Template no does not"),
        ({"DefaultContent": {}}, "BadRequestException", "Template is required"),
        ({"BulkEmailEntries": [entry("a@far.example")] * 51}, "MessageRejected", "exceeds the maximum of 50"),
        ({"TenantName": "t"}, "NotImplemented", "SendBulkEmail with TenantName"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_call_refuses_it_as_a_whole(
    sesv2: Any, ses: Ses, more: dict[str, Any], code: str, words: str
) -> None:
    """Sender, template, configuration set and the number of entries; nothing is sent."""
    with pytest.raises(ClientError, match=words) as caught:
        send(sesv2, entry("a@far.example"), **more)
    assert caught.value.response["Error"]["Code"] == code
    assert ses.mail.listing() == []


def test_v1_answers_under_its_own_names(sesv2: Any, client: Client, ses: Ses) -> None:
    """SendBulkTemplatedEmail: a status for each destination."""
    v1 = client("ses")
    call = {
        "Source": "mailroom@mail.example",
        "Template": "greeting",
        "DefaultTemplateData": json.dumps({"name": "friend", "animal": "cat"}),
        "DefaultTags": [{"Name": "kind", "Value": "news"}],
        "Destinations": [
            {"Destination": {"ToAddresses": ["a@far.example"]}, "ReplacementTemplateData": "{}"},
            {"Destination": {"ToAddresses": ["nobody"]}},
        ],
    }
    first, second = v1.send_bulk_templated_email(**call)["Status"]
    assert (first["Status"], second["Status"]) == ("Success", "InvalidParameterValue")
    (sent,) = ses.mail.listing()
    assert (sent.id, sent.subject, sent.tags) == (first["MessageId"], "Hi friend", (("kind", "news"),))
    with pytest.raises(v1.exceptions.TemplateDoesNotExistException):
        v1.send_bulk_templated_email(**{**call, "Template": "no"})
    with pytest.raises(v1.exceptions.ConfigurationSetDoesNotExistException):
        v1.send_bulk_templated_email(**call, ConfigurationSetName="no")
