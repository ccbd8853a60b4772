"""SendEmail by both APIs: what is refused, what is kept, what IAM is asked."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities, sending
from mailroom.local.engine.ses.state import Region, Ses
from tests.unit.local.dns.asking import unstamped

Client = Callable[..., Any]
RAW = b"From: Mailroom <mailroom@mail.example>\r\nTo: a@far.example\r\nSubject: =?utf-8?q?T=C3=A4st?=\r\n\r\nbody\r\n"


@pytest.fixture
def sesv2(client: Client, region: Region) -> Any:
    """A v2 client; mail.example may send, and there is the configuration set `inbound`."""
    identities.new_identity(region, "mail.example")
    made = client("sesv2")
    made.create_configuration_set(ConfigurationSetName="inbound")
    return made


def raw_send(sesv2: Any, raw: bytes = RAW, **more: Any) -> Any:
    return sesv2.send_email(
        **{
            "FromEmailAddress": "mailroom@mail.example",
            "Destination": {"ToAddresses": ["a@far.example"]},
            "Content": {"Raw": {"Data": raw}},
            **more,
        }
    )


def test_a_raw_message_is_kept_whole_and_listed(sesv2: Any, ses: Ses) -> None:
    """What was sent can be read back as it left, with what the call said about it; but for SES's own fields it is
    what was given, byte for byte."""
    answer = raw_send(
        sesv2, ConfigurationSetName="inbound", EmailTags=[{"Name": "mailroom-mail", "Value": "0a"}]
    )
    (sent,) = ses.mail.listing()
    assert sent.id == answer["MessageId"]
    left = ses.mail.raw(sent.id) or b""
    assert unstamped(left) == RAW
    assert (sent.sender, sent.recipients, sent.subject) == (
        "mailroom@mail.example",
        ("a@far.example",),
        "Täst",
    )
    assert (sent.configuration_set, sent.tags, sent.size) == (
        "inbound",
        (("mailroom-mail", "0a"),),
        len(left),
    )


def test_a_simple_message_becomes_mime(sesv2: Any, ses: Ses) -> None:
    """Text, HTML, headers and attachments of a simple send are in the message that is kept."""
    sesv2.send_email(
        FromEmailAddress="mailroom@mail.example",
        Destination={"ToAddresses": ["a@far.example"], "BccAddresses": ["b@far.example"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Grüße"},
                "Body": {"Text": {"Data": "ü"}, "Html": {"Data": "<p>ü</p>"}},
                "Headers": [{"Name": "X-Room", "Value": "7"}],
                "Attachments": [{"RawContent": b"\x00\xff", "FileName": "a.bin"}],
            }
        },
    )
    (sent,) = ses.mail.listing()
    message = message_from_bytes(ses.mail.raw(sent.id) or b"", policy=policy.default)
    assert sent.recipients == ("a@far.example", "b@far.example")
    assert (message["Subject"], message["X-Room"], message["Bcc"]) == ("Grüße", "7", None)
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/octet-stream",
    ]
    assert next(iter(message.iter_attachments())).get_content() == b"\x00\xff"


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        ({"FromEmailAddress": "x@bad.example"}, "MessageRejected", r"failed the check in region EU-WEST-1: x@bad\.example$"),
        ({"Content": {"Raw": {"Data": RAW.replace(b"mail.example", b"bad.example")}}}, "MessageRejected", "mailroom@bad.example"),
        ({"ConfigurationSetName": "no"}, "NotFoundException", "<no> does not exist"),
        ({"Destination": {"ToAddresses": [f"p{n}@far.example" for n in range(51)]}}, "BadRequestException", "Recipient count exceeds 50"),
        ({"Destination": {"ToAddresses": ["nobody"]}}, "BadRequestException", "Missing final '@domain'"),
        ({"Content": {"Raw": {"Data": b"Subject: a\r\nSubject: b\r\n" + RAW}}}, "BadRequestException", "Duplicate header 'Subject'"),
        ({"Content": {"Raw": {"Data": b"Subject: a\r\n\r\nx"}}, "FromEmailAddress": ""}, "BadRequestException", "Missing required header 'From'"),
        ({"Content": {"Raw": {"Data": b"From: \r\n\r\nx"}}}, "BadRequestException", "Empty required header 'From'"),
        ({"Content": {"Raw": {"Data": b"Sender: x@bad.example\r\n" + RAW}}}, "MessageRejected", r": x@bad\.example$"),
        ({"FeedbackForwardingEmailAddress": "x@bad.example"}, "MessageRejected", r": x@bad\.example$"),
        ({"Destination": {}, "Content": {"Raw": {"Data": b"From: m@mail.example\r\n\r\nx"}}}, "BadRequestException", "Missing required header 'To'"),
        ({"ReplyToAddresses": ["nobody"]}, "BadRequestException", "Missing final '@domain'"),
        ({"TenantName": "t"}, "NotImplemented", "SendEmail with TenantName"),
        ({"Content": {}}, "BadRequestException", "Simple, Raw or Template"),
    ],
)  # fmt: skip
def test_v2_refuses_what_ses_refuses(sesv2: Any, more: dict[str, Any], kind: str, words: str) -> None:
    """Each refusal has SES's name and words, and nothing is kept."""
    with pytest.raises(ClientError, match=words) as caught:
        raw_send(sesv2, **more)
    assert caught.value.response["Error"]["Code"] == kind


def test_a_header_of_a_person_may_come_twice(sesv2: Any, ses: Ses) -> None:
    """To, Cc and Bcc may: everybody in them gets the message (boto3 #4332)."""
    twice = b"Bcc: b@far.example\r\nBcc: c@far.example\r\n" + RAW
    raw_send(sesv2, twice, Destination={})
    (sent,) = ses.mail.listing()
    assert sent.recipients == ("a@far.example", "b@far.example", "c@far.example")


def test_the_sender_of_the_call_is_put_into_a_raw_message_without_one(sesv2: Any, ses: Ses) -> None:
    """A raw message needs no From where the call names the sender, as in AWS's console."""
    raw_send(sesv2, b"Subject: Raw\r\nMIME-Version: 1.0\r\n\r\nx\r\n")
    (sent,) = ses.mail.listing()
    assert message_from_bytes(ses.mail.raw(sent.id) or b"")["From"] == "mailroom@mail.example"


def test_ses_s_own_headers_say_what_the_call_does_not(sesv2: Any, ses: Ses) -> None:
    """Configuration set and tags may stand in the message; they are taken out of it, and the call comes first."""
    own = (
        b"X-SES-CONFIGURATION-SET: inbound\r\nX-SES-MESSAGE-TAGS: a=1,\r\n b=2\r\n"
        b"X-SES-SOURCE-ARN: arn:aws:ses:eu-west-1:000000000000:identity/mail.example\r\n"
    )
    raw_send(sesv2, own + RAW)
    raw_send(sesv2, own + RAW, EmailTags=[{"Name": "c", "Value": "3"}])
    first, second = ses.mail.listing()
    assert (first.configuration_set, first.tags, second.tags) == (
        "inbound", (("a", "1"), ("b", "2")), (("c", "3"),),
    )  # fmt: skip
    assert unstamped(ses.mail.raw(first.id) or b"") == RAW


@pytest.mark.parametrize("api", ["ses", "sesv2"])
def test_an_identity_s_default_configuration_set_counts(
    sesv2: Any, client: Client, ses: Ses, api: str
) -> None:
    """In both APIs: the address's own set, else its domain's."""
    sesv2.create_configuration_set(ConfigurationSetName="own")
    sesv2.put_email_identity_configuration_set_attributes(
        EmailIdentity="mail.example", ConfigurationSetName="inbound"
    )
    sesv2.create_email_identity(EmailIdentity="vip@mail.example", ConfigurationSetName="own")
    for name in ("mailroom", "vip"):
        raw = RAW.replace(b"mailroom@", f"{name}@".encode())
        if api == "ses":
            client("ses").send_raw_email(RawMessage={"Data": raw})
        else:
            raw_send(sesv2, raw, FromEmailAddress=f"{name}@mail.example")
    assert [sent.configuration_set for sent in ses.mail.listing()] == ["inbound", "own"]


@pytest.mark.parametrize(
    ("simple", "words"),
    [
        ({"Headers": [{"Name": "Subject", "Value": "x"}]}, "Subject"),
        ({"Attachments": [{"RawContent": b"x", "FileName": "a\r\nBcc: b@far.example"}]}, "linefeed|header"),
    ],
)
def test_a_simple_message_cannot_be_made_of_everything(
    sesv2: Any, simple: dict[str, Any], words: str
) -> None:
    """A header twice, or a line break in one, is a bad request and no internal error."""
    content = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}, **simple}
    with pytest.raises(sesv2.exceptions.BadRequestException, match=words):
        raw_send(sesv2, Content={"Simple": content})


def test_long_headers_stay_readable(sesv2: Any, ses: Ses) -> None:
    """A long URL in a header is not folded into encoded words; many recipients still fit their lines."""
    url = f"<https://mail.example/{'x' * 300}>"
    people = [f"Person Number {n} <person{n}@far.example>" for n in range(50)]
    headers = [{"Name": "List-Unsubscribe", "Value": url}]
    simple = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t" * 2000}}, "Headers": headers}
    raw_send(sesv2, Content={"Simple": simple}, Destination={"ToAddresses": people})
    (sent,) = ses.mail.listing()
    raw = ses.mail.raw(sent.id) or b""
    assert f"List-Unsubscribe: {url}\r\n".encode() in raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert len(message_from_bytes(raw, policy=policy.default)["To"].addresses) == 50


def test_character_sets_and_descriptions_of_a_simple_message_are_kept(sesv2: Any, ses: Ses) -> None:
    """The body has the character set of the call where it fits, an attachment its description and id."""
    attachment = {
        "RawContent": b"x", "FileName": "a.png", "ContentType": "image/png", "ContentId": "pic",
        "ContentDisposition": "INLINE", "ContentDescription": "A picture",
    }  # fmt: skip
    body = {
        "Text": {"Data": "Grüße", "Charset": "ISO-8859-1"},
        "Html": {"Data": "日本", "Charset": "ISO-8859-1"},
    }
    simple = {"Subject": {"Data": "two\r\nlines"}, "Body": body, "Attachments": [attachment]}
    raw_send(sesv2, Content={"Simple": simple})
    (sent,) = ses.mail.listing()
    message = message_from_bytes(ses.mail.raw(sent.id) or b"", policy=policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_charset() for part in parts] == ["iso-8859-1", "utf-8", None]
    assert [part.get_content().strip() for part in parts[:2]] == ["Grüße", "日本"]
    assert (parts[2]["Content-Description"], parts[2]["Content-ID"]) == ("A picture", "<pic>")
    assert message["Subject"] == "two lines"


def test_a_message_over_40_mb_is_refused_and_one_at_it_is_not(region: Region) -> None:
    """The limit is the one of SES v2, in bytes, and it is exact."""
    identities.new_identity(region, "mail.example")
    room = sending.MAXIMUM_BYTES_V2 - len(RAW)
    at_limit = sending.Outgoing("m@mail.example", ["a@far.example"], RAW + b"x" * room, "api-v2")
    sending.check(region, at_limit)
    over = sending.Outgoing("m@mail.example", ["a@far.example"], RAW + b"x" * (room + 1), "api-v2")
    with pytest.raises(Exception, match="more than 41943040 bytes"):
        sending.check(region, over)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Source": "x@bad.example"}, "MessageRejected"),
        ({"ConfigurationSetName": "no"}, "ConfigurationSetDoesNotExist"),
        ({"RawMessage": {"Data": RAW + b"x" * 10 * 1024 * 1024}}, "InvalidParameterValue"),
        ({"Destinations": ["nobody"]}, "InvalidParameterValue"),
    ],
)
def test_v1_has_its_own_names_and_10_mb(
    sesv2: Any, client: Client, params: dict[str, Any], code: str
) -> None:
    """The same checks under the names of v1."""
    with pytest.raises(ClientError) as caught:
        client("ses").send_raw_email(**{"RawMessage": {"Data": RAW}, **params})
    assert caught.value.response["Error"]["Code"] == code


def test_v1_takes_sender_and_recipients_from_the_headers(sesv2: Any, client: Client, ses: Ses) -> None:
    """A raw message that says it all needs no parameters beside it."""
    client("ses").send_raw_email(RawMessage={"Data": RAW})
    (sent,) = ses.mail.listing()
    assert (sent.sender, sent.recipients) == ("mailroom@mail.example", ("a@far.example",))


def test_switches_stop_sending(sesv2: Any, client: Client) -> None:
    """A paused account, and a paused configuration set, send nothing; v1 tells the two apart."""
    v1, raw = client("ses"), {"RawMessage": {"Data": RAW}}
    v1.update_configuration_set_sending_enabled(ConfigurationSetName="inbound", Enabled=False)
    with pytest.raises(sesv2.exceptions.SendingPausedException):
        raw_send(sesv2, ConfigurationSetName="inbound")
    with pytest.raises(v1.exceptions.ConfigurationSetSendingPausedException):
        v1.send_raw_email(ConfigurationSetName="inbound", **raw)
    v1.update_account_sending_enabled(Enabled=False)
    assert v1.get_account_sending_enabled()["Enabled"] is False
    with pytest.raises(sesv2.exceptions.SendingPausedException):
        raw_send(sesv2)
    with pytest.raises(v1.exceptions.AccountSendingPausedException):
        v1.send_raw_email(**raw)


def test_a_mail_from_domain_without_its_record_stops_the_message_where_it_is_to(
    sesv2: Any, client: Client, region: Region
) -> None:
    """REJECT_MESSAGE refuses, USE_DEFAULT_VALUE sends; the address's own MAIL FROM comes before the domain's."""
    for name, behavior in (("mail.example", "REJECT_MESSAGE"), ("easy@mail.example", "USE_DEFAULT_VALUE")):
        if name not in region.identities:
            identities.new_identity(region, name)
        sesv2.put_email_identity_mail_from_attributes(
            EmailIdentity=name, MailFromDomain="b.mail.example", BehaviorOnMxFailure=behavior
        )
    raw_send(sesv2)
    for identity in region.identities.values():
        identity["MailFromAttributes"]["MailFromDomainStatus"] = "FAILED"
    with pytest.raises(sesv2.exceptions.MailFromDomainNotVerifiedException, match="MX record"):
        raw_send(sesv2)
    with pytest.raises(client("ses").exceptions.MailFromDomainNotVerifiedException):
        client("ses").send_raw_email(RawMessage={"Data": RAW})
    easy = RAW.replace(b"mailroom@", b"easy@")
    raw_send(sesv2, easy, FromEmailAddress="easy@mail.example")


def test_the_sandbox_lets_mail_out_to_verified_people_only(sesv2: Any, region: Region) -> None:
    """With the sandbox on, recipients must be verified too; the simulator always is."""
    region.account.sandbox = True
    with pytest.raises(ClientError, match=r"a@far\.example"):
        raw_send(sesv2)
    raw_send(sesv2, Destination={"ToAddresses": ["success@simulator.amazonses.com"]})


def test_a_raw_send_by_v2_is_asked_as_send_raw_email(sesv2: Any, backend: Any) -> None:
    """IAM is asked for ses:SendRawEmail, on the identity and on the configuration set, with SES's condition keys."""
    backend.asked.clear()
    raw_send(sesv2, ConfigurationSetName="inbound")
    context = {
        "ses:FromAddress": "mailroom@mail.example",
        "ses:FromDisplayName": "Mailroom",
        "ses:FeedbackAddress": "mailroom@mail.example",
        "ses:Recipients": ["a@far.example"],
    }
    arn = "arn:aws:ses:eu-west-1:000000000000:"
    assert backend.asked == [
        ("ses:SendRawEmail", f"{arn}identity/mail.example", context),
        ("ses:SendRawEmail", f"{arn}configuration-set/inbound", context),
    ]


def test_a_refusal_has_aws_s_words_in_both_apis(sesv2: Any, client: Client, backend: Any, ses: Ses) -> None:
    """A denied send is AccessDenied(Exception) with 403, and nothing is sent."""
    backend.denied.add("ses:SendRawEmail")
    with pytest.raises(ClientError, match="is not authorized to perform: ses:SendRawEmail on resource") as v2:
        raw_send(sesv2)
    with pytest.raises(
        ClientError, match=r"User `arn.*' is not authorized to perform `ses:SendRawEmail'"
    ) as v1:
        client("ses").send_raw_email(RawMessage={"Data": RAW})
    codes = [caught.value.response["Error"]["Code"] for caught in (v2, v1)]
    statuses = [caught.value.response["ResponseMetadata"]["HTTPStatusCode"] for caught in (v2, v1)]
    assert codes == ["AccessDeniedException", "AccessDenied"]
    assert statuses == [403, 403]
    assert ses.mail.listing() == []


def test_mail_to_ourselves_comes_in_by_the_other_door(
    sesv2: Any, client: Client, cloud: Any, ses: Ses
) -> None:
    """What is sent to an address that a rule covers is stored as received mail, too."""
    rules = client("ses")
    rules.create_receipt_rule_set(RuleSetName="main")
    rules.set_active_receipt_rule_set(RuleSetName="main")
    action = {"S3Action": {"BucketName": "raw", "ObjectKeyPrefix": "in/"}}
    rule = {
        "Name": "r",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Actions": [action],
        "Recipients": ["in@mail.example"],
    }
    rules.create_receipt_rule(RuleSetName="main", Rule=rule)
    cloud.objects.clear()
    raw_send(sesv2, Destination={"ToAddresses": ["in@mail.example", "a@far.example"]})
    (stored,) = cloud.objects.values()
    (sent,) = ses.mail.listing()
    left = ses.mail.raw(sent.id) or b""
    assert stored.endswith(left)
    assert unstamped(left) == RAW
    assert stored.startswith(f"Return-Path: <{sent.return_path}>\r\n".encode())


def test_a_reset_forgets_everything(sesv2: Any, ses: Ses, address: str) -> None:
    """POST /_ministack/reset clears our state as well as the emulator's."""
    import urllib.error
    import urllib.request

    raw_send(sesv2)
    with pytest.raises(urllib.error.HTTPError, match="418"):
        urllib.request.urlopen(
            urllib.request.Request(f"{address}/_ministack/reset", method="POST"), timeout=5
        )
    assert ses.mail.listing() == []
    assert list(ses.mail.folder.iterdir()) == []
    with pytest.raises(sesv2.exceptions.NotFoundException):
        sesv2.get_email_identity(EmailIdentity="mail.example")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("a b", "c", "Invalid tag name <a b>"),
        ("", "c", "Invalid tag name <>"),
        ("a", "c:d", "Invalid tag value <c:d>"),
        ("a", "x" * 257, "Invalid tag value"),
    ],
)
def test_a_tag_is_letters_digits_and_two_signs(sesv2: Any, name: str, value: str, complaint: str) -> None:
    """Whoever tags with anything else finds out here, and not in AWS."""
    with pytest.raises(ClientError, match=complaint):
        raw_send(sesv2, EmailTags=[{"Name": name, "Value": value}])
