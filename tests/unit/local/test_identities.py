"""Identities, configuration sets, the account and the suppression list, as boto3 sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.ses.state import Region

Client = Callable[..., Any]


@pytest.fixture
def sesv2(client: Client) -> Any:
    return client("sesv2")


def test_a_new_domain_is_verified_and_signed_with_2048_bits(sesv2: Any) -> None:
    """An identity is usable at once, with three Easy DKIM tokens and the key length that was asked for."""
    made = sesv2.create_email_identity(
        EmailIdentity="mail.example", DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"}
    )
    dkim = sesv2.get_email_identity(EmailIdentity="mail.example")["DkimAttributes"]
    assert made["VerifiedForSendingStatus"] is True
    assert dkim["Tokens"] == made["DkimAttributes"]["Tokens"]
    assert [len(token) for token in dkim["Tokens"]] == [32, 32, 32]
    assert dkim["NextSigningKeyLength"] == dkim["CurrentSigningKeyLength"] == "RSA_2048_BIT"


def test_tokens_are_the_same_after_a_new_start(sesv2: Any) -> None:
    """The same identity has the same tokens in every run, so that records do not change."""
    first = sesv2.create_email_identity(EmailIdentity="mail.example")["DkimAttributes"]["Tokens"]
    sesv2.delete_email_identity(EmailIdentity="mail.example")
    assert sesv2.create_email_identity(EmailIdentity="mail.example")["DkimAttributes"]["Tokens"] == first


def test_identity_settings_come_back_as_put(sesv2: Any) -> None:
    """MAIL FROM, feedback, configuration set, tags and policies are all read back."""
    sesv2.create_configuration_set(ConfigurationSetName="inbound")
    sesv2.create_email_identity(
        EmailIdentity="mail.example", ConfigurationSetName="inbound", Tags=[{"Key": "a", "Value": "1"}]
    )
    sesv2.put_email_identity_mail_from_attributes(
        EmailIdentity="mail.example",
        MailFromDomain="bounce.mail.example",
        BehaviorOnMxFailure="REJECT_MESSAGE",
    )
    sesv2.put_email_identity_feedback_attributes(EmailIdentity="mail.example", EmailForwardingEnabled=False)
    sesv2.create_email_identity_policy(
        EmailIdentity="mail.example", PolicyName="p", Policy='{"Statement": []}'
    )
    found = sesv2.get_email_identity(EmailIdentity="mail.example")
    assert found["MailFromAttributes"] == {
        "MailFromDomain": "bounce.mail.example",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    assert found["FeedbackForwardingStatus"] is False
    assert found["ConfigurationSetName"] == "inbound"
    assert found["Tags"] == [{"Key": "a", "Value": "1"}]
    assert found["Policies"] == {"p": '{"Statement": []}'}


def test_a_configuration_set_keeps_every_option(sesv2: Any) -> None:
    """All seven kinds of options are put and read back; what was never set is answered as AWS does."""
    sesv2.create_configuration_set(ConfigurationSetName="s", DeliveryOptions={"TlsPolicy": "REQUIRE"})
    sesv2.put_configuration_set_reputation_options(ConfigurationSetName="s", ReputationMetricsEnabled=True)
    sesv2.put_configuration_set_sending_options(ConfigurationSetName="s", SendingEnabled=False)
    sesv2.put_configuration_set_suppression_options(ConfigurationSetName="s", SuppressedReasons=["BOUNCE"])
    sesv2.put_configuration_set_tracking_options(
        ConfigurationSetName="s", CustomRedirectDomain="t.mail.example"
    )
    vdm = {"DashboardOptions": {"EngagementMetrics": "ENABLED"}}
    sesv2.put_configuration_set_vdm_options(ConfigurationSetName="s", VdmOptions=vdm)
    found = sesv2.get_configuration_set(ConfigurationSetName="s")
    assert found["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert found["ReputationOptions"] == {"ReputationMetricsEnabled": True}
    assert found["SendingOptions"] == {"SendingEnabled": False}
    assert found["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}
    assert found["TrackingOptions"] == {"CustomRedirectDomain": "t.mail.example"}
    assert found["VdmOptions"] == vdm
    assert "ArchivingOptions" not in found


def test_event_destinations_live_and_die_with_their_set(sesv2: Any) -> None:
    """Created, changed, listed and deleted; a second one of the same name is refused."""
    sesv2.create_configuration_set(ConfigurationSetName="s")
    bus = {
        "EventBridgeDestination": {"EventBusArn": "arn:aws:events:eu-west-1:000000000000:event-bus/default"}
    }
    make = {"ConfigurationSetName": "s", "EventDestinationName": "d"}
    sesv2.create_configuration_set_event_destination(
        **make, EventDestination={"Enabled": True, "MatchingEventTypes": ["SEND"], **bus}
    )
    with pytest.raises(ClientError, match="already exists"):
        sesv2.create_configuration_set_event_destination(**make, EventDestination=bus)
    sesv2.update_configuration_set_event_destination(
        **make, EventDestination={"MatchingEventTypes": ["OPEN"], **bus}
    )
    (found,) = sesv2.get_configuration_set_event_destinations(ConfigurationSetName="s")["EventDestinations"]
    assert (found["Enabled"], found["MatchingEventTypes"]) == (False, ["OPEN"])
    sesv2.delete_configuration_set_event_destination(**make)
    assert not sesv2.get_configuration_set_event_destinations(ConfigurationSetName="s")["EventDestinations"]


def test_the_suppression_list_is_one_of_addresses_whatever_their_case(sesv2: Any) -> None:
    """An address is found under any case, listed by reason, and gone after it was deleted."""
    sesv2.put_suppressed_destination(EmailAddress="Who@Mail.example", Reason="BOUNCE")
    found = sesv2.get_suppressed_destination(EmailAddress="who@mail.example")["SuppressedDestination"]
    assert found["Reason"] == "BOUNCE"
    assert not sesv2.list_suppressed_destinations(Reasons=["COMPLAINT"])["SuppressedDestinationSummaries"]
    sesv2.delete_suppressed_destination(EmailAddress="who@mail.example")
    with pytest.raises(ClientError, match="does not exist on your suppression list"):
        sesv2.get_suppressed_destination(EmailAddress="who@mail.example")


def test_pages_follow_each_other_without_gap_or_twin(sesv2: Any) -> None:
    """Every identity is on exactly one page."""
    for number in range(5):
        sesv2.create_email_identity(EmailIdentity=f"d{number}.example")
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = sesv2.list_email_identities(PageSize=2, **token)
        seen += [one["IdentityName"] for one in answer["EmailIdentities"]]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert seen == [f"d{number}.example" for number in range(5)]


def test_account_switches_are_kept(sesv2: Any) -> None:
    """Sending, suppression and VDM of the account are put and read back; the sandbox is off."""
    validation = {"ConditionThreshold": {"ConditionThresholdEnabled": "DISABLED"}}
    sesv2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"], ValidationAttributes=validation)
    sesv2.put_account_vdm_attributes(VdmAttributes={"VdmEnabled": "ENABLED"})
    sesv2.put_account_sending_attributes(SendingEnabled=False)
    found = sesv2.get_account()
    assert found["SuppressionAttributes"] == {
        "SuppressedReasons": ["COMPLAINT"],
        "ValidationAttributes": validation,
    }
    assert found["VdmAttributes"] == {"VdmEnabled": "ENABLED"}
    assert (found["SendingEnabled"], found["ProductionAccessEnabled"]) == (False, True)


@pytest.mark.parametrize(
    ("call", "params", "kind"),
    [
        ("get_email_identity", {"EmailIdentity": "no.example"}, "NotFoundException"),
        ("delete_configuration_set", {"ConfigurationSetName": "no"}, "NotFoundException"),
        ("list_tags_for_resource", {"ResourceArn": "arn:aws:ses:eu-west-1:000000000000:identity/no"}, "NotFoundException"),
        ("create_email_identity", {"EmailIdentity": "a.example", "ConfigurationSetName": "no"}, "NotFoundException"),
        ("put_email_identity_mail_from_attributes", {"EmailIdentity": "there.example", "MailFromDomain": "else.org"}, "BadRequestException"),
        ("create_email_identity", {"EmailIdentity": "there.example"}, "AlreadyExistsException"),
    ],
)  # fmt: skip
def test_mistakes_have_their_modelled_names(sesv2: Any, call: str, params: dict[str, Any], kind: str) -> None:
    """What is not there, twice there, or out of place is refused by the name boto3 knows."""
    sesv2.create_email_identity(EmailIdentity="there.example")
    with pytest.raises(getattr(sesv2.exceptions, kind)):
        getattr(sesv2, call)(**params)


def test_v1_and_v2_see_the_same_identities(client: Client, sesv2: Any) -> None:
    """One SES behind two APIs: what v1 verifies v2 lists, and v1 reads what v2 set."""
    ses = client("ses")
    ses.verify_domain_identity(Domain="mail.example")
    ses.set_identity_mail_from_domain(Identity="mail.example", MailFromDomain="b.mail.example")
    found = sesv2.get_email_identity(EmailIdentity="mail.example")
    assert found["MailFromAttributes"]["MailFromDomain"] == "b.mail.example"
    status = ses.get_identity_verification_attributes(Identities=["mail.example", "no.example"])
    assert {name: one["VerificationStatus"] for name, one in status["VerificationAttributes"].items()} == {
        "mail.example": "Success"
    }
    ses.set_identity_notification_topic(
        Identity="mail.example", NotificationType="Bounce", SnsTopic="arn:aws:sns:x:1:t"
    )
    ses.set_identity_headers_in_notifications_enabled(
        Identity="mail.example", NotificationType="Bounce", Enabled=True
    )
    told = ses.get_identity_notification_attributes(Identities=["mail.example"])["NotificationAttributes"]
    assert told["mail.example"]["BounceTopic"] == "arn:aws:sns:x:1:t"
    assert told["mail.example"]["HeadersInBounceNotificationsEnabled"] is True


@pytest.mark.parametrize("policy", ["{", "[]", '"text"'])
def test_a_policy_that_is_none_is_refused_by_both_apis(client: Client, domain: Region, policy: str) -> None:
    """IAM reads it at every send: it would be the sends that fail."""
    name, kept = "mail.example", {"PolicyName": "p", "Policy": policy}
    with pytest.raises(ClientError, match=r"InvalidPolicy.*not valid JSON"):
        client("ses").put_identity_policy(Identity=name, **kept)
    with pytest.raises(ClientError, match=r"BadRequestException.*not valid JSON"):
        client("sesv2").create_email_identity_policy(EmailIdentity=name, **kept)
    assert domain.policies.get(name, {}) == {}


@pytest.mark.parametrize("size", [-5, 0])
def test_a_page_of_no_size_is_as_long_as_any(client: Client, sesv2: Any, size: int) -> None:
    """Both APIs answer what there is."""
    sesv2.create_email_identity(EmailIdentity="a.example")
    assert client("ses").list_identities(MaxItems=size)["Identities"] == ["a.example"]
    assert len(sesv2.list_email_identities(PageSize=size)["EmailIdentities"]) == 1


NO_DOMAINS = (
    " mail.example ", "mail.example.", "-mail.example", "bücher.example", "<b>.example", "mail..example",
    "localhost", f"{'a' * 64}.example", ".".join(["a" * 60] * 5),
)  # fmt: skip


@pytest.mark.parametrize("name", NO_DOMAINS)
def test_what_is_no_domain_is_no_identity(client: Client, sesv2: Any, name: str) -> None:
    """Each API has its own name for that, and the same words."""
    ses = client("ses")
    for call in (ses.verify_domain_identity, ses.verify_domain_dkim):
        with pytest.raises(ClientError, match=r"InvalidParameterValue.*: Invalid domain name "):
            call(Domain=name)
    with pytest.raises(sesv2.exceptions.BadRequestException, match="Invalid domain name "):
        sesv2.create_email_identity(EmailIdentity=name)
    assert sesv2.list_email_identities()["EmailIdentities"] == []


@pytest.mark.parametrize(
    "name", ["@", "a@", "@mail.example", "ü@mail.example", "a b@mail.example", "a@b\x01.example"]
)
def test_what_is_no_address_is_no_identity(client: Client, sesv2: Any, name: str) -> None:
    """Nor is an address a domain."""
    ses = client("ses")
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*: Invalid email address<"):
        ses.verify_email_identity(EmailAddress=name)
    with pytest.raises(sesv2.exceptions.BadRequestException, match="Invalid email address<"):
        sesv2.create_email_identity(EmailIdentity=name)
    with pytest.raises(ClientError, match="Invalid domain name "):
        ses.verify_domain_identity(Domain="a@mail.example")


@pytest.mark.parametrize(
    "name", ["mail.example", "a_b.Mail.example", "xn--bcher-kva.example", "a+b@mail.example"]
)
def test_what_is_one_is_taken(sesv2: Any, name: str) -> None:
    """Punycode, underscores, any case, labels of addresses."""
    assert sesv2.create_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"]
