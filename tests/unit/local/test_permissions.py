"""What IAM is asked before a mail is sent: which resources, under which condition keys, with which policies."""

from __future__ import annotations

from typing import Any

import pytest

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.permissions import needed, quoted
from mailroom.local.engine.ses.state import Region

ARN = "arn:aws:ses:eu-west-1:000000000000:"
RAW = "From: {author}\r\nTo: a@far.example\r\n{more}\r\nx\r\n"


@pytest.fixture(autouse=True)
def known(region: Region) -> None:
    for name in ("mail.example", "vip@mail.example", "other.example"):
        identities.new_identity(region, name)


def raw(author: str = "me@mail.example", more: str = "", **said: Any) -> dict[str, Any]:
    """SendRawEmail as v1 and SMTP say it."""
    return {"RawMessage": {"Data": RAW.format(author=author, more=more).encode()}, **said}


def asked(region: Region, params: dict[str, Any], operation: str = "SendRawEmail") -> list[str]:
    """The resources that are asked for, without the part that all have."""
    return [one.resource.removeprefix(ARN) for one in needed(region, operation, params)]


@pytest.mark.parametrize(
    ("params", "resources"),
    [
        (raw(), ["identity/mail.example"]),
        (raw("vip@mail.example"), ["identity/vip@mail.example"]),
        (raw("me@sub.mail.example"), ["identity/mail.example"]),
        (raw("me@unknown.example"), ["identity/me@unknown.example"]),
        (raw(Source="me@mail.example"), ["identity/mail.example"]),
        (raw(Source="back@other.example"), ["identity/mail.example", "identity/other.example"]),
        (raw("me@mail.example, b@other.example"), ["identity/mail.example", "identity/other.example"]),
        (raw(ConfigurationSetName="s"), ["identity/mail.example", "configuration-set/s"]),
        (raw(more="X-SES-CONFIGURATION-SET: s\r\n"), ["identity/mail.example", "configuration-set/s"]),
        (raw(more=f"X-SES-SOURCE-ARN: {ARN}identity/vip@mail.example\r\n"), ["identity/vip@mail.example"]),
        (raw(more=f"X-SES-FROM-ARN: {ARN}identity/other.example\r\n"), ["identity/other.example"]),
        (
            raw(more=f"X-SES-RETURN-PATH-ARN: {ARN}identity/other.example\r\n"),
            ["identity/mail.example", "identity/other.example"],
        ),
        (
            raw(more=f"X-SES-SOURCE-ARN: {ARN}identity/vip@mail.example\r\n", SourceArn=f"{ARN}identity/other.example"),
            ["identity/other.example"],
        ),
    ],
)  # fmt: skip
def test_every_identity_that_is_used_is_asked_for(
    region: Region, params: dict[str, Any], resources: list[str]
) -> None:
    """The From addresses', the envelope's where it is another, those that ARNs name, and the configuration set."""
    assert asked(region, params) == resources


def test_the_default_configuration_set_is_asked_for_too(region: Region) -> None:
    """A policy that names the identity alone does not do where the identity has a default set."""
    region.identities["mail.example"]["ConfigurationSetName"] = "usual"
    assert asked(region, raw()) == ["identity/mail.example", "configuration-set/usual"]


@pytest.mark.parametrize(
    ("params", "context"),
    [
        (
            raw('"Ann, Sales" <me@mail.example>', Source="back@mail.example", Destinations=["b@far.example"]),
            {
                "ses:FromAddress": "me@mail.example",
                "ses:FromDisplayName": "Ann, Sales",
                "ses:FeedbackAddress": "back@mail.example",
                "ses:Recipients": ["b@far.example"],
            },
        ),
        (
            raw(more="Cc: c@far.example\r\nReturn-Path: <bounces@mail.example>\r\n"),
            {
                "ses:FromAddress": "me@mail.example",
                "ses:FeedbackAddress": "bounces@mail.example",
                "ses:Recipients": ["a@far.example", "c@far.example"],
            },
        ),
    ],
)
def test_the_condition_keys_of_a_raw_message(
    region: Region, params: dict[str, Any], context: dict[str, Any]
) -> None:
    """From is the header's, not the envelope's; feedback goes to Return-Path, else to the envelope's sender."""
    assert next(one.context for one in needed(region, "SendRawEmail", params)) == context


def test_a_simple_send_has_its_keys_from_the_call(region: Region) -> None:
    """v2 names sender, feedback address and recipients in parameters."""
    params = {
        "FromEmailAddress": "Ann <me@mail.example>",
        "FeedbackForwardingEmailAddress": "bounces@mail.example",
        "Destination": {"ToAddresses": ["a@far.example"], "BccAddresses": ["b@far.example"]},
        "Content": {"Simple": {}},
    }
    (one,) = needed(region, "SendEmail", params)
    assert (one.action, one.context) == (
        "ses:SendEmail",
        {
            "ses:FromAddress": "me@mail.example",
            "ses:FromDisplayName": "Ann",
            "ses:FeedbackAddress": "bounces@mail.example",
            "ses:Recipients": ["a@far.example", "b@far.example"],
        },
    )


def test_bulk_needs_two_actions_and_one_knows_no_addresses(region: Region) -> None:
    """ses:SendBulkEmail comes without the addresses' keys, ses:SendBulkTemplatedEmail with them."""
    asked = list(needed(region, "SendBulkEmail", {"FromEmailAddress": "me@mail.example"}))
    assert [(one.action, "ses:FromAddress" in one.context) for one in asked] == [
        ("ses:SendBulkEmail", False),
        ("ses:SendBulkTemplatedEmail", True),
    ]


def test_the_identity_s_policies_come_along(region: Region) -> None:
    """Sending authorization: what was put on the identity decides with the caller's own policies."""
    region.policies["mail.example"] = {"p": "{}"}
    (one,) = needed(region, "SendRawEmail", raw())
    assert one.policies == ("{}",)


def test_a_refusal_in_the_words_of_v1_and_smtp() -> None:
    """Quoted as SES quotes, without which policy lacks what."""
    said = (
        "User: arn:aws:iam::1:user/u is not authorized to perform: ses:SendRawEmail on resource: arn:x "
        "because no identity-based policy allows the ses:SendRawEmail action"
    )
    assert quoted(said) == (
        "User `arn:aws:iam::1:user/u' is not authorized to perform `ses:SendRawEmail' on resource `arn:x'"
    )


@pytest.mark.parametrize("member", ["IamRoleArn", "IAMRoleARN"])
def test_a_stream_s_role_is_passed_to_ses(region: Region, member: str) -> None:
    """Who makes an event destination of kind Firehose needs iam:PassRole on its role."""
    stream = {member: "arn:aws:iam::000000000000:role/events", "DeliveryStreamArn": "arn:aws:firehose:x"}
    params = {"ConfigurationSetName": "news", "EventDestination": {"KinesisFirehoseDestination": stream}}
    asked = list(needed(region, "CreateConfigurationSetEventDestination", params))
    assert [one.action for one in asked] == ["ses:CreateConfigurationSetEventDestination", "iam:PassRole"]
    assert asked[1].resource == "arn:aws:iam::000000000000:role/events"
    assert asked[1].context == {"iam:PassedToService": "ses.amazonaws.com"}


def test_a_pool_is_named(region: Region) -> None:
    """A dedicated pool is a resource of its own."""
    (asked,) = needed(region, "GetDedicatedIpPool", {"PoolName": "slow"})
    assert asked.resource == region.arn("dedicated-ip-pool", "slow")
