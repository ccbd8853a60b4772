"""What else SES's APIs have: verification e-mails, IP pools, tracking, filters, older names, and what is not here."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses import identities
from mailroom.local.engine.ses.state import Region, Ses

Client = Callable[..., Any]
TEMPLATE = {
    "TemplateName": "hello",
    "FromEmailAddress": "m@mail.example",
    "TemplateSubject": "Please confirm",
    "TemplateContent": "<h1>Click</h1>",
    "SuccessRedirectionURL": "https://mail.example/good",
    "FailureRedirectionURL": "https://mail.example/bad",
}


@pytest.fixture
def ses_v1(client: Client) -> Any:
    return client("ses")


def test_a_verification_e_mail_makes_the_address_an_identity(sesv2: Any, ses_v1: Any, ses: Ses) -> None:
    """The template's words go out with AWS's disclaimer, by either API, and the address is listed."""
    sesv2.create_custom_verification_email_template(**TEMPLATE)
    for api, address in ((sesv2, "a@far.example"), (ses_v1, "b@far.example")):
        api.send_custom_verification_email(EmailAddress=address, TemplateName="hello")
        assert address in ses_v1.list_identities(IdentityType="EmailAddress")["Identities"]
    for sent in ses.mail.listing():
        message = message_from_bytes(ses.mail.raw(sent.id) or b"")
        assert (message["Subject"], message["From"]) == ("Please confirm", "m@mail.example")
        text = bytes(message.get_payload(decode=True)).decode()
        assert text.startswith("<h1>Click</h1>")
        assert "If you did not request to verify this email address" in text


def test_verification_templates_are_one_store_behind_both_apis(sesv2: Any, ses_v1: Any) -> None:
    """Made by one, changed by the other, listed without their content."""
    ses_v1.create_custom_verification_email_template(**TEMPLATE)
    sesv2.update_custom_verification_email_template(**{**TEMPLATE, "TemplateSubject": "New"})
    found = ses_v1.get_custom_verification_email_template(TemplateName="hello")
    assert {name: found[name] for name in TEMPLATE} == {**TEMPLATE, "TemplateSubject": "New"}
    ses_v1.update_custom_verification_email_template(TemplateName="hello", TemplateSubject="Newer")
    for api in (sesv2, ses_v1):
        (one,) = api.list_custom_verification_email_templates()["CustomVerificationEmailTemplates"]
        assert (one["TemplateSubject"], "TemplateContent" in one) == ("Newer", False)
    sesv2.delete_custom_verification_email_template(TemplateName="hello")
    ses_v1.delete_custom_verification_email_template(TemplateName="hello")
    with pytest.raises(sesv2.exceptions.NotFoundException):
        sesv2.get_custom_verification_email_template(TemplateName="hello")


@pytest.mark.parametrize(
    ("change", "v1_code", "v2_kind"),
    [
        ({"FromEmailAddress": "x@bad.example"}, "FromEmailAddressNotVerified", "NotFoundException"),
        ({"SuccessRedirectionURL": "nowhere"}, "InvalidParameterValue", "BadRequestException"),
        ({"TemplateName": "hello"}, "CustomVerificationEmailTemplateAlreadyExists", "AlreadyExistsException"),
    ],
)
def test_verification_templates_are_refused_by_each_api_s_names(
    sesv2: Any, ses_v1: Any, change: dict[str, str], v1_code: str, v2_kind: str
) -> None:
    """Who may not send, what is no address of a page, and a name that is taken."""
    sesv2.create_custom_verification_email_template(**TEMPLATE)
    template = {**TEMPLATE, "TemplateName": "other", **change}
    with pytest.raises(ClientError) as caught:
        ses_v1.create_custom_verification_email_template(**template)
    assert caught.value.response["Error"]["Code"] == v1_code
    with pytest.raises(getattr(sesv2.exceptions, v2_kind)):
        sesv2.create_custom_verification_email_template(**template)


def test_the_sandbox_sends_no_verification_e_mails(sesv2: Any, ses_v1: Any, region: Region) -> None:
    """Production access is needed."""
    sesv2.create_custom_verification_email_template(**TEMPLATE)
    region.account.sandbox = True
    with pytest.raises(ses_v1.exceptions.ProductionAccessNotGrantedException):
        ses_v1.send_custom_verification_email(EmailAddress="a@far.example", TemplateName="hello")


def test_ip_pools_are_kept_and_empty(sesv2: Any) -> None:
    """Created, listed, made managed, deleted; there are no addresses to put into one."""
    sesv2.create_dedicated_ip_pool(PoolName="pool", Tags=[{"Key": "k", "Value": "v"}])
    arn = "arn:aws:ses:eu-west-1:000000000000:dedicated-ip-pool/pool"
    assert sesv2.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    assert sesv2.get_dedicated_ip_pool(PoolName="pool")["DedicatedIpPool"]["ScalingMode"] == "STANDARD"
    sesv2.put_dedicated_ip_pool_scaling_attributes(PoolName="pool", ScalingMode="MANAGED")
    with pytest.raises(sesv2.exceptions.BadRequestException):
        sesv2.put_dedicated_ip_pool_scaling_attributes(PoolName="pool", ScalingMode="STANDARD")
    assert sesv2.get_dedicated_ips(PoolName="pool")["DedicatedIps"] == []
    with pytest.raises(sesv2.exceptions.AlreadyExistsException):
        sesv2.create_dedicated_ip_pool(PoolName="pool")
    sesv2.delete_dedicated_ip_pool(PoolName="pool")
    assert sesv2.list_dedicated_ip_pools()["DedicatedIpPools"] == []
    with pytest.raises(sesv2.exceptions.NotFoundException):
        sesv2.get_dedicated_ips(PoolName="pool")


def test_tracking_of_a_set_is_seen_by_both_apis(sesv2: Any, ses_v1: Any) -> None:
    """v1 makes, changes and removes what v2 reads; v1 describes the parts that it is asked for."""
    ses_v1.create_configuration_set(ConfigurationSet={"Name": "s"})
    given = {"ConfigurationSetName": "s", "TrackingOptions": {"CustomRedirectDomain": "t.mail.example"}}
    with pytest.raises(ses_v1.exceptions.TrackingOptionsDoesNotExistException):
        ses_v1.update_configuration_set_tracking_options(**given)
    ses_v1.create_configuration_set_tracking_options(**given)
    with pytest.raises(ses_v1.exceptions.TrackingOptionsAlreadyExistsException):
        ses_v1.create_configuration_set_tracking_options(**given)
    assert (
        sesv2.get_configuration_set(ConfigurationSetName="s")["TrackingOptions"] == given["TrackingOptions"]
    )
    ses_v1.put_configuration_set_delivery_options(
        ConfigurationSetName="s", DeliveryOptions={"TlsPolicy": "Require"}
    )
    ses_v1.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName="s", Enabled=True)
    asked = ["trackingOptions", "deliveryOptions", "reputationOptions"]
    found = ses_v1.describe_configuration_set(ConfigurationSetName="s", ConfigurationSetAttributeNames=asked)
    assert found["TrackingOptions"] == given["TrackingOptions"]
    assert found["DeliveryOptions"] == {"TlsPolicy": "Require"}
    assert found["ReputationOptions"] == {"SendingEnabled": True, "ReputationMetricsEnabled": True}
    assert "DeliveryOptions" not in ses_v1.describe_configuration_set(ConfigurationSetName="s")
    ses_v1.delete_configuration_set_tracking_options(ConfigurationSetName="s")
    assert "TrackingOptions" not in sesv2.get_configuration_set(ConfigurationSetName="s")


def test_message_security_is_changed_and_left_alone(sesv2: Any) -> None:
    """UpdateConfigurationSet changes what it is given."""
    signed = {"SigningScheme": {"SmimeScheme": {"SignatureFormat": "DETACHED"}}}
    sesv2.create_configuration_set(ConfigurationSetName="s")
    sesv2.update_configuration_set(ConfigurationSetName="s", MessageSecurityOptions=signed)
    sesv2.update_configuration_set(ConfigurationSetName="s")
    assert sesv2.get_configuration_set(ConfigurationSetName="s")["MessageSecurityOptions"] == signed


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"IDENTITY_TYPE": "DOMAIN"}, ["mail.example"]),
        ({"IDENTITY_NAME_CONTAINS": "a@"}, ["a@far.example"]),
        ({"VERIFICATION_STATUS": "PENDING"}, []),
        ({"IDENTITY_TYPE": "EMAIL_ADDRESS", "VERIFICATION_STATUS": "SUCCESS"}, ["a@far.example"]),
    ],
)
def test_identities_are_listed_by_filter(sesv2: Any, wanted: dict[str, str], names: list[str]) -> None:
    """By name, type and status, and all of them must fit."""
    sesv2.create_email_identity(EmailIdentity="a@far.example")
    found = sesv2.list_email_identities(Filter=wanted)["EmailIdentities"]
    assert [one["IdentityName"] for one in found] == names


def test_configuration_sets_are_listed_by_part_of_their_name(sesv2: Any) -> None:
    """CONFIGURATION_SET_NAME_CONTAINS."""
    for name in ("news", "receipts"):
        sesv2.create_configuration_set(ConfigurationSetName=name)
    found = sesv2.list_configuration_sets(Filter={"CONFIGURATION_SET_NAME_CONTAINS": "ceip"})
    assert found["ConfigurationSets"] == ["receipts"]


def test_v1_pages_its_lists(sesv2: Any, ses_v1: Any) -> None:
    """Identities and configuration sets, by MaxItems and NextToken; an empty token is none."""
    for number in range(3):
        sesv2.create_configuration_set(ConfigurationSetName=f"s{number}")
        sesv2.create_email_identity(EmailIdentity=f"a{number}@far.example")
    first = ses_v1.list_configuration_sets(MaxItems=2, NextToken="")
    rest = ses_v1.list_configuration_sets(NextToken=first["NextToken"])
    sets = [one["Name"] for one in first["ConfigurationSets"] + rest["ConfigurationSets"]]
    assert sets == ["s0", "s1", "s2"]
    assert "NextToken" not in rest
    found: list[str] = (
        ses_v1.get_paginator("list_identities").paginate(MaxItems=1).build_full_result()["Identities"]
    )
    assert found == ["a0@far.example", "a1@far.example", "a2@far.example", "mail.example"]


def test_v1_s_older_names_for_addresses_still_work(sesv2: Any, ses_v1: Any) -> None:
    """VerifyEmailAddress, ListVerifiedEmailAddresses, DeleteVerifiedEmailAddress."""
    ses_v1.verify_email_address(EmailAddress="a@far.example")
    assert ses_v1.list_verified_email_addresses()["VerifiedEmailAddresses"] == ["a@far.example"]
    ses_v1.delete_verified_email_address(EmailAddress="a@far.example")
    assert ses_v1.list_verified_email_addresses()["VerifiedEmailAddresses"] == []
    with pytest.raises(ClientError, match="Invalid email address<nobody>"):
        ses_v1.verify_email_identity(EmailAddress="nobody")


def test_a_mail_from_domain_is_below_its_identity_in_v1_too(sesv2: Any, ses_v1: Any) -> None:
    """Else it is refused, and the setting stays as it was."""
    ses_v1.set_identity_mail_from_domain(Identity="mail.example", MailFromDomain="b.mail.example")
    with pytest.raises(ClientError, match=r"is not subdomain of the domain <mail\.example>"):
        ses_v1.set_identity_mail_from_domain(Identity="mail.example", MailFromDomain="b.else.example")
    found = ses_v1.get_identity_mail_from_domain_attributes(Identities=["mail.example"])
    assert found["MailFromDomainAttributes"]["mail.example"]["MailFromDomain"] == "b.mail.example"


@pytest.mark.parametrize("kind", ["template/t", "contact-list/l", "identity/mail.example"])
def test_everything_that_has_an_arn_can_be_tagged(sesv2: Any, kind: str) -> None:
    """Templates and lists as well as identities; tags go with what they are on."""
    sesv2.create_email_template(TemplateName="t", TemplateContent={"Text": "t"})
    sesv2.create_contact_list(ContactListName="l")
    arn = f"arn:aws:ses:eu-west-1:000000000000:{kind}"
    sesv2.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    sesv2.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert sesv2.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@pytest.mark.parametrize(
    ("call", "params", "words"),
    [
        ("get_message_insights", {"MessageId": "1"}, "real mailbox providers"),
        ("list_tenants", {}, "tenants are not built"),
        ("get_dedicated_ip", {"Ip": "192.0.2.1"}, "no dedicated IP addresses"),
    ],
)
def test_what_cannot_be_here_says_why(sesv2: Any, call: str, params: dict[str, str], words: str) -> None:
    """NotImplemented, with the reason."""
    with pytest.raises(ClientError, match=words) as caught:
        getattr(sesv2, call)(**params)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


ARN = "arn:aws:ses:eu-west-1:000000000000:identity/"


@pytest.mark.parametrize(
    ("member", "name", "good"),
    [
        ("FromEmailAddressIdentityArn", "mail.example", True),
        ("FromEmailAddressIdentityArn", "other.example", False),
        ("FeedbackForwardingEmailAddressIdentityArn", "other.example", True),
        ("FeedbackForwardingEmailAddressIdentityArn", "mail.example", False),
        ("SourceArn", "mail.example", True),
        ("SourceArn", "other.example", False),
        ("ReturnPathArn", "other.example", True),
        ("ReturnPathArn", "mail.example", False),
    ],
)
def test_a_named_identity_must_cover_the_address_it_is_named_for(
    client: Client, region: Region, member: str, name: str, good: bool
) -> None:
    """An ARN in a call is a verified identity of the account that covers the address; else the mail is refused."""
    for one in ("mail.example", "other.example"):
        identities.new_identity(region, one)
    sender, back = "me@mail.example", "back@other.example"
    text = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    to, arn = {"ToAddresses": ["a@far.example"]}, {member: f"{ARN}{name}"}

    def call() -> None:
        if member in ("SourceArn", "ReturnPathArn"):
            client("ses").send_email(Source=sender, ReturnPath=back, Destination=to, Message=text, **arn)
        else:
            client("sesv2").send_email(
                FromEmailAddress=sender,
                FeedbackForwardingEmailAddress=back,
                Destination=to,
                Content={"Simple": text},
                **arn,
            )

    if good:
        call()
    else:
        with pytest.raises(ClientError, match=r"MessageRejected.*not verified.*EU-WEST-1: (me|back)@"):
            call()
