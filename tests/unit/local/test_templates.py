"""Templates by both APIs: stored, tried out, sent; and what becomes of one that cannot be filled in."""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses

Client = Callable[..., Any]
CONTENT = {"Subject": "Hi {{name}}", "Text": "Dear {{name}}: {{animal}}", "Html": "<b>{{name}}</b>"}
BUS = {"EventBusArn": "arn:aws:events:eu-west-1:000000000000:event-bus/default"}


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """mail.example may send; the set `told` tells the default bus of rendering failures; `greeting` is stored."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    made.create_configuration_set(ConfigurationSetName="told")
    made.create_configuration_set_event_destination(
        ConfigurationSetName="told",
        EventDestinationName="bus",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["RENDERING_FAILURE"],
            "EventBridgeDestination": BUS,
        },
    )
    made.create_email_template(TemplateName="greeting", TemplateContent=CONTENT)
    return made


def send(sesv2: Any, data: Any, **template: Any) -> Any:
    template = template or {"TemplateName": "greeting"}
    return sesv2.send_email(
        FromEmailAddress="Mailroom <mailroom@mail.example>",
        Destination={"ToAddresses": ["a@far.example"]},
        Content={"Template": {**template, "TemplateData": json.dumps(data)}},
        ConfigurationSetName="told",
    )


def only(ses: Ses) -> EmailMessage:
    (sent,) = ses.mail.listing()
    return cast(EmailMessage, message_from_bytes(ses.mail.raw(sent.id) or b"", policy=policy.default))


def test_v2_keeps_lists_changes_and_deletes_templates(sesv2: Any) -> None:
    """What was put is read back; a changed one keeps its birthday; a deleted one is gone."""
    sesv2.create_email_template(
        TemplateName="b", TemplateContent={"Text": "t"}, Tags=[{"Key": "k", "Value": "v"}]
    )
    found = sesv2.get_email_template(TemplateName="b")
    assert (found["TemplateContent"], found["Tags"]) == ({"Text": "t"}, [{"Key": "k", "Value": "v"}])
    born = sesv2.list_email_templates()["TemplatesMetadata"]
    assert [one["TemplateName"] for one in born] == ["b", "greeting"]
    sesv2.update_email_template(TemplateName="b", TemplateContent={"Html": "h"})
    assert sesv2.get_email_template(TemplateName="b")["TemplateContent"] == {"Html": "h"}
    assert sesv2.list_email_templates()["TemplatesMetadata"] == born
    sesv2.delete_email_template(TemplateName="b")
    with pytest.raises(sesv2.exceptions.NotFoundException, match="Template b does not exist"):
        sesv2.get_email_template(TemplateName="b")


def test_v1_sees_the_same_templates_under_its_own_names(sesv2: Any, client: Client) -> None:
    """One store behind two APIs; v1 lists ten to a page and deletes what is not there."""
    v1 = client("ses")
    assert v1.get_template(TemplateName="greeting")["Template"] == {
        "TemplateName": "greeting",
        **{f"{part}Part": text for part, text in CONTENT.items()},
    }
    for number in range(11):
        v1.create_template(Template={"TemplateName": f"t{number:02}", "SubjectPart": "s"})
    first = v1.list_templates()
    rest = v1.list_templates(NextToken=first["NextToken"], MaxItems=100)
    names = [one["Name"] for one in first["TemplatesMetadata"] + rest["TemplatesMetadata"]]
    assert (len(first["TemplatesMetadata"]), names) == (10, ["greeting", *(f"t{n:02}" for n in range(11))])
    v1.update_template(Template={"TemplateName": "t00", "TextPart": "changed"})
    assert sesv2.get_email_template(TemplateName="t00")["TemplateContent"] == {"Text": "changed"}
    v1.delete_template(TemplateName="t00")
    v1.delete_template(TemplateName="t00")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "at least a subject, text, or html"),
        ({"Text": "{{name"}, "no end"),
        ({"Html": "{{#if a}}x"}, "not closed"),
        ({"Text": "{{> logo}}"}, "partial logo could not be found"),
        ({"Html": "x" * 500 * 1024, "Text": "x"}, "larger than 512000 bytes"),
    ],
)
def test_a_template_that_can_never_be_filled_in_is_not_stored(
    sesv2: Any, client: Client, content: dict[str, str], words: str
) -> None:
    """InvalidTemplate in v1, a bad request in v2."""
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        sesv2.create_email_template(TemplateName="b", TemplateContent=content)
    v1, parts = client("ses"), {f"{part}Part": text for part, text in content.items()}
    with pytest.raises(v1.exceptions.InvalidTemplateException, match=words):
        v1.create_template(Template={"TemplateName": "b", **parts})


def test_names_taken_and_names_unknown_are_refused_by_each_api_s_names(sesv2: Any, client: Client) -> None:
    """Twice the same name, and a name that nobody has."""
    v1 = client("ses")
    with pytest.raises(sesv2.exceptions.AlreadyExistsException):
        sesv2.create_email_template(TemplateName="greeting", TemplateContent=CONTENT)
    with pytest.raises(v1.exceptions.AlreadyExistsException):
        v1.create_template(Template={"TemplateName": "greeting", "SubjectPart": "s"})
    for call in (
        lambda: v1.get_template(TemplateName="no"),
        lambda: v1.update_template(Template={"TemplateName": "no", "SubjectPart": "s"}),
        lambda: v1.test_render_template(TemplateName="no", TemplateData="{}"),
    ):
        with pytest.raises(v1.exceptions.TemplateDoesNotExistException):
            call()
    with pytest.raises(sesv2.exceptions.NotFoundException):
        send(sesv2, {}, TemplateName="no")


def test_a_template_is_tried_out_as_mime(sesv2: Any, client: Client) -> None:
    """TestRenderTemplate answers the message: subject, text and HTML with the data in them."""
    data = json.dumps({"name": "Ann & <co>", "animal": "ü"})
    by_v1 = client("ses").test_render_template(TemplateName="greeting", TemplateData=data)["RenderedTemplate"]
    by_v2 = sesv2.test_render_email_template(TemplateName="greeting", TemplateData=data)["RenderedTemplate"]
    for rendered in (by_v1, by_v2):
        message = message_from_string(rendered, policy=policy.default)
        assert (message["Subject"], message["Date"]) == ("Hi Ann & <co>", "Tue, 24 Nov 2026 12:00:00 +0000")
        texts = [part.get_content().strip() for part in message.walk() if not part.is_multipart()]
        assert texts == ["Dear Ann & <co>: ü", "<b>Ann & <co></b>"]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        ('{"name": "Ann"}', "MissingRenderingAttribute", "Attribute 'animal' is not present in the rendering data."),
        ("{nonsense", "InvalidRenderingParameter", "not valid JSON"),
        ("[1]", "InvalidRenderingParameter", "not a JSON object"),
    ],
)  # fmt: skip
def test_data_that_do_not_fit_are_named_when_tried_out(
    sesv2: Any, client: Client, data: str, code: str, words: str
) -> None:
    """v1 tells what is missing from what is wrong; v2 says it in words."""
    with pytest.raises(ClientError, match=words) as caught:
        client("ses").test_render_template(TemplateName="greeting", TemplateData=data)
    assert caught.value.response["Error"]["Code"] == code
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        sesv2.test_render_email_template(TemplateName="greeting", TemplateData=data)


@pytest.mark.parametrize(
    "template",
    [
        {"TemplateName": "greeting"},
        {"TemplateArn": "arn:aws:ses:eu-west-1:000000000000:template/greeting"},
        {"TemplateContent": CONTENT},
    ],
    ids=["by name", "by ARN", "with the call"],
)
def test_a_template_is_sent_filled_in(sesv2: Any, ses: Ses, template: dict[str, Any]) -> None:
    """Subject, text and HTML of the message have the data in them, and nothing is escaped."""
    send(sesv2, {"name": "Ann <b>", "animal": "cat"}, **template)
    message = only(ses)
    assert (message["Subject"], message["From"]) == ("Hi Ann <b>", "Mailroom <mailroom@mail.example>")
    texts = [part.get_content().strip() for part in message.walk() if not part.is_multipart()]
    assert texts == ["Dear Ann <b>: cat", "<b>Ann <b></b>"]


def test_a_template_may_have_headers_and_attachments(sesv2: Any, ses: Ses) -> None:
    """They come with the call, beside the template."""
    send(
        sesv2,
        {"name": "Ann", "animal": "cat"},
        TemplateName="greeting",
        Headers=[{"Name": "X-Room", "Value": "7"}],
        Attachments=[{"RawContent": b"\x00", "FileName": "a.bin"}],
    )
    message = only(ses)
    assert message["X-Room"] == "7"
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.bin"]


def test_v1_sends_a_template(sesv2: Any, client: Client, ses: Ses) -> None:
    """SendTemplatedEmail."""
    client("ses").send_templated_email(
        Source="mailroom@mail.example",
        Destination={"ToAddresses": ["a@far.example"]},
        Template="greeting",
        TemplateData=json.dumps({"name": "Ann", "animal": "cat"}),
    )
    assert only(ses)["Subject"] == "Hi Ann"


def test_what_cannot_be_filled_in_is_taken_not_sent_and_told_of(sesv2: Any, ses: Ses, cloud: Any) -> None:
    """The call gets an id; the only sign is a Rendering Failure event with AWS's words for it."""
    answer = send(sesv2, {"name": "Ann"})
    assert ses.mail.listing() == []
    ((kind, _, detail),) = cloud.events
    assert kind == "Email Rendering Failed"
    assert detail["eventType"] == "Rendering Failure"
    assert detail["mail"]["messageId"] == answer["MessageId"]
    assert detail["failure"] == {
        "errorMessage": "Attribute 'animal' is not present in the rendering data.",
        "templateName": "greeting",
    }


def test_what_cannot_be_filled_in_is_checked_all_the_same(sesv2: Any, cloud: Any) -> None:
    """An unverified sender, or an address that is none, is refused before anything is rendered."""
    for more, code in (
        ({"FromEmailAddress": "x@bad.example"}, "MessageRejected"),
        ({"Destination": {"ToAddresses": ["nobody"]}}, "BadRequestException"),
    ):
        call = {
            "FromEmailAddress": "mailroom@mail.example",
            "Destination": {"ToAddresses": ["a@far.example"]},
            "Content": {"Template": {"TemplateName": "greeting", "TemplateData": "{}"}},
            "ConfigurationSetName": "told",
        }
        with pytest.raises(ClientError) as caught:
            sesv2.send_email(**{**call, **more})
        assert caught.value.response["Error"]["Code"] == code
    assert cloud.events == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({}, "one of TemplateName, TemplateArn or TemplateContent"),
        ({"TemplateName": "greeting", "TemplateContent": CONTENT}, "one of TemplateName"),
        ({"TemplateName": "greeting", "TemplateData": "{nonsense"}, "not valid JSON"),
        ({"TemplateContent": {"Text": "{{#if a}}x{{/if}}"}}, "only simple substitutions"),
        ({"TemplateContent": {}}, "at least a subject"),
    ],
)
def test_a_template_that_is_none_is_a_bad_request(sesv2: Any, template: dict[str, Any], words: str) -> None:
    """None, two at once, data that are no JSON, and more than names in one that comes with the call."""
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        sesv2.send_email(
            FromEmailAddress="mailroom@mail.example",
            Destination={"ToAddresses": ["a@far.example"]},
            Content={"Template": template},
        )
