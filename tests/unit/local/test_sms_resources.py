"""End User Messaging's phone numbers, pools, opt-out lists and configuration sets, as boto3 asks for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.unit.local.texting import ARN, refused, request


@pytest.fixture
def client_(client: Callable[..., Any]) -> Any:
    return client("pinpoint-sms-voice-v2")


def test_a_number_is_requested_found_changed_tagged_and_released(client_: Any) -> None:
    """As Terraform's aws_pinpointsmsvoicev2_phone_number does it; a protected one stays."""
    made = request(client_, DeletionProtectionEnabled=True, Tags=[{"Key": "a", "Value": "b"}])
    named = {"PhoneNumberId": made["PhoneNumberId"]}
    (held,) = client_.describe_phone_numbers(PhoneNumberIds=[made["PhoneNumberId"]])["PhoneNumbers"]
    assert (held["PhoneNumberArn"], held["Status"]) == (
        f"{ARN}phone-number/{made['PhoneNumberId']}",
        "ACTIVE",
    )
    assert client_.list_tags_for_resource(ResourceArn=held["PhoneNumberArn"])["Tags"] == [
        {"Key": "a", "Value": "b"}
    ]
    assert refused(lambda: client_.release_phone_number(**named)) == (
        "ConflictException",
        "DELETION_PROTECTION_ENABLED",
    )
    client_.update_phone_number(**named, DeletionProtectionEnabled=False)
    assert client_.release_phone_number(**named)["Status"] == "DELETED"
    assert (
        refused(lambda: client_.describe_phone_numbers(PhoneNumberIds=[made["PhoneNumberId"]]))[0]
        == "ResourceNotFoundException"
    )


def test_the_same_token_asks_for_the_same_number(client_: Any) -> None:
    """A lost answer makes no second number."""
    assert (
        request(client_, ClientToken="t")["PhoneNumberId"]
        == request(client_, ClientToken="t")["PhoneNumberId"]
    )
    assert len(client_.describe_phone_numbers()["PhoneNumbers"]) == 1


def test_numbers_are_filtered_and_come_page_by_page(client_: Any) -> None:
    """Filters by member; a token leads to the next page."""
    for country in ("US", "ES", "US"):
        request(client_, "LONG_CODE", country)
    only = [{"Name": "iso-country-code", "Values": ["US"]}, {"Name": "two-way-enabled", "Values": ["false"]}]
    assert len(client_.describe_phone_numbers(Filters=only)["PhoneNumbers"]) == 2
    pages = client_.get_paginator("describe_phone_numbers").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["PhoneNumbers"]) for page in pages] == [2, 1]


def test_pools_hold_numbers(client_: Any) -> None:
    """A number is in one pool; a pool keeps its last one; who is in a pool is not released."""
    first, second = (request(client_, "LONG_CODE")["PhoneNumberId"] for _ in range(2))
    pool = client_.create_pool(OriginationIdentity=first, MessageType="TRANSACTIONAL")["PoolId"]
    client_.associate_origination_identity(PoolId=pool, OriginationIdentity=second, IsoCountryCode="US")
    listed = client_.list_pool_origination_identities(PoolId=pool)["OriginationIdentities"]
    assert [one["OriginationIdentity"] for one in listed] == [first, second]
    assert (
        refused(lambda: client_.release_phone_number(PhoneNumberId=first))[1]
        == "PHONE_NUMBER_ASSOCIATED_TO_POOL"
    )
    client_.disassociate_origination_identity(PoolId=pool, OriginationIdentity=second, IsoCountryCode="US")
    last = partial(
        client_.disassociate_origination_identity, PoolId=pool, OriginationIdentity=first, IsoCountryCode="US"
    )
    assert refused(last)[1] == "LAST_PHONE_NUMBER"
    client_.delete_pool(PoolId=pool)
    client_.release_phone_number(PhoneNumberId=first)


@pytest.mark.parametrize(
    ("create", "delete", "member"),
    [
        ("create_configuration_set", "delete_configuration_set", "ConfigurationSetName"),
        ("create_opt_out_list", "delete_opt_out_list", "OptOutListName"),
    ],
)
def test_sets_and_lists_are_made_once_and_deleted(
    client_: Any, create: str, delete: str, member: str
) -> None:
    """A second of the same name is refused; so is what is not there."""
    getattr(client_, create)(**{member: "one"})
    assert refused(lambda: getattr(client_, create)(**{member: "one"})) == (
        "ConflictException",
        "RESOURCE_ALREADY_EXISTS",
    )
    getattr(client_, delete)(**{member: "one"})
    assert refused(lambda: getattr(client_, delete)(**{member: "one"}))[0] == "ResourceNotFoundException"


def test_a_list_that_is_used_stays(client_: Any) -> None:
    """As does the account's own."""
    client_.create_opt_out_list(OptOutListName="used")
    request(client_, OptOutListName="used")
    for name in ("used", "Default"):
        gone = partial(client_.delete_opt_out_list, OptOutListName=name)
        assert refused(gone)[1] == "RESOURCE_DELETION_NOT_ALLOWED"
