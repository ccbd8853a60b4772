"""End User Messaging SMS as boto3 speaks to it: what is sent, what is refused, and what becomes of a text."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.sms import parts, simulator
from mailroom.local.engine.sms.countries import country_of
from tests.unit.local.conftest import StubBackend
from tests.unit.local.remembering import RememberingTexts
from tests.unit.local.texting import ARN, SUCCESS, refused, request, send

PUBLISHED = json.loads((Path(__file__).parent / "sms_events" / "TEXT_SUCCESSFUL.json").read_text())
ROLE = "arn:aws:iam::000000000000:role/told"


@pytest.fixture
def client_(client: Callable[..., Any]) -> Any:
    return client("pinpoint-sms-voice-v2")


@pytest.fixture
def number(client_: Any) -> str:
    """A number that may send to everybody."""
    named: str = request(client_, "LONG_CODE")["PhoneNumberId"]
    return named


def test_an_event_has_the_members_of_the_published_one(
    client_: Any, number: str, texts: RememberingTexts
) -> None:
    """In their order, with the same kinds of values; the carrier's name is what the newer examples have."""
    send(client_, SUCCESS, OriginationIdentity=number, Context={"account": "bar"})
    found = next(one for one in texts.events if one["eventType"] == "TEXT_SUCCESSFUL")
    assert list(found) == list(PUBLISHED)
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in PUBLISHED.items()
    }
    assert found["destinationPhoneNumber"] == SUCCESS
    assert found["context"] == {"account": "bar"}


ENDS = [
    (SUCCESS, "PENDING SUCCESSFUL! DELIVERED!"),
    ("+14254147167", "PENDING UNREACHABLE!"),
    ("+34600000000", "PENDING SUCCESSFUL! DELIVERED!"),
    *(
        (f"{simulator.OURS}{digits}", " ".join(
            f"{simulator.KINDS[kind].status}{'!' if simulator.KINDS[kind].final else ''}" for kind in fate.kinds
        ))
        for digits, fate in simulator.BY_LAST_DIGITS.items()
    ),
]  # fmt: skip


@pytest.mark.parametrize(("to", "events"), ENDS, ids=[to for to, _ in ENDS])
def test_what_becomes_of_a_text_is_told_on_the_bus(
    client_: Any, number: str, texts: RememberingTexts, to: str, events: str
) -> None:
    """Each event once, in its order, of one message; final ones say so."""
    message_id = send(client_, to, OriginationIdentity=number)
    assert [
        f"{one['messageStatus']}{'!' if one['isFinal'] else ''}" for one in texts.events
    ] == events.split()
    assert {one["messageId"] for one in texts.events} == {message_id}
    times = [one["eventTimestamp"] for one in texts.events]
    assert times == sorted(set(times))


def test_every_kind_of_event_can_be_had() -> None:
    """Those of the API's list, by numbers of ours."""
    had = {kind for fate in simulator.BY_LAST_DIGITS.values() for kind in fate.kinds}
    assert had == simulator.KINDS.keys()


def test_some_texts_never_come_to_an_end() -> None:
    """Carriers that never answer."""
    unfinished = [
        f for f in simulator.BY_LAST_DIGITS.values() if not any(simulator.KINDS[k].final for k in f.kinds)
    ]
    assert len(unfinished) == 3


def test_a_context_can_ask_for_events_of_its_own(client_: Any, number: str, texts: RememberingTexts) -> None:
    """Whatever the number."""
    context = {simulator.CONTEXT: "TEXT_QUEUED+TEXT_SPAM"}
    send(client_, SUCCESS, OriginationIdentity=number, Context=context)
    assert [one["eventType"] for one in texts.events] == ["TEXT_QUEUED", "TEXT_SPAM"]


def test_one_number_is_told_of_as_in_awss_examples_of_the_bus(
    client_: Any, number: str, texts: RememberingTexts
) -> None:
    """They have neither the recipient nor the context; a destination of the set has both."""
    client_.create_configuration_set(ConfigurationSetName="all")
    topic = {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:all"}
    client_.create_event_destination(
        ConfigurationSetName="all", EventDestinationName="d", MatchingEventTypes=["ALL"], SnsDestination=topic
    )
    send(client_, "+12025550120", OriginationIdentity=number, Context={"a": "b"}, ConfigurationSetName="all")
    assert not any({"destinationPhoneNumber", "context"} & one.keys() for one in texts.events)
    assert all({"destinationPhoneNumber", "context"} <= event.keys() for _, _, event in texts.told)


TARGETS = {
    "SnsDestination": {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:texts"},
    "KinesisFirehoseDestination": {"IamRoleArn": ROLE, "DeliveryStreamArn": "arn:aws:firehose:eu-west-1:000000000000:deliverystream/texts"},
    "CloudWatchLogsDestination": {"IamRoleArn": ROLE, "LogGroupArn": "arn:aws:logs:eu-west-1:000000000000:log-group:texts"},
}  # fmt: skip


@pytest.mark.parametrize("member", TARGETS)
def test_a_sets_destinations_get_the_kinds_that_they_take(
    client_: Any, number: str, texts: RememberingTexts, member: str
) -> None:
    """Those that are on; one that refuses keeps nobody else from being told."""
    named = {"ConfigurationSetName": "set"}
    arn = client_.create_configuration_set(**named)["ConfigurationSetArn"]
    there = {"MatchingEventTypes": ["TEXT_DELIVERED"], member: TARGETS[member]}
    client_.create_event_destination(**named, EventDestinationName="one", **there)
    send(client_, SUCCESS, OriginationIdentity=number, **named)
    (told,) = texts.told
    assert told[:2] == (arn, next(value for value in TARGETS[member].values() if value != ROLE))
    assert told[2]["eventType"] == "TEXT_DELIVERED"
    client_.update_event_destination(**named, EventDestinationName="one", Enabled=False)
    send(client_, SUCCESS, OriginationIdentity=number, **named)
    assert len(texts.told) == 1


def test_a_destination_that_refuses_is_passed_over(
    client_: Any, number: str, texts: RememberingTexts
) -> None:
    """The bus and the next destination hear of it all the same."""
    named, topics = (
        {"ConfigurationSetName": "set"},
        [f"arn:aws:sns:eu-west-1:000000000000:{name}" for name in "ab"],
    )
    client_.create_configuration_set(**named)
    for topic in topics:
        there = {"MatchingEventTypes": ["TEXT_ALL"], "SnsDestination": {"TopicArn": topic}}
        client_.create_event_destination(**named, EventDestinationName=topic[-1], **there)
    texts.closed.add(topics[0])
    send(client_, SUCCESS, OriginationIdentity=number, **named)
    assert [where for _, where, _ in texts.told] == [topics[1]] * 3
    assert len(texts.events) == 3


def test_nobody_on_the_opt_out_list_gets_a_text(client_: Any, texts: RememberingTexts) -> None:
    """The list of what it is sent from; off the list again, it goes."""
    client_.create_opt_out_list(OptOutListName="mine")
    own = request(client_, "LONG_CODE", OptOutListName="mine")["PhoneNumberId"]
    other = request(client_, "LONG_CODE")["PhoneNumberId"]
    client_.put_opted_out_number(OptOutListName="mine", OptedOutNumber=SUCCESS)
    with pytest.raises(client_.exceptions.ConflictException) as caught:
        send(client_, SUCCESS, OriginationIdentity=own)
    assert caught.value.response["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert not texts.events
    send(client_, SUCCESS, OriginationIdentity=other)
    listed = client_.describe_opted_out_numbers(OptOutListName="mine")["OptedOutNumbers"]
    assert [(one["OptedOutNumber"], one["EndUserOptedOut"]) for one in listed] == [(SUCCESS, False)]
    client_.delete_opted_out_number(OptOutListName="mine", OptedOutNumber=SUCCESS)
    send(client_, SUCCESS, OriginationIdentity=own)


def test_who_answers_stop_is_on_the_list_afterwards(client_: Any, number: str) -> None:
    """As the recipient's own wish."""
    send(client_, "+12025550130", OriginationIdentity=number)
    again = partial(send, client_, "+12025550130", OriginationIdentity=number)
    assert refused(again) == ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")
    (entry,) = client_.describe_opted_out_numbers(OptOutListName="Default")["OptedOutNumbers"]
    assert entry["EndUserOptedOut"] is True


def test_a_dry_run_checks_and_tells_nobody(client_: Any, number: str, texts: RememberingTexts) -> None:
    """It has an id, and the same refusals."""
    assert send(client_, SUCCESS, OriginationIdentity=number, DryRun=True)
    assert not texts.events
    dry = partial(send, client_, SUCCESS, OriginationIdentity="phone-that-is-nowhere", DryRun=True)
    assert refused(dry) == ("ResourceNotFoundException", "")


@pytest.mark.parametrize(
    ("to", "more", "code", "reason"),
    [
        ("+34600000000", {"OriginationIdentity": "SIM"}, "ValidationException", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"),
        ("+447860019066", {"OriginationIdentity": "SIM"}, "ValidationException", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"),
        ("+34600000000", {}, "ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND"),
        (SUCCESS, {"OriginationIdentity": "MYSENDER"}, "ValidationException", "SENDER_ID_NOT_SUPPORTED"),
        (SUCCESS, {"ConfigurationSetName": "none"}, "ResourceNotFoundException", ""),
        (SUCCESS, {"MaxPrice": "0.001"}, "ValidationException", "PRICE_OVER_THRESHOLD"),
        ("nobody", {}, "ValidationException", ""),
        (SUCCESS, {"MessageType": "OTHER"}, "ValidationException", ""),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_is_refused(
    client: Callable[..., Any], texts: RememberingTexts, to: str, more: dict[str, str], code: str, reason: str
) -> None:
    """With the API's own errors and reasons, before anything is told."""
    asking = client("pinpoint-sms-voice-v2", parameter_validation=False)
    simulated = request(asking)["PhoneNumberId"]
    named = {**more, "OriginationIdentity": simulated} if more.get("OriginationIdentity") == "SIM" else more
    assert refused(lambda: send(asking, to, **named)) == (code, reason)
    assert not texts.events


def test_a_simulator_number_is_chosen_for_simulators_and_a_pool_stands_for_its_numbers(
    client_: Any, texts: RememberingTexts
) -> None:
    """Where nothing is named, the first number that fits; a sender id is shown as it is."""
    simulated = request(client_)
    send(client_, SUCCESS)
    spanish = request(client_, "LONG_CODE", "ES")
    pool = client_.create_pool(OriginationIdentity=spanish["PhoneNumberId"], MessageType="TRANSACTIONAL")[
        "PoolId"
    ]
    send(client_, "+34600000000", OriginationIdentity=pool)
    send(client_, "+34600000000", OriginationIdentity="MAILROOM")
    shown = list(dict.fromkeys(one["originationPhoneNumber"] for one in texts.events))
    assert shown == [simulated["PhoneNumber"], spanish["PhoneNumber"], "MAILROOM"]


def test_a_set_has_what_a_message_leaves_open(client_: Any, number: str, texts: RememberingTexts) -> None:
    """Its default message type, and its sender id."""
    named = {"ConfigurationSetName": "set"}
    client_.create_configuration_set(**named)
    client_.set_default_message_type(**named, MessageType="PROMOTIONAL")
    client_.set_default_sender_id(**named, SenderId="MAILROOM")
    send(client_, "+34600000000", **named)
    assert {(one["messageType"], one["originationPhoneNumber"]) for one in texts.events} == {
        ("PROMOTIONAL", "MAILROOM")
    }
    client_.delete_default_message_type(**named)
    (held,) = client_.describe_configuration_sets(ConfigurationSetNames=["set"])["ConfigurationSets"]
    assert ("DefaultMessageType" in held, held["DefaultSenderId"]) == (False, "MAILROOM")


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("a" * 160, "GSM", 1), ("a" * 161, "GSM", 2), ("a" * 306, "GSM", 2), ("a" * 307, "GSM", 3),
        ("€" * 80, "GSM", 1), ("€" * 81, "GSM", 2), ("ñ" * 160, "GSM", 1),
        ("ж" * 70, "Unicode", 1), ("ж" * 71, "Unicode", 2), ("😀" * 35, "Unicode", 1), ("😀" * 36, "Unicode", 2),
    ],
)  # fmt: skip
def test_parts_are_counted_as_phones_do(text: str, encoding: str, count: int) -> None:
    """160 of the GSM alphabet or 70 others; 153 and 67 in each part of several."""
    assert (parts.encoding(text), parts.count(text)) == (encoding, count)


def test_a_text_of_parts_costs_as_many(client_: Any, number: str, texts: RememberingTexts) -> None:
    """Price and fee are of all parts."""
    client_.send_text_message(
        DestinationPhoneNumber=SUCCESS, MessageBody="a" * 161, OriginationIdentity=number
    )
    (one, *_) = texts.events
    assert (one["totalMessageParts"], one["totalMessagePrice"], one["totalCarrierFee"]) == (
        2,
        0.01162,
        0.00604,
    )


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+14254147755", "US"),
        ("447937404990", "JE"),
        ("+447860019066", "GB"),
        ("+3584573979110", "FI"),
        ("+999", "ZZ"),
    ],
)
def test_a_number_has_a_country(number: str, country: str) -> None:
    """By the longest calling code that it begins with."""
    assert country_of(number) == country


def test_awss_simulator_numbers_are_of_the_countries_that_they_stand_for() -> None:
    """25 countries, two numbers each: the published table."""
    assert len(simulator.AWS) == 50
    assert "ZZ" not in {country_of(number) for number in simulator.AWS}


def test_an_operation_that_is_not_built_says_so(client_: Any) -> None:
    """By its name and the service's."""
    with pytest.raises(
        ClientError, match="DescribeSpendLimits is not in the local End User Messaging SMS yet"
    ):
        client_.describe_spend_limits()


def test_iam_is_asked_about_what_a_text_comes_from(client_: Any, number: str, backend: StubBackend) -> None:
    """The number, the pool or the sender id; roles that are handed over; new tags."""
    backend.asked.clear()
    send(client_, "+34600000000", OriginationIdentity="MAILROOM")
    send(client_, SUCCESS, OriginationIdentity=number)
    client_.create_configuration_set(ConfigurationSetName="set", Tags=[{"Key": "a", "Value": "b"}])
    there = {
        "MatchingEventTypes": ["ALL"],
        "KinesisFirehoseDestination": TARGETS["KinesisFirehoseDestination"],
    }
    client_.create_event_destination(ConfigurationSetName="set", EventDestinationName="d", **there)
    assert [(action, resource) for action, resource, _ in backend.asked] == [
        ("sms-voice:SendTextMessage", f"{ARN}sender-id/MAILROOM/*"),
        ("sms-voice:SendTextMessage", f"{ARN}phone-number/{number}"),
        ("sms-voice:CreateConfigurationSet", "*"),
        ("sms-voice:TagResource", f"{ARN}configuration-set/set"),
        ("sms-voice:CreateEventDestination", f"{ARN}configuration-set/set"),
        ("iam:PassRole", ROLE),
    ]


def test_who_may_not_send_is_refused(
    client_: Any, number: str, backend: StubBackend, texts: RememberingTexts
) -> None:
    """In IAM's words, and nothing is told."""
    backend.denied.add("sms-voice:SendTextMessage")
    with pytest.raises(
        client_.exceptions.AccessDeniedException,
        match="is not authorized to perform: sms-voice:SendTextMessage",
    ):
        send(client_, SUCCESS, OriginationIdentity=number)
    assert not texts.events
