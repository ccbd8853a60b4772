"""What a drill sends: one mail by SES, one SMS by End User Messaging, one event into Pinpoint's stream."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.local.engine.sms.simulator import FAILING, SUCCEEDING

MAIL_SIMULATOR = "simulator.amazonses.com"
MAIL_ENDS = {
    "success": "delivered",
    "bounce": "hardbounce",
    "ooto": "softbounce",
    "complaint": "complaint",
    "suppressionlist": "hardbounce",
}
"""What mail to an address of the mailbox simulator comes to, by its local part (SES developer guide, "Using
the mailbox simulator manually"; an automatic answer is published as a Transient bounce)."""
DRILL = "mailroom-drill"
"""How a drill is marked: a tag of the mail, the SMS's context, the client of the Pinpoint event."""


@dataclass(frozen=True)
class Order:
    """What the command line asks for; "" is not said."""

    to: str = ""
    sender: str = ""
    configuration_set: str = ""


@dataclass(frozen=True)
class Sent:
    """What was sent. `way` is what it was sent by: the configuration set, the number, the stream.

    `ends` is the status that it should come to; "" where nobody can know.
    """

    source: str
    message_id: str
    recipient: str
    way: str
    ends: str
    words: str


def ses(environment: Environment, order: Order) -> Sent:
    """One mail to the mailbox simulator, or to `order.to`. Raises MailroomError or botocore's ClientError."""
    to = order.to or f"success@{MAIL_SIMULATOR}"
    sender = order.sender or _output(environment, "sender_address", "--from ADDRESS")
    named = order.configuration_set or _output(environment, "configuration_set", "--configuration-set NAME")
    text = "A drill of Mailroom's status: nobody needs to read this."
    answer = environment.client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "Mailroom status drill"}, "Body": {"Text": {"Data": text}}}},
        ConfigurationSetName=named,
        EmailTags=[{"Name": DRILL, "Value": "yes"}],
    )
    words = f"a mail from {sender} to {to}, configuration set {named}"
    return Sent("ses", answer["MessageId"], to.lower(), named, mail_ends(to), words)


def mail_ends(address: str) -> str:
    """The status that mail to this address comes to; "" for one that is not the simulator's."""
    local, _, domain = address.lower().partition("@")
    return MAIL_ENDS.get(local.partition("+")[0], "") if domain == MAIL_SIMULATOR else ""


def sms(environment: Environment, order: Order) -> Sent:
    """One SMS from a number of the account to AWS's simulator for its country, or to `order.to`.

    Raises MailroomError where the account has no number that can send one.
    """
    client = environment.client("pinpoint-sms-voice-v2")
    number = _origination(client, environment.output("region"))
    country = number["IsoCountryCode"]
    to = order.to or SUCCEEDING.get(country, "")
    if not to:
        raise MailroomError(
            f"AWS's SMS simulator has no destination in {country}, where {number['PhoneNumber']} is.",
            "mailroom status drill --source sms --to +NUMBER (a phone of yours)",
        )
    answer = client.send_text_message(
        DestinationPhoneNumber=to,
        OriginationIdentity=number["PhoneNumberArn"],
        MessageBody="A drill of Mailroom's status.",
        MessageType=number["MessageType"],
        Context={DRILL: "yes"},
    )
    ends = "success" if to in SUCCEEDING.values() else "failure" if to in FAILING.values() else ""
    words = f"an SMS from {number['PhoneNumber']} to {to}"
    return Sent("sms", answer["MessageId"], to, number["PhoneNumber"], ends, words)


def _origination(client: Any, region: str) -> dict[str, Any]:
    """A number of the account that may send now: one of the simulator's where there is one."""
    found = [number for number in _numbers(client) if _can_send(number)]
    if not found:
        raise MailroomError(
            "The account has no active phone number that can send an SMS. A simulator's is enough: its "
            "messages stay inside AWS.",
            f"aws pinpoint-sms-voice-v2 request-phone-number --region {region} --iso-country-code US "
            "--number-type SIMULATOR --message-type TRANSACTIONAL --number-capabilities SMS",
        )
    return min(found, key=lambda number: (number["NumberType"] != "SIMULATOR", number["PhoneNumber"]))


def _numbers(client: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("describe_phone_numbers").paginate():
        yield from page["PhoneNumbers"]


def _can_send(number: dict[str, Any]) -> bool:
    return number["Status"] == "ACTIVE" and "SMS" in number["NumberCapabilities"]


def pinpoint(environment: Environment, order: Order) -> Sent:
    """One `_email.delivered` event, as Pinpoint streams it, into the stream's Firehose.

    Not a mail by Pinpoint: its sending ended on 2026-10-30 for most accounts, and where it goes on, what is
    ours begins at the stream. Whether the application's stream leads there, `streams_here` says.
    """
    stream = _stream(environment)
    message_id = f"{DRILL}-{uuid.uuid4().hex}"
    to = order.to or f"success@{MAIL_SIMULATOR}"
    event = pinpoint_event(message_id, to, str(environment.output("account_id")), int(time.time() * 1000))
    environment.client("firehose").put_record(
        DeliveryStreamName=stream, Record={"Data": json.dumps(event).encode() + b"\n"}
    )
    words = f"an event _email.delivered about {to} into Firehose {stream}"
    return Sent("pinpoint", message_id, to.lower(), stream, "delivered", words)


def streams_here(environment: Environment, stream: str) -> str:
    """In words, whether the Pinpoint application's event stream leads to this Firehose; "" where unknown."""
    from botocore.exceptions import BotoCoreError, ClientError

    application = environment.outputs.get("status_pinpoint_application_id")
    if not application:
        return ""
    try:
        answer = environment.client("pinpoint").get_event_stream(ApplicationId=application)
    except (BotoCoreError, ClientError) as problem:
        return f"Pinpoint does not say where {application} streams to: {problem}"
    arn = answer["EventStream"]["DestinationStreamArn"]
    if arn.endswith(f":deliverystream/{stream}"):
        return f"the event stream of Pinpoint's application {application} leads there"
    return f"the event stream of Pinpoint's application {application} leads ELSEWHERE: {arn}"


def pinpoint_event(message_id: str, to: str, account_id: str, now_ms: int) -> dict[str, Any]:
    """An event as Pinpoint writes it ("Email event data stream", Pinpoint developer guide)."""
    mail = {
        "message_id": message_id,
        "message_send_timestamp": now_ms,
        "from_address": f"{DRILL}@{MAIL_SIMULATOR}",
        "destination": [to],
        "headers_truncated": False,
        "headers": [],
        "common_headers": {"to": [to], "subject": "Mailroom status drill"},
    }
    delivery = {
        "processing_time_millis": 0,
        "smtp_response": "250 2.6.0 a drill of Mailroom: nothing was sent",
        "reporting_mta": DRILL,
    }
    return {
        "event_type": "_email.delivered",
        "event_timestamp": now_ms,
        "arrival_timestamp": now_ms,
        "event_version": "3.1",
        "application": {"app_id": DRILL, "sdk": {}},
        "client": {"client_id": DRILL},
        "device": {"platform": {}},
        "session": {},
        "attributes": {"feedback": "delivered"},
        "awsAccountId": account_id,
        "facets": {"email_channel": {"mail_event": {"mail": mail, "delivery": delivery}}},
    }


def _stream(environment: Environment) -> str:
    streams = environment.output("status_streams")
    if "pinpoint" not in streams:
        raise MailroomError(
            f"{environment.name} has no Pinpoint stream: it is switched off in "
            f"terraform/environments/{environment.name}.tfvars (status.pinpoint).",
            f"mailroom status drill --source {next(iter(streams), 'ses')} --env {environment.name}",
        )
    return str(streams["pinpoint"])


def _output(environment: Environment, name: str, option: str) -> str:
    value = environment.outputs.get(name)
    if not value:
        raise MailroomError(
            f"{environment.name} has no {name}: sending is not Mailroom's there.",
            f"mailroom status drill --source ses {option} --env {environment.name}",
        )
    return str(value)


SOURCES: dict[str, Callable[[Environment, Order], Sent]] = {"ses": ses, "sms": sms, "pinpoint": pinpoint}
