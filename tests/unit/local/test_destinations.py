"""Event destinations: how each kind is told, and how each is tried before it is kept, by both APIs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities, sending
from mailroom.local.engine.ses.events.kinds import KINDS
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Region

Client = Callable[..., Any]
SET = "arn:aws:ses:eu-west-1:000000000000:configuration-set/told"
BUS = "arn:aws:events:eu-west-1:000000000000:event-bus/default"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:events"
STREAM = "arn:aws:firehose:eu-west-1:000000000000:deliverystream/events"
ROLE = "arn:aws:iam::000000000000:role/firehose"
RAW = (
    b"From: m@mail.example\r\nTo: a@far.example\r\nSubject: x\r\nX-Room: kitchen\r\n"
    b"X-Odd: a b\r\n\r\nbody\r\n"
)
VALIDATED = (TOPIC, "", "Successfully validated SNS topic for Amazon SES event publishing.")
ALL = sorted(KINDS)


def dimension(name: str, source: str, default: str = "none") -> dict[str, str]:
    return {"DimensionName": name, "DimensionValueSource": source, "DefaultDimensionValue": default}


def metric(*dimensions: dict[str, str]) -> dict[str, Any]:
    return {"CloudWatchDestination": {"DimensionConfigurations": list(dimensions)}}


def topic(arn: str = TOPIC) -> dict[str, Any]:
    return {"SnsDestination": {"TopicArn": arn}}


def stream(role: str = ROLE) -> dict[str, Any]:
    return {"KinesisFirehoseDestination": {"IamRoleArn": role, "DeliveryStreamArn": STREAM}}


def bus(arn: str = BUS) -> dict[str, Any]:
    return {"EventBridgeDestination": {"EventBusArn": arn}}


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """mail.example may send; there is the configuration set `told`."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    made.create_configuration_set(ConfigurationSetName="told")
    return made


def create(sesv2: Any, target: dict[str, Any], name: str = "d", kinds: list[str] | None = None) -> None:
    sesv2.create_configuration_set_event_destination(
        ConfigurationSetName="told",
        EventDestinationName=name,
        EventDestination={"Enabled": True, "MatchingEventTypes": kinds or ALL, **target},
    )


def send(
    region: Region, *recipients: str, raw: bytes = RAW, tags: list[tuple[str, str]] | None = None
) -> str:
    outgoing = Outgoing("m@mail.example", list(recipients), raw, "api-v2", "told", tags=tags or [])
    return sending.accept(region, outgoing).id


def test_every_destination_gets_the_same_event(sesv2: Any, region: Region, cloud: Any) -> None:
    """Bus, topic and stream carry one and the same object; each on behalf of the configuration set."""
    for number, target in enumerate((bus(), topic(), stream())):
        create(sesv2, target, f"d{number}")
    cloud.published.clear()
    cloud.sources.clear()
    message_id = send(region, "success@simulator.amazonses.com")
    told = region.mail.events(message_id)
    assert [event["eventType"] for event in told] == ["Send", "Delivery"]
    assert cloud.events == [("Email Sent", [SET], told[0]), ("Email Delivered", [SET], told[1])]
    assert [(arn, subject) for arn, subject, _ in cloud.published] == [
        (TOPIC, "Amazon SES Email Event Notification")
    ] * 2
    assert [json.loads(text) for _, _, text in cloud.published] == told
    assert [(role, arn) for role, arn, _ in cloud.records] == [(ROLE, STREAM)] * 2
    assert [json.loads(data) for _, _, data in cloud.records] == told
    assert all(data.endswith(b"}\n") and data.count(b"\n") == 1 for _, _, data in cloud.records)
    assert set(cloud.sources) == {SET}


@pytest.mark.parametrize(
    ("recipient", "details"),
    [
        ("bounce@simulator.amazonses.com", ["Email Sent", "Email Bounced"]),
        ("complaint@simulator.amazonses.com", ["Email Sent", "Email Delivered", "Email Complaint Received"]),
        ("delayed@simulator.mailroom.example", ["Email Sent", "Email Delivery Delayed", "Email Delivered"]),
        ("clicked@simulator.mailroom.example", ["Email Sent", "Email Delivered", "Email Opened", "Email Clicked"]),
        ("unsubscribed@simulator.mailroom.example", ["Email Sent", "Email Delivered", "Email Subscribed"]),
    ],
)  # fmt: skip
def test_each_kind_has_its_detail_type_and_its_order(
    recipient: str, details: list[str], sesv2: Any, region: Region, cloud: Any
) -> None:
    """Send first, then what followed, as it followed, under AWS's names."""
    create(sesv2, bus())
    send(region, recipient)
    assert [event[0] for event in cloud.events] == details


def test_one_that_refuses_does_not_stop_the_others(sesv2: Any, region: Region, cloud: Any) -> None:
    """A topic whose policy changed later misses its events; stream and bus get theirs."""
    for number, target in enumerate((topic(), stream(), bus())):
        create(sesv2, target, f"d{number}", ["SEND"])
    cloud.published.clear()
    cloud.closed.add(TOPIC)
    send(region, "a@far.example")
    assert (len(cloud.published), len(cloud.records), len(cloud.events)) == (0, 1, 1)


@pytest.mark.parametrize(
    ("dimensions", "tags", "expected"),
    [
        ([dimension("campaign", "MESSAGE_TAG")], [("campaign", "book")], {"campaign": "book"}),
        ([dimension("campaign", "MESSAGE_TAG", "no")], [], {"campaign": "no"}),
        ([dimension("ses:configuration-set", "MESSAGE_TAG")], [], {"ses:configuration-set": "told"}),
        ([dimension("ses:from-domain", "MESSAGE_TAG")], [], {"ses:from-domain": "mail.example"}),
        ([dimension("X-Room", "EMAIL_HEADER")], [], {"X-Room": "kitchen"}),
        ([dimension("X-None", "EMAIL_HEADER", "no")], [], {"X-None": "no"}),
        ([dimension("place", "LINK_TAG", "no")], [], {"place": "no"}),
        ([dimension("a", "MESSAGE_TAG"), dimension("X-Room", "EMAIL_HEADER")], [("a", "1")], {"a": "1", "X-Room": "kitchen"}),
    ],
)  # fmt: skip
def test_a_metric_has_the_dimensions_that_are_asked_for(
    dimensions: list[dict[str, str]],
    tags: list[tuple[str, str]],
    expected: dict[str, str],
    sesv2: Any,
    region: Region,
    cloud: Any,
) -> None:
    """From the message's tags, SES's own among them, or its headers; the default where there is none."""
    create(sesv2, metric(*dimensions))
    send(region, "complaint@simulator.amazonses.com", tags=tags)
    assert cloud.metrics == [(name, expected) for name in ("Send", "Delivery", "Complaint")]


def test_a_value_that_cloudwatch_would_not_take_is_no_metric(sesv2: Any, region: Region, cloud: Any) -> None:
    """The send succeeds all the same, as the guide says."""
    create(sesv2, metric(dimension("X-Odd", "EMAIL_HEADER")))
    send(region, "a@far.example")
    assert cloud.metrics == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({}, "exactly one destination"),
        ({**bus(), **topic()}, "exactly one destination"),
        (bus("arn:aws:events:eu-west-1:000000000000:event-bus/own"), "Only the default event bus"),
        (bus("arn:aws:events:us-east-1:000000000000:event-bus/default"), "Only the default event bus"),
        (topic("arn:aws:sns:eu-west-1:000000000000:closed"), "Could not publish to SNS topic"),
        (topic(f"{TOPIC}.fifo"), "FIFO"),
        (stream("arn:aws:iam::000000000000:role/closed"), "Could not use stream"),
        (metric(), "1 to 10 dimensions"),
        (metric(*(dimension(f"d{n}", "MESSAGE_TAG") for n in range(11))), "1 to 10 dimensions"),
        (metric(dimension("a b", "MESSAGE_TAG")), "Invalid dimension name"),
        (metric(dimension("a", "MESSAGE_TAG", "a b")), "Invalid default value"),
        (metric(dimension("Return-Path", "EMAIL_HEADER")), "cannot be a dimension"),
        ({"PinpointDestination": {"ApplicationArn": "arn:aws:mobiletargeting:eu-west-1:1:apps/1"}}, "Pinpoint ended"),
    ],
)  # fmt: skip
def test_v2_refuses_a_destination_that_ses_could_not_tell(
    target: dict[str, Any], words: str, sesv2: Any, cloud: Any
) -> None:
    """Made or changed, it is tried first, and BadRequestException says what is wrong; nothing is kept."""
    cloud.closed |= {
        "arn:aws:sns:eu-west-1:000000000000:closed",
        "arn:aws:iam::000000000000:role/closed",
    }
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        create(sesv2, target)
    create(sesv2, bus())
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        sesv2.update_configuration_set_event_destination(
            ConfigurationSetName="told",
            EventDestinationName="d",
            EventDestination={"Enabled": True, **target},
        )
    (kept,) = sesv2.get_configuration_set_event_destinations(ConfigurationSetName="told")["EventDestinations"]
    assert kept["EventBridgeDestination"]["EventBusArn"] == BUS


def test_a_topic_is_told_that_it_became_a_destination(sesv2: Any, cloud: Any) -> None:
    """The message that every consumer of SES's events meets first."""
    create(sesv2, topic())
    assert cloud.published == [VALIDATED]
    assert cloud.sources == [SET]


def test_a_set_has_ten_destinations_and_names_have_their_letters(sesv2: Any) -> None:
    """The eleventh, and a name with a dot, are refused."""
    for number in range(10):
        create(sesv2, bus(), f"d{number}")
    with pytest.raises(sesv2.exceptions.LimitExceededException):
        create(sesv2, bus(), "eleventh")
    sesv2.create_configuration_set(ConfigurationSetName="other")
    with pytest.raises(sesv2.exceptions.BadRequestException, match=r"a\.b"):
        sesv2.create_configuration_set_event_destination(
            ConfigurationSetName="other", EventDestinationName="a.b", EventDestination=bus()
        )


V1_TOPIC = {"SNSDestination": {"TopicARN": TOPIC}}
V1_STREAM = {"KinesisFirehoseDestination": {"IAMRoleARN": ROLE, "DeliveryStreamARN": STREAM}}
V1_METRIC = {"CloudWatchDestination": {"DimensionConfigurations": [dimension("a", "messageTag")]}}


@pytest.mark.parametrize(
    ("v1_target", "v2_target"),
    [(V1_TOPIC, topic()), (V1_STREAM, stream()), (V1_METRIC, metric(dimension("a", "MESSAGE_TAG")))],
)
def test_both_apis_see_the_same_destinations(
    v1_target: dict[str, Any], v2_target: dict[str, Any], client: Client, sesv2: Any
) -> None:
    """Made, described, changed and deleted by v1; v2 reads it in its own words all the while."""
    ses = client("ses")
    wanted = {"Name": "d", "Enabled": True, "MatchingEventTypes": ["send", "renderingFailure"], **v1_target}
    ses.create_configuration_set_event_destination(ConfigurationSetName="told", EventDestination=wanted)
    asked = {"ConfigurationSetName": "told", "ConfigurationSetAttributeNames": ["eventDestinations"]}
    assert ses.describe_configuration_set(**asked)["EventDestinations"] == [wanted]

    def by_v2() -> list[dict[str, Any]]:
        found = sesv2.get_configuration_set_event_destinations(ConfigurationSetName="told")
        return list(found["EventDestinations"])

    assert by_v2() == [
        {"Name": "d", "Enabled": True, "MatchingEventTypes": ["SEND", "RENDERING_FAILURE"], **v2_target}
    ]
    ses.update_configuration_set_event_destination(
        ConfigurationSetName="told", EventDestination={**wanted, "Enabled": False}
    )
    assert by_v2()[0]["Enabled"] is False
    create(sesv2, bus(), "v1-knows-no-bus")
    assert len(ses.describe_configuration_set(**asked)["EventDestinations"]) == 1
    ses.delete_configuration_set_event_destination(ConfigurationSetName="told", EventDestinationName="d")
    assert [one["Name"] for one in by_v2()] == ["v1-knows-no-bus"]


@pytest.mark.parametrize(
    ("call", "change", "target", "code"),
    [
        ("create", {"ConfigurationSetName": "no"}, V1_TOPIC, "ConfigurationSetDoesNotExist"),
        ("create", {"Name": "there"}, V1_TOPIC, "EventDestinationAlreadyExists"),
        ("update", {"Name": "gone"}, V1_TOPIC, "EventDestinationDoesNotExist"),
        ("delete", {"Name": "gone"}, V1_TOPIC, "EventDestinationDoesNotExist"),
        ("delete", {"ConfigurationSetName": "no"}, V1_TOPIC, "ConfigurationSetDoesNotExist"),
        ("create", {}, {"SNSDestination": {"TopicARN": "arn:aws:sns:eu-west-1:1:closed"}}, "InvalidSNSDestination"),
        ("update", {"Name": "there"}, {"SNSDestination": {"TopicARN": "arn:aws:sns:eu-west-1:1:closed"}}, "InvalidSNSDestination"),
        ("create", {}, {"KinesisFirehoseDestination": {"IAMRoleARN": "arn:aws:iam::1:role/closed", "DeliveryStreamARN": STREAM}}, "InvalidFirehoseDestination"),
        ("create", {}, {"CloudWatchDestination": {"DimensionConfigurations": [dimension("To", "emailHeader")]}}, "InvalidCloudWatchDestination"),
        ("create", {}, {}, "InvalidParameterValue"),
    ],
)  # fmt: skip
def test_v1_has_its_own_names_for_what_is_wrong(
    call: str,
    change: dict[str, str],
    target: dict[str, Any],
    code: str,
    client: Client,
    sesv2: Any,
    cloud: Any,
) -> None:
    """Each mistake has the name that v1's reference gives it."""
    cloud.closed |= {"arn:aws:sns:eu-west-1:1:closed", "arn:aws:iam::1:role/closed"}
    create(sesv2, bus(), "there")
    params: dict[str, Any] = {"ConfigurationSetName": change.get("ConfigurationSetName", "told")}
    if call == "delete":
        params["EventDestinationName"] = change.get("Name", "d")
    else:
        params["EventDestination"] = {
            "Name": change.get("Name", "d"),
            "MatchingEventTypes": ["send"],
            **target,
        }
    with pytest.raises(ClientError) as caught:
        getattr(client("ses"), f"{call}_configuration_set_event_destination")(**params)
    assert caught.value.response["Error"]["Code"] == code


def test_the_eleventh_is_too_many_for_v1_too(client: Client, sesv2: Any) -> None:
    """The limit is the set's, whichever API made the ten."""
    for number in range(10):
        create(sesv2, bus(), f"d{number}")
    with pytest.raises(ClientError, match="10 event destinations") as caught:
        client("ses").create_configuration_set_event_destination(
            ConfigurationSetName="told",
            EventDestination={"Name": "d", "MatchingEventTypes": ["send"], **V1_TOPIC},
        )
    assert caught.value.response["Error"]["Code"] == "LimitExceeded"
