"""What SES tells of what it took, to whom, and who gets nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.engine.ses import identities, sending, stamping
from mailroom.local.engine.ses.events import mail as mails
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
        **{"Content": {"Raw": {"Data": raw}}, "ConfigurationSetName": "told", **more},
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
        "from": ["Mailroom <mailroom@mail.example>"],
        "replyTo": ["s@mail.example"],
        "to": ["A <a@far.example>"],
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


def test_events_show_the_headers_that_were_handed_over(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SES adds on the way, a signature for one, is in the mail and in no event."""
    identities.new_identity(region, "mail.example")
    monkeypatch.setattr(stamping, "stamped", lambda *_: b"X-Stamp: by SES\r\n" + RAW)
    sent = sending.accept(region, Outgoing("mailroom@mail.example", ["a@far.example"], RAW, "smtp"))
    (told, _) = region.mail.events(sent.id)
    names = [header["name"] for header in told["mail"]["headers"]]
    assert names == ["From", "To", "Reply-To", "Subject", "Date"]
    assert (region.mail.raw(sent.id) or b"").startswith(b"X-Stamp: by SES")


@pytest.mark.parametrize(
    ("call", "operation"),
    [("smtp", "SendSmtpEmail"), ("raw", "SendRawEmail"), ("simple", "SendEmail"), ("v1-raw", "SendRawEmail")],
)
def test_the_auto_tags_say_how_it_came_and_where_it_went(
    call: str, operation: str, sesv2: Any, client: Client, region: Region
) -> None:
    """ses:operation is the call; ses:outgoing-ip is known once it is delivered."""
    if call == "smtp":
        sending.accept(region, Outgoing("mailroom@mail.example", ["a@far.example"], RAW, "smtp", "told"))
    elif call == "raw":
        send(sesv2)
    elif call == "simple":
        message = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
        send(sesv2, Content={"Simple": message})
    else:
        client("ses").send_raw_email(Destinations=["a@far.example"], RawMessage={"Data": RAW})
    (sent,) = region.mail.listing()
    told, delivered = (event["mail"]["tags"] for event in region.mail.events(sent.id))
    assert told["ses:operation"] == [operation]
    assert "ses:outgoing-ip" not in told
    assert (delivered["ses:outgoing-ip"], delivered["ses:outgoing-tls-version"]) == (
        ["127.0.0.1"],
        ["TLSv1.3"],
    )


def test_every_event_is_noted_for_the_inbox_destination_or_not(region: Region) -> None:
    """Mail without a configuration set has its history too, and none of the set's tag."""
    identities.new_identity(region, "mail.example")
    sent = sending.accept(region, Outgoing("m@mail.example", ["a@far.example"], RAW, "smtp"))
    assert [event["eventType"] for event in region.mail.events(sent.id)] == ["Send", "Delivery"]
    assert "ses:configuration-set" not in region.mail.events(sent.id)[0]["mail"]["tags"]


def test_long_headers_are_cut_and_said_to_be(sesv2: Any, cloud: Any) -> None:
    """An event carries at most so many bytes of headers."""
    long = b"".join(b"X-Long-%d: %s\r\n" % (number, b"x" * 900) for number in range(20))
    send(sesv2, raw=long + RAW)
    mail = cloud.events[0][2]["mail"]
    assert mail["headersTruncated"] is True
    assert sum(len(one["name"]) + len(one["value"]) for one in mail["headers"]) <= mails.MAXIMUM_HEADERS_BYTES


def test_a_suppressed_recipient_s_mail_is_taken_and_bounces(sesv2: Any, ses: Ses, cloud: Any) -> None:
    """SES answers with an id, delivers nothing to that recipient, and says so by a Bounce event."""
    sesv2.put_suppressed_destination(EmailAddress="Gone@far.example", Reason="BOUNCE")
    message_id = send(sesv2, "a@far.example", "gone@FAR.example")
    sent = ses.mail.find(message_id)
    assert sent is not None
    assert sent.suppressed == ("gone@FAR.example",)
    assert sent.listed()["suppressed"] == ("gone@FAR.example",)
    assert [event[0] for event in cloud.events] == ["Email Sent", "Email Bounced"]
    assert [event["eventType"] for event in ses.mail.events(message_id)] == ["Send", "Delivery", "Bounce"]
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
    rule: dict[str, Any] = {"Name": "r", "Enabled": True, "TlsPolicy": "Optional", "ScanEnabled": False}
    rule["Recipients"] = ["in@mail.example", "other@mail.example"]
    region.rule_sets["main"] = {"Rules": [{**rule, "Actions": [{"S3Action": {"BucketName": "raw"}}]}]}
    region.active_rule_set = "main"
    region.suppressed["in@mail.example"] = {"Reason": "BOUNCE"}
    sending.accept(region, Outgoing("m@mail.example", ["in@mail.example"], RAW, "smtp"))
    assert cloud.objects == {}
    sending.accept(region, Outgoing("m@mail.example", ["other@mail.example"], RAW, "smtp"))
    assert len(cloud.objects) == 1
