"""What SES tells of what it took, and who gets nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.engine.ses import events, identities, sending
from mailroom.local.engine.ses.sending import Outgoing
from mailroom.local.engine.ses.state import Refused, Region, Ses

Client = Callable[..., Any]
RAW = (
    b"From: Mailroom <mailroom@mail.example>\r\nTo: A <a@far.example>\r\nReply-To: s@mail.example\r\n"
    b"Subject: =?utf-8?q?T=C3=A4st?=\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n\r\nbody\r\n"
)
BUS = {"EventBusArn": "arn:aws:events:eu-west-1:000000000000:event-bus/default"}


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """mail.example may send; the configuration set `told` tells the default bus of sends and bounces."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    made.create_configuration_set(ConfigurationSetName="told")
    destination(made, "told", ["SEND", "BOUNCE"])
    return made


def destination(sesv2: Any, name: str, kinds: list[str], **more: Any) -> None:
    sesv2.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName=f"bus-{len(kinds)}",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": kinds,
            "EventBridgeDestination": BUS,
            **more,
        },
    )


def send(sesv2: Any, *recipients: str, raw: bytes = RAW, **more: Any) -> str:
    answer = sesv2.send_email(
        FromEmailAddress="mailroom@mail.example",
        Destination={"ToAddresses": list(recipients or ("a@far.example",))},
        Content={"Raw": {"Data": raw}},
        **{"ConfigurationSetName": "told", **more},
    )
    return str(answer["MessageId"])


def test_a_send_is_told_in_aws_s_form(sesv2: Any, cloud: Any) -> None:
    """Source, detail and tags are those that a rule of EventBridge matches in AWS."""
    message_id = send(
        sesv2, EmailTags=[{"Name": "mailroom-mail", "Value": "aW4"}, {"Name": "n", "Value": "1-1"}]
    )
    ((detail_type, resources, detail),) = cloud.events
    mail = detail["mail"]
    assert (detail_type, detail["eventType"], detail["send"]) == ("Email Sent", "Send", {})
    assert resources == ["arn:aws:ses:eu-west-1:000000000000:configuration-set/told"]
    assert (mail["messageId"], mail["source"], mail["destination"]) == (
        message_id,
        "mailroom@mail.example",
        ["a@far.example"],
    )
    assert mail["timestamp"] == "2026-11-24T12:00:00.000Z"
    assert mail["sourceArn"].endswith(":identity/mail.example")
    assert mail["sendingAccountId"] == "000000000000"
    assert (mail["tags"]["mailroom-mail"], mail["tags"]["n"]) == (["aW4"], ["1-1"])
    assert mail["tags"]["ses:configuration-set"] == ["told"]
    assert mail["tags"]["ses:from-domain"] == ["mail.example"]
    assert mail["tags"]["ses:caller-identity"]
    assert {"name": "To", "value": "A <a@far.example>"} in mail["headers"]
    assert mail["commonHeaders"] == {
        "from": ["mailroom@mail.example"],
        "replyTo": ["s@mail.example"],
        "to": ["a@far.example"],
        "date": "Tue, 24 Nov 2026 12:00:00 +0000",
        "messageId": message_id,
        "subject": "Täst",
    }


@pytest.mark.parametrize(
    ("kinds", "more"),
    [
        (["BOUNCE"], {}),
        (["SEND", "BOUNCE", "OPEN"], {"Enabled": False}),
    ],
)
def test_only_an_enabled_destination_that_takes_sends_is_told(
    kinds: list[str], more: dict[str, Any], sesv2: Any, cloud: Any
) -> None:
    """Another set, another kind, a switched-off destination, or no set: nothing is told."""
    sesv2.create_configuration_set(ConfigurationSetName="quiet")
    destination(sesv2, "quiet", kinds, **more)
    send(sesv2, ConfigurationSetName="quiet")
    sesv2.send_email(
        FromEmailAddress="mailroom@mail.example",
        Destination={"ToAddresses": ["a@far.example"]},
        Content={"Raw": {"Data": RAW}},
    )
    assert cloud.events == []


def test_a_refused_send_is_not_told(sesv2: Any, cloud: Any) -> None:
    """What SES did not take has no Send event."""
    with pytest.raises(sesv2.exceptions.MessageRejected):
        sesv2.send_email(
            FromEmailAddress="x@bad.example",
            Destination={"ToAddresses": ["a@far.example"]},
            Content={"Raw": {"Data": RAW}},
            ConfigurationSetName="told",
        )
    assert cloud.events == []


def test_telling_is_left_for_later(region: Region, cloud: Any) -> None:
    """The answer of the send does not wait for EventBridge."""
    identities.new_identity(region, "mail.example")
    region.configuration_sets["told"] = {"SendingOptions": {"SendingEnabled": True}}
    region.event_destinations["told"] = {
        "bus": {"Enabled": True, "MatchingEventTypes": ["SEND"], "EventBridgeDestination": BUS}
    }
    waiting: list[Callable[[], None]] = []
    region.later = waiting.append
    sending.accept(region, Outgoing("m@mail.example", ["a@far.example"], RAW, "api-v2", "told"))
    assert cloud.events == []
    waiting.pop()()
    assert len(cloud.events) == 1


def test_a_bus_that_refuses_does_not_undo_the_send(
    sesv2: Any, ses: Ses, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is taken all the same."""

    def refuse(*arguments: Any) -> None:
        raise Refused("no bus")

    monkeypatch.setattr(cloud, "put_event", refuse)
    send(sesv2)
    assert len(ses.mail.listing()) == 1


def test_long_headers_are_cut_and_said_to_be(sesv2: Any, cloud: Any) -> None:
    """An event carries at most so many bytes of headers."""
    long = b"".join(b"X-Long-%d: %s\r\n" % (number, b"x" * 900) for number in range(20))
    send(sesv2, raw=long + RAW)
    mail = cloud.events[0][2]["mail"]
    assert mail["headersTruncated"] is True
    assert (
        sum(len(one["name"]) + len(one["value"]) for one in mail["headers"]) <= events.MAXIMUM_HEADERS_BYTES
    )


def test_a_suppressed_recipient_s_mail_is_taken_and_bounces(sesv2: Any, ses: Ses, cloud: Any) -> None:
    """SES answers with an id, delivers nothing to that recipient, and says so by a Bounce event."""
    sesv2.put_suppressed_destination(EmailAddress="Gone@far.example", Reason="BOUNCE")
    message_id = send(sesv2, "a@far.example", "gone@FAR.example")
    (sent,) = ses.mail.listing()
    assert (sent.id, sent.suppressed) == (message_id, ("gone@FAR.example",))
    assert sent.listed()["suppressed"] == ("gone@FAR.example",)
    assert [event[0] for event in cloud.events] == ["Email Sent", "Email Bounced"]
    bounce = cloud.events[1][2]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "OnAccountSuppressionList")
    (recipient,) = bounce["bouncedRecipients"]
    assert (recipient["emailAddress"], recipient["action"]) == ("gone@FAR.example", "failed")
    assert "suppression list" in recipient["diagnosticCode"]


@pytest.mark.parametrize(
    ("account", "of_set", "reason", "suppressed"),
    [
        (["BOUNCE", "COMPLAINT"], None, "BOUNCE", True),
        (["COMPLAINT"], None, "BOUNCE", False),
        ([], None, "COMPLAINT", False),
        ([], ["BOUNCE"], "BOUNCE", True),
        (["BOUNCE"], [], "BOUNCE", False),
        (["BOUNCE"], ["COMPLAINT"], "BOUNCE", False),
    ],
)
def test_the_configuration_set_s_word_goes_before_the_account_s(
    account: list[str], of_set: list[str] | None, reason: str, suppressed: bool, sesv2: Any, ses: Ses
) -> None:
    """Which reasons count is the configuration set's to say, an empty list included; else the account's."""
    sesv2.put_account_suppression_attributes(SuppressedReasons=account)
    if of_set is not None:
        sesv2.create_configuration_set(
            ConfigurationSetName="own", SuppressionOptions={"SuppressedReasons": of_set}
        )
    sesv2.put_suppressed_destination(EmailAddress="a@far.example", Reason=reason)
    send(sesv2, ConfigurationSetName="told" if of_set is None else "own")
    assert bool(ses.mail.listing()[0].suppressed) == suppressed


def test_mail_to_ourselves_does_not_come_in_for_who_is_suppressed(region: Region, cloud: Any) -> None:
    """Suppressed is not delivered, by our own inbound door neither."""
    identities.new_identity(region, "mail.example")
    rule = {"Name": "r", "Enabled": True, "TlsPolicy": "Optional", "ScanEnabled": False, "Recipients": []}
    region.rule_sets["main"] = {"Rules": [{**rule, "Actions": [{"S3Action": {"BucketName": "raw"}}]}]}
    region.active_rule_set = "main"
    region.suppressed["in@mail.example"] = {"Reason": "BOUNCE"}
    sending.accept(region, Outgoing("m@mail.example", ["in@mail.example"], RAW, "smtp"))
    assert cloud.objects == {}
    sending.accept(region, Outgoing("m@mail.example", ["other@mail.example"], RAW, "smtp"))
    assert len(cloud.objects) == 1
