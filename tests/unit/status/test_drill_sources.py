"""What a drill sends by each source, to whom, and what it says where it cannot."""

import json
from typing import Any

import pytest

from mailroom.errors import MailroomError
from mailroom.local.engine.sms.simulator import FAILING, SUCCEEDING
from mailroom.status.drill_sources import DRILL, Order, mail_ends, pinpoint, ses, sms


class Client:
    """Remembers what was called, and answers with what the test laid down."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.calls = answers, []

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            self.calls.append((name, asked))
            return self.answers.get(name, {})

        return call

    def get_paginator(self, name: str) -> Any:
        answers = self.answers[name]
        return type("Pages", (), {"paginate": lambda _: iter(answers)})()


class Applied:
    """An environment with these outputs and one client for every service."""

    name = "dev"

    def __init__(self, client: Client, **outputs: Any) -> None:
        self._client = client
        self.outputs = {"region": "eu-west-1", "account_id": "111122223333", **outputs}

    def output(self, name: str) -> Any:
        return self.outputs[name]

    def client(self, service: str) -> Client:
        return self._client


def number(of: str, **other: Any) -> dict[str, Any]:
    return {
        "PhoneNumber": of,
        "PhoneNumberArn": f"arn:{of}",
        "Status": "ACTIVE",
        "IsoCountryCode": "US",
        "MessageType": "TRANSACTIONAL",
        "NumberCapabilities": ["SMS"],
        "NumberType": "LONG_CODE",
        **other,
    }


SENDING = {"sender_address": "m@mail.example", "configuration_set": "inbound"}


@pytest.mark.parametrize(
    ("outputs", "order", "sent"),
    [
        (SENDING, Order(), ("m@mail.example", "success@simulator.amazonses.com", "inbound")),
        (SENDING, Order(to="Ann@Far.Example"), ("m@mail.example", "Ann@Far.Example", "inbound")),
        ({"sender_address": None}, Order(sender="x@own.example", configuration_set="own"), ("x@own.example", "success@simulator.amazonses.com", "own")),
    ],
)  # fmt: skip
def test_a_mail_by_the_environment_s_sender_and_set(
    outputs: Any, order: Order, sent: tuple[str, ...]
) -> None:
    """One mail, marked as a drill, by what the environment sends with or what was named in its place."""
    client = Client(send_email={"MessageId": "0102-x"})
    environment: Any = Applied(client, **outputs)
    told = ses(environment, order)
    ((name, asked),) = client.calls
    assert name == "send_email"
    assert (
        asked["FromEmailAddress"],
        asked["Destination"]["ToAddresses"][0],
        asked["ConfigurationSetName"],
    ) == sent
    assert asked["EmailTags"] == [{"Name": DRILL, "Value": "yes"}]
    assert (told.message_id, told.recipient) == ("0102-x", sent[1].lower())


@pytest.mark.parametrize(
    ("outputs", "option"),
    [
        ({"sender_address": None, "configuration_set": "own"}, "--from ADDRESS"),
        ({"sender_address": "m@mail.example"}, "--configuration-set NAME"),
    ],
)
def test_without_a_sender_the_option_is_named(outputs: dict[str, Any], option: str) -> None:
    """An environment that sends nothing itself says which option to give, and sends nothing."""
    client = Client()
    environment: Any = Applied(client, **outputs)
    with pytest.raises(MailroomError) as caught:
        ses(environment, Order())
    assert option in caught.value.hint
    assert client.calls == []


@pytest.mark.parametrize(
    ("address", "ends"),
    [
        ("success@simulator.amazonses.com", "delivered"),
        ("bounce+label@simulator.amazonses.com", "hardbounce"),
        ("OOTO@Simulator.AmazonSES.com", "softbounce"),
        ("complaint@simulator.amazonses.com", "complaint"),
        ("suppressionlist@simulator.amazonses.com", "hardbounce"),
        ("success@far.example", ""),
        ("who@simulator.amazonses.com", ""),
    ],
)
def test_what_a_mail_comes_to(address: str, ends: str) -> None:
    """The simulator's addresses have a known end, everybody else's nobody knows."""
    assert mail_ends(address) == ends


@pytest.mark.parametrize(
    ("numbers", "order", "origin", "to", "ends"),
    [
        ([number("+12065550100"), number("+12065550101", NumberType="SIMULATOR")], Order(), "+12065550101", SUCCEEDING["US"], "success"),
        ([number("+12065550100", Status="PENDING"), number("+12065550102")], Order(), "+12065550102", SUCCEEDING["US"], "success"),
        ([number("+12065550100", NumberCapabilities=["VOICE"]), number("+447700900100", IsoCountryCode="GB")], Order(), "+447700900100", SUCCEEDING["GB"], "success"),
        ([number("+12065550100")], Order(to=FAILING["US"]), "+12065550100", FAILING["US"], "failure"),
        ([number("+12065550100")], Order(to="+12065550199"), "+12065550100", "+12065550199", ""),
    ],
)  # fmt: skip
def test_an_sms_stays_in_the_simulator(numbers: Any, order: Order, origin: str, to: str, ends: str) -> None:
    """From an active number that can send, a simulator's first, to the simulator of its country."""
    client = Client(
        describe_phone_numbers=[{"PhoneNumbers": [one]} for one in numbers],
        send_text_message={"MessageId": "m-1"},
    )
    environment: Any = Applied(client)
    told = sms(environment, order)
    ((_, asked),) = client.calls
    assert (asked["OriginationIdentity"], asked["DestinationPhoneNumber"]) == (f"arn:{origin}", to)
    assert (told.message_id, told.recipient, told.ends) == ("m-1", to, ends)


@pytest.mark.parametrize(
    ("numbers", "said", "hint"),
    [
        ([], "no active phone number", "request-phone-number --region eu-west-1 --iso-country-code US --number-type SIMULATOR"),
        ([number("+12065550100", Status="DELETED")], "no active phone number", "--number-type SIMULATOR"),
        ([number("+819012345678", IsoCountryCode="JP")], "no destination in JP", "--to +NUMBER"),
    ],
)  # fmt: skip
def test_an_sms_that_cannot_be_sent(numbers: Any, said: str, hint: str) -> None:
    """Without a number, or a destination in its country, it is said how to get one; nothing is sent."""
    client = Client(describe_phone_numbers=[{"PhoneNumbers": numbers}])
    environment: Any = Applied(client)
    with pytest.raises(MailroomError, match=said) as caught:
        sms(environment, Order())
    assert hint in caught.value.hint
    assert client.calls == []


def test_an_event_into_the_stream_of_pinpoint() -> None:
    """One record, marked as a drill, into the Firehose that Pinpoint's stream leads to."""
    client = Client()
    environment: Any = Applied(client, status_streams={"pinpoint": "mailroom-dev-status-pinpoint"})
    told = pinpoint(environment, Order())
    ((name, asked),) = client.calls
    assert (name, asked["DeliveryStreamName"]) == ("put_record", "mailroom-dev-status-pinpoint")
    event = json.loads(asked["Record"]["Data"])
    assert (event["event_type"], event["client"]["client_id"]) == ("_email.delivered", DRILL)
    assert event["facets"]["email_channel"]["mail_event"]["mail"]["message_id"] == told.message_id
    assert told.message_id.startswith(DRILL)


def test_an_environment_without_pinpoint_says_which_sources_it_has() -> None:
    """The next command names a source that is there."""
    environment: Any = Applied(Client(), status_streams={"sms": "s"})
    with pytest.raises(MailroomError, match="no Pinpoint stream") as caught:
        pinpoint(environment, Order())
    assert caught.value.hint == "mailroom status drill --source sms --env dev"
