"""Pinpoint as boto3 speaks to it: applications, event streams, and the events that go through them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses.state import Region
from tests.unit.local.conftest import StubBackend
from tests.unit.local.remembering import RememberingStreams

PUBLISHED = Path(__file__).parent / "pinpoint_events"
ROLE = "arn:aws:iam::000000000000:role/pinpoint"
STREAM = "arn:aws:firehose:eu-west-1:000000000000:deliverystream/events"
OURS = "simulator.mailroom.example"


@pytest.fixture
def client_(client: Callable[..., Any], domain: Region) -> Any:
    """A client; mail.example may send."""
    return client("pinpoint")


@pytest.fixture
def app(client_: Any) -> str:
    """An application with a stream and both channels; its id."""
    app_id: str = client_.create_app(CreateApplicationRequest={"Name": "mail"})["ApplicationResponse"]["Id"]
    named = {"ApplicationId": app_id}
    client_.put_event_stream(**named, WriteEventStream={"DestinationStreamArn": STREAM, "RoleArn": ROLE})
    channel = {
        "Enabled": True,
        "FromAddress": "from@mail.example",
        "Identity": "arn:aws:ses:eu-west-1:000000000000:identity/mail.example",
    }
    client_.update_email_channel(**named, EmailChannelRequest=channel)
    client_.update_sms_channel(**named, SMSChannelRequest={"Enabled": True})
    return app_id


def send(client: Any, app: str, *addresses: str, kind: str = "EMAIL", **more: Any) -> dict[str, Any]:
    """Send to addresses; the results by address."""
    configuration = {
        "EmailMessage": {"SimpleEmail": {"Subject": {"Data": "Hello"}, "TextPart": {"Data": "there"}}},
        "SMSMessage": {
            "Body": "Hello there",
            "MessageType": "TRANSACTIONAL",
            "OriginationNumber": "+12065550142",
        },
    }
    answer = client.send_messages(
        ApplicationId=app,
        MessageRequest={
            "Addresses": {one: {"ChannelType": kind} for one in addresses}, "MessageConfiguration": configuration, **more,
        },
    )  # fmt: skip
    found: dict[str, Any] = answer["MessageResponse"]["Result"]
    return found


def shape(document: Any) -> Any:
    """A document without its values: members, and the kinds of what they hold."""
    if isinstance(document, dict):
        return {name: shape(value) for name, value in document.items()}
    return [shape(one) for one in document[:1]] if isinstance(document, list) else type(document).__name__


def test_an_application_is_made_found_set_tagged_and_deleted(client_: Any) -> None:
    """As Terraform's aws_pinpoint_app does it."""
    asked = {"Name": "mail", "tags": {"a": "b"}}
    made = client_.create_app(CreateApplicationRequest=asked)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    app = made["ApplicationResponse"]
    named = {"ApplicationId": app["Id"]}
    assert app["Arn"] == f"arn:aws:mobiletargeting:eu-west-1:000000000000:apps/{app['Id']}"
    assert client_.get_app(**named)["ApplicationResponse"]["tags"] == {"a": "b"}
    assert [one["Id"] for one in client_.get_apps()["ApplicationsResponse"]["Item"]] == [app["Id"]]
    client_.update_application_settings(**named, WriteApplicationSettingsRequest={"Limits": {"Daily": 3}})
    assert client_.get_application_settings(**named)["ApplicationSettingsResource"]["Limits"] == {"Daily": 3}
    client_.tag_resource(ResourceArn=app["Arn"], TagsModel={"tags": {"c": "d"}})
    client_.untag_resource(ResourceArn=app["Arn"], TagKeys=["a"])
    assert client_.list_tags_for_resource(ResourceArn=app["Arn"])["TagsModel"]["tags"] == {"c": "d"}
    client_.delete_app(**named)
    with pytest.raises(client_.exceptions.NotFoundException, match="Resource not found"):
        client_.get_app(**named)


def test_a_stream_is_tried_before_it_is_kept(
    client_: Any, app: str, event_streams: RememberingStreams
) -> None:
    """A role that may not write to it leaves the old stream as it was; an application has one, or none."""
    event_streams.closed.add("arn:aws:iam::000000000000:role/other")
    asked = {"DestinationStreamArn": STREAM, "RoleArn": "arn:aws:iam::000000000000:role/other"}
    with pytest.raises(client_.exceptions.BadRequestException, match="Destination stream validation failed"):
        client_.put_event_stream(ApplicationId=app, WriteEventStream=asked)
    assert client_.get_event_stream(ApplicationId=app)["EventStream"]["RoleArn"] == ROLE
    client_.delete_event_stream(ApplicationId=app)
    for ask in (client_.get_event_stream, client_.delete_event_stream):
        with pytest.raises(client_.exceptions.NotFoundException):
            ask(ApplicationId=app)


def test_a_stream_is_a_firehose_or_a_kinesis_stream(client_: Any, app: str) -> None:
    """Anything else is refused by its name."""
    asked = {"DestinationStreamArn": "arn:aws:sqs:eu-west-1:000000000000:q", "RoleArn": ROLE}
    with pytest.raises(client_.exceptions.BadRequestException, match="no stream"):
        client_.put_event_stream(ApplicationId=app, WriteEventStream=asked)


OUTCOMES = {
    "success": "send delivered",
    "bounce": "send hardbounce",
    "complaint": "send delivered complaint",
    "mailboxfull": "send softbounce",
    "undetermined": "send softbounce",
    "opened": "send delivered open",
    "clicked": "send delivered open click",
    "unsubscribed": "send delivered unsubscribe",
    "rejected": "send rejected",
    "renderingfailure": "rendering_failure",
    "delayed": "send delivered",
    "latebounce": "send delivered hardbounce",
}


@pytest.mark.parametrize(("name", "kinds"), OUTCOMES.items())
def test_what_becomes_of_a_mail_is_streamed(
    client_: Any, app: str, event_streams: RememberingStreams, name: str, kinds: str
) -> None:
    """By the mailbox simulator's addresses, one event for each thing, in its order, all of one message."""
    address = f"{name}+label@{OURS}"
    result = send(client_, app, address)[address]
    assert (result["DeliveryStatus"], result["StatusCode"]) == ("SUCCESSFUL", 200)
    events = event_streams.events
    assert [one["event_type"] for one in events] == [f"_email.{kind}" for kind in kinds.split()]
    mails = [one["facets"]["email_channel"]["mail_event"]["mail"] for one in events]
    assert {mail["message_id"] for mail in mails} == {result["MessageId"]}
    assert {(mail["from_address"], *mail["destination"]) for mail in mails} == {
        ("from@mail.example", address)
    }
    arrivals = [one["arrival_timestamp"] for one in events]
    assert arrivals == sorted(set(arrivals))
    assert event_streams.written[0][:3] == (
        f"arn:aws:mobiletargeting:eu-west-1:000000000000:apps/{app}",
        ROLE,
        STREAM,
    )


def test_every_published_type_of_email_event_can_be_had() -> None:
    """The nine of the developer guide, and rendering failures."""
    had = {kind for kinds in OUTCOMES.values() for kind in kinds.split()}
    published = (
        "send delivered hardbounce softbounce complaint open click rejected unsubscribe rendering_failure"
    )
    assert had == {*published.split()}


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.json")), ids=lambda path: path.stem)
def test_events_have_the_members_of_the_published_ones(
    client_: Any, app: str, event_streams: RememberingStreams, path: Path
) -> None:
    """Member by member, with the same kinds of values."""
    published = json.loads(path.read_text())
    if path.stem.startswith("email"):
        send(client_, app, f"clicked@{OURS}")
    else:
        context = {"campaign_id": "c", "campaign_activity_id": "a"}
        send(client_, app, "+14254147755", kind="SMS", Context=context)
    found = next(one for one in event_streams.events if one["event_type"] == published["event_type"])
    assert shape(found) == shape(published)


@pytest.mark.parametrize(
    ("number", "events"),
    [
        ("+14254147755", "BUFFERED:PENDING SUCCESS:SUCCESSFUL SUCCESS:DELIVERED"),
        ("+447860019067", "BUFFERED:PENDING FAILURE:UNREACHABLE"),
        ("+12025550100", "BUFFERED:PENDING"),
        ("+12025550110", "BUFFERED:PENDING FAILURE:CARRIER_BLOCKED"),
        ("+12025550130", "BUFFERED:PENDING SUCCESS:SUCCESSFUL SUCCESS:DELIVERED OPTOUT:OPTED_OUT"),
        ("+34600000000", "BUFFERED:PENDING SUCCESS:SUCCESSFUL SUCCESS:DELIVERED"),
    ],
)
def test_what_becomes_of_a_text_is_streamed(
    client_: Any, app: str, event_streams: RememberingStreams, number: str, events: str
) -> None:
    """By the SMS simulator's numbers, ours, and anybody's."""
    result = send(client_, app, number, kind="SMS")[number]
    found = event_streams.events
    assert [
        f"{one['event_type'][5:]}:{one['attributes']['record_status']}" for one in found
    ] == events.split()
    assert {one["attributes"]["message_id"] for one in found} == {result["MessageId"]}
    assert {one["attributes"]["destination_phone_number"] for one in found} == {number}
    assert ["metrics" in one for one in found] == [":PENDING" not in one for one in events.split()]


def test_each_address_has_a_message_of_its_own_and_the_callers_attributes(
    client_: Any, app: str, event_streams: RememberingStreams
) -> None:
    """Context is in the attributes of every event (Pinpoint's API reference, MessageRequest)."""
    first, second = f"success@{OURS}", f"bounce@{OURS}"
    results = send(client_, app, first, second, Context={"campaign_id": "c1"})
    assert results[first]["MessageId"] != results[second]["MessageId"]
    assert {one["attributes"]["campaign_id"] for one in event_streams.events} == {"c1"}
    assert len({one["client"]["client_id"] for one in event_streams.events}) == 2


def test_a_channel_that_is_off_and_a_sender_that_nobody_verified_are_results_not_errors(
    client_: Any, app: str, event_streams: RememberingStreams
) -> None:
    """The call is answered; the address has PERMANENT_FAILURE, and nothing is streamed."""
    client_.delete_sms_channel(ApplicationId=app)
    assert "not enabled" in send(client_, app, "+14254147755", kind="SMS")["+14254147755"]["StatusMessage"]
    client_.update_email_channel(
        ApplicationId=app, EmailChannelRequest={"FromAddress": "a@far.example", "Identity": "i"}
    )
    result = send(client_, app, f"success@{OURS}")[f"success@{OURS}"]
    assert (result["DeliveryStatus"], result["StatusCode"]) == ("PERMANENT_FAILURE", 400)
    assert "not verified" in result["StatusMessage"]
    assert not event_streams.events


def test_an_applications_own_events_are_streamed_as_they_were_put(
    client_: Any, app: str, event_streams: RememberingStreams
) -> None:
    """Type, time, attributes and metrics; one with a time that is none fails alone."""
    good = {
        "EventType": "cart.filled",
        "Timestamp": "2026-11-24T12:00:00.000Z",
        "Attributes": {"a": "b"},
        "Metrics": {"m": 1.5},
    }
    bad = {"EventType": "cart.filled", "Timestamp": "yesterday"}
    batch = {"BatchItem": {"endpoint-1": {"Endpoint": {}, "Events": {"good": good, "bad": bad}}}}
    answer = client_.put_events(ApplicationId=app, EventsRequest=batch)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    items = answer["EventsResponse"]["Results"]["endpoint-1"]["EventsItemResponse"]
    assert (items["good"]["StatusCode"], items["bad"]["StatusCode"]) == (202, 400)
    (event,) = event_streams.events
    assert (event["event_type"], event["event_timestamp"], event["awsAccountId"]) == (
        "cart.filled",
        1795521600000,
        "000000000000",
    )
    assert (event["attributes"], event["metrics"], event["client"]) == (
        {"a": "b"},
        {"m": 1.5},
        {"client_id": "endpoint-1"},
    )


def test_without_a_stream_nothing_is_written(
    client_: Any, app: str, event_streams: RememberingStreams
) -> None:
    """Messages go out all the same."""
    client_.delete_event_stream(ApplicationId=app)
    assert send(client_, app, f"success@{OURS}")[f"success@{OURS}"]["StatusCode"] == 200
    assert not event_streams.events


@pytest.mark.parametrize(
    "more",
    [{"Endpoints": {"e": {}}}, {"TemplateConfiguration": {"EmailTemplate": {"Name": "t"}}}, {"Addresses": {"t": {"ChannelType": "GCM"}}}],
    ids=["endpoints", "templates", "push"],
)  # fmt: skip
def test_what_is_not_built_says_so(client_: Any, app: str, more: dict[str, Any]) -> None:
    """NotImplemented with the reason, not an answer that nothing follows."""
    with pytest.raises(ClientError, match="not in the local Pinpoint") as caught:
        send(client_, app, f"success@{OURS}", **more)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


def test_an_operation_that_is_not_built_says_so(client_: Any) -> None:
    """By its name and the service's."""
    with pytest.raises(ClientError, match="GetSegments is not in the local Pinpoint yet"):
        client_.get_segments(ApplicationId="any")


def test_iam_is_asked_about_the_part_of_the_application(client_: Any, app: str, backend: StubBackend) -> None:
    """The service authorization reference's resources; who sets a stream hands over its role."""
    arn = f"arn:aws:mobiletargeting:eu-west-1:000000000000:apps/{app}"
    asked = {(action, resource) for action, resource, _ in backend.asked}
    assert {
        ("mobiletargeting:CreateApp", "arn:aws:mobiletargeting:eu-west-1:000000000000:apps/*"),
        ("mobiletargeting:PutEventStream", f"{arn}/eventstream"),
        ("mobiletargeting:UpdateEmailChannel", f"{arn}/channels/email"),
        ("iam:PassRole", ROLE),
    } <= asked


@pytest.mark.parametrize("denied", ["mobiletargeting:PutEventStream", "iam:PassRole"])
def test_who_may_not_is_refused_in_pinpoints_word_for_it(
    client_: Any, app: str, backend: StubBackend, denied: str
) -> None:
    """ForbiddenException, with IAM's words."""
    backend.denied.add(denied)
    asked = {"DestinationStreamArn": STREAM, "RoleArn": ROLE}
    with pytest.raises(client_.exceptions.ForbiddenException, match=denied):
        client_.put_event_stream(ApplicationId=app, WriteEventStream=asked)
