"""The wire protocols, spoken by boto3 itself and by clients that are less polite."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.protocol.model import service_model
from mailroom.local.engine.protocol.query import QueryService
from mailroom.local.engine.protocol.validate import complaints
from mailroom.local.engine.ses import v1, v2

Client = Callable[..., Any]


def v2_call(address: str, method: str, path: str, body: Any = None) -> tuple[int, str, dict[str, Any]]:
    """(status, error type, document) of a hand-made SES v2 call."""
    data = None if body is None else json.dumps(body).encode() if not isinstance(body, bytes) else body
    request = urllib.request.Request(address + path, data=data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, "", json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("x-amzn-errortype", ""), json.loads(error.read())


def v1_call(address: str, form: dict[str, str]) -> tuple[int, str]:
    """(status, XML) of a hand-made SES v1 call."""
    scope = "AWS4-HMAC-SHA256 Credential=test/20261124/eu-west-1/ses/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(address + "/", urlencode(form).encode(), {"Authorization": scope})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "words"),
    [
        ("POST", "/v2/email/identities", {"EmailIdentity": "a.example", "Colour": "red"}, "BadRequestException", "Colour"),
        ("POST", "/v2/email/identities", {}, "BadRequestException", "EmailIdentity"),
        ("POST", "/v2/email/identities", {"EmailIdentity": 5}, "BadRequestException", "type"),
        ("POST", "/v2/email/identities", b"{nonsense", "SerializationException", "JSON"),
        ("POST", "/v2/email/identities", b"[1]", "SerializationException", "object"),
        ("PUT", "/v2/email/suppression/addresses", {"EmailAddress": "a@b.example", "Reason": "MOOD"}, "BadRequestException", "enum"),
        ("GET", "/v2/email/identities/a.example?Colour=red", None, "BadRequestException", "Colour"),
        ("PUT", "/v2/email/configuration-sets/s/sending", {"ConfigurationSetName": "t"}, "BadRequestException", "body"),
        ("POST", "/v2/email/outbound-emails", {"Content": {"Raw": {"Data": "%%"}}}, "SerializationException", "blob"),
    ],
)  # fmt: skip
def test_v2_refuses_what_the_model_does_not_say(
    address: str, method: str, path: str, body: Any, kind: str, words: str
) -> None:
    """A request that breaks boto3's model is refused by a modelled name, in words that name the member."""
    status, error, document = v2_call(address, method, path, body)
    assert (status, error) == (400, kind)
    assert words in document["message"]


def test_v2_answers_what_is_not_there_yet_in_words(client: Client) -> None:
    """An operation of AWS that is not built says so, and does not pretend."""
    with pytest.raises(ClientError, match="ListExportJobs is not in the local SES yet") as caught:
        client("sesv2").list_export_jobs()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize(("path", "member"), [("identities", "EmailIdentities"), ("configuration-sets", "ConfigurationSets")])  # fmt: skip
def test_v2_still_knows_the_ways_of_older_clients(
    address: str, client: Client, path: str, member: str
) -> None:
    """What newer models ask for elsewhere is listed for an older AWS CLI too, page by page."""
    for name in ("a.example", "b.example"):
        client("sesv2").create_email_identity(EmailIdentity=name)
        client("sesv2").create_configuration_set(ConfigurationSetName=name.replace(".", "-"))
    _, _, first = v2_call(address, "GET", f"/v2/email/{path}?PageSize=1")
    _, _, rest = v2_call(address, "GET", f"/v2/email/{path}?NextToken={first['NextToken']}")
    assert [len(first[member]), len(rest[member]), "NextToken" in rest] == [1, 1, False]
    assert first[member] != rest[member]


def test_v2_knows_no_other_paths(address: str) -> None:
    """A path that no operation has is not found."""
    assert v2_call(address, "GET", "/v2/email/nothing")[:2] == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("form", "code", "words"),
    [
        ({"Action": "CreateReceiptRuleSet", "RuleSetName": "a", "Colour": "red"}, "ValidationError", "Colour"),
        ({"Action": "CreateReceiptRuleSet"}, "ValidationError", "RuleSetName"),
        ({"Action": "Dance"}, "InvalidAction", "Dance"),
        (
            {"Action": "CreateReceiptFilter", "Filter.Name": "a", "Filter.IpFilter.Policy": "Maybe", "Filter.IpFilter.Cidr": "10.0.0.0/8"},
            "ValidationError",
            "enum",
        ),
        ({"Action": "UpdateAccountSendingEnabled", "Enabled": "perhaps"}, "SerializationException", "boolean"),
    ],
)  # fmt: skip
def test_v1_refuses_what_the_model_does_not_say(
    address: str, form: dict[str, str], code: str, words: str
) -> None:
    """The same for the query protocol."""
    _, text = v1_call(address, form)
    assert f"<Code>{code}</Code>" in text
    assert words in text


def test_a_list_of_structures_survives_the_form(client: Client) -> None:
    """What boto3 writes as a form comes back as it was put: lists, structures, booleans, times."""
    ses = client("ses")
    ses.create_receipt_rule_set(RuleSetName="main")
    rule = {
        "Name": "r",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Recipients": ["a@in.example", ".in.example"],
        "Actions": [
            {"AddHeaderAction": {"HeaderName": "X-One", "HeaderValue": 'a"b&<é>'}},
            {"StopAction": {"Scope": "RuleSet"}},
        ],
        "ScanEnabled": False,
    }
    ses.create_receipt_rule(RuleSetName="main", Rule=rule)
    found = ses.describe_receipt_rule_set(RuleSetName="main")
    assert found["Rules"] == [rule]
    assert found["Metadata"]["CreatedTimestamp"].isoformat() == "2026-11-24T12:00:00+00:00"


def test_percent_signs_in_a_path_are_part_of_the_name(client: Client) -> None:
    """An address in a path is decoded once, by the server that owns the path."""
    sesv2 = client("sesv2")
    sesv2.create_email_identity(EmailIdentity="a+b%2F@mail.example")
    assert sesv2.get_email_identity(EmailIdentity="a+b%2F@mail.example")["IdentityType"] == "EMAIL_ADDRESS"


def test_absent_booleans_are_false(address: str, client: Client) -> None:
    """The Go SDK leaves false out of the JSON: absent is false, not unchanged."""
    sesv2 = client("sesv2")
    sesv2.create_email_identity(EmailIdentity="a.example")
    assert v2_call(address, "PUT", "/v2/email/identities/a.example/feedback", {})[0] == 200
    assert sesv2.get_email_identity(EmailIdentity="a.example")["FeedbackForwardingStatus"] is False


def test_an_answer_has_modelled_members_only(ses: Any) -> None:
    """A handler that answers a member AWS has not is our bug, and shows as one."""
    service = QueryService("ses", {"GetSendQuota": lambda state, params: {"Colour": "red"}})
    from mailroom.local.engine.protocol.messages import Request

    answer = service.respond(
        Request("POST", "/", body=b"Action=GetSendQuota"), None, lambda name, params: None
    )
    assert answer.status == 500
    assert b"InternalFailure" in answer.body


@pytest.mark.parametrize(("name", "operations"), [("ses", v1.OPERATIONS), ("sesv2", v2.OPERATIONS)])
def test_every_operation_is_one_of_aws(name: str, operations: dict[str, Any]) -> None:
    """No operation is registered under a name that boto3 does not know."""
    assert set(operations) <= set(service_model(name).operation_names)


def test_ranges_are_checked_at_every_depth() -> None:
    """A maximum deep in a list is seen, and its place is named."""
    shape = service_model("sesv2").operation_model("SendEmail").input_shape
    attachment = {"RawContent": b"x", "FileName": "n" * 256}
    simple = {"Subject": {"Data": "s"}, "Body": {}, "Attachments": [attachment]}
    assert "Content.Simple.Attachments.1.FileName" in complaints(shape, {"Content": {"Simple": simple}})


@pytest.mark.parametrize(
    "body",
    [b'{"a":' + b"[" * 100_000, b'{"EmailIdentity": "\\ud800.example"}', b'{"EmailIdentity": "\xff"}'],
    ids=["nested", "half a character", "not UTF-8"],
)
def test_v2_takes_no_json_that_it_could_not_keep(address: str, body: bytes) -> None:
    """What cannot be read, or not be written again, is refused as AWS refuses broken JSON."""
    status, kind, _ = v2_call(address, "POST", "/v2/email/identities", body)
    assert (status, kind) == (400, "SerializationException")


@pytest.mark.parametrize("date", ["1e300", "inf", "nan", "-99999999999999", "2026-13-01", "Mon, nothing"])
def test_a_time_that_is_none_is_refused(address: str, date: str) -> None:
    """However far it is out of any calendar."""
    found = v2_call(address, "GET", f"/v2/email/suppression/addresses?StartDate={quote(date)}")
    assert found[:2] == (400, "SerializationException")


@pytest.mark.parametrize("date", ["2026-11-01", "2026-11-01T00:00:00", "Sun, 01 Nov 2026 00:00:00 -0000"])
def test_a_time_without_a_zone_is_utc(address: str, client: Client, date: str) -> None:
    """It is compared with the list's own times."""
    client("sesv2").put_suppressed_destination(EmailAddress="a@far.example", Reason="BOUNCE")
    path = f"/v2/email/suppression/addresses?StartDate={quote(date)}"
    assert len(v2_call(address, "GET", path)[2]["SuppressedDestinationSummaries"]) == 1


@pytest.mark.parametrize(
    "number", ["9" * 5000, "\u0663", "-1", "x"], ids=["huge", "Arabic", "negative", "word"]
)
def test_v1_numbers_its_lists_in_plain_digits(address: str, number: str) -> None:
    """A member with another number is one that AWS does not know."""
    form = {"Action": "GetIdentityVerificationAttributes", f"Identities.member.{number}": "a.example"}
    assert "<Code>ValidationError</Code>" in v1_call(address, form)[1]


def test_v1_answers_xml_whatever_was_asked(client: Client) -> None:
    """Letters that XML does not have make no answer that boto3 cannot read."""
    ses = client("ses")
    with pytest.raises(ses.exceptions.TemplateDoesNotExistException, match="a\ufffdb"):
        ses.get_template(TemplateName="a\x01b")


def test_line_ends_survive_xml(client: Client) -> None:
    """XML's readers make LF of CRLF, unless CR is written as a reference (XML 1.0, 2.11)."""
    ses = client("ses")
    template = {"TemplateName": "t", "SubjectPart": "s", "TextPart": "one\r\ntwo\tthree\n"}
    ses.create_template(Template=template)
    assert ses.get_template(TemplateName="t")["Template"] == template
