"""Phone numbers: requested, described, changed, released. Every one is active at once."""

from __future__ import annotations

import secrets
from typing import Any

from ..protocol.messages import Operation
from .common import chosen, found, keep_tags, once, page
from .countries import calling_code
from .refusals import conflict, invalid
from .state import DEFAULT_LIST, Region, name_in

KIND = "phone-number"
CHANGEABLE = (
    "TwoWayEnabled", "TwoWayChannelArn", "TwoWayChannelRole", "SelfManagedOptOutsEnabled",
    "InternationalSendingEnabled", "DeletionProtectionEnabled",
)  # fmt: skip
LEASING_PRICE = "1.00"


def request(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """RequestPhoneNumber."""
    listed = found(region.lists, "opt-out-list", params.get("OptOutListName", DEFAULT_LIST))
    code = calling_code(params["IsoCountryCode"])
    if not code:
        raise invalid("COUNTRY_NOT_ENABLED", "IsoCountryCode", "No numbers in this country")
    named = f"phone-{secrets.token_hex(16)}"
    made: dict[str, Any] = {
        "PhoneNumberArn": region.arn(KIND, named),
        "PhoneNumberId": named,
        "PhoneNumber": _new_number(region, code),
        "Status": "ACTIVE",
        "IsoCountryCode": params["IsoCountryCode"],
        "MessageType": params["MessageType"],
        "NumberCapabilities": params["NumberCapabilities"],
        "NumberType": params["NumberType"],
        "MonthlyLeasingPrice": LEASING_PRICE,
        "TwoWayEnabled": False,
        "SelfManagedOptOutsEnabled": False,
        "OptOutListName": listed["OptOutListName"],
        "InternationalSendingEnabled": params.get("InternationalSendingEnabled", False),
        "DeletionProtectionEnabled": params.get("DeletionProtectionEnabled", False),
        "CreatedTimestamp": region.clock(),
    }
    if params.get("RegistrationId"):
        made["RegistrationId"] = params["RegistrationId"]
    if params.get("PoolId"):
        pool = found(region.pools, "pool", params["PoolId"])
        made["PoolId"] = pool["PoolId"]
        region.identities[pool["PoolId"]].append(named)
    region.numbers[named] = made
    return {**made, "Tags": keep_tags(region, made["PhoneNumberArn"], params)}


def _new_number(region: Region, code: str) -> str:
    taken = {number["PhoneNumber"] for number in region.numbers.values()}
    while True:
        number = f"+{code}" + "".join(secrets.choice("23456789") for _ in range(10))
        if number not in taken:
            return number


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribePhoneNumbers."""
    listed = chosen(region.numbers, KIND, params.get("PhoneNumberIds", []), params.get("Filters", []))
    return page(params, "PhoneNumbers", listed)


def update(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """UpdatePhoneNumber."""
    number = found(region.numbers, KIND, params["PhoneNumberId"])
    changes = {name: params[name] for name in CHANGEABLE if name in params}
    if params.get("OptOutListName"):
        changes["OptOutListName"] = found(region.lists, "opt-out-list", params["OptOutListName"])[
            "OptOutListName"
        ]
    number.update(changes)
    return without_pool(number)


def release(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ReleasePhoneNumber: one that is protected or in a pool stays."""
    number = found(region.numbers, KIND, params["PhoneNumberId"])
    if number["DeletionProtectionEnabled"]:
        raise conflict("DELETION_PROTECTION_ENABLED", KIND, number["PhoneNumberId"])
    if number.get("PoolId"):
        raise conflict("PHONE_NUMBER_ASSOCIATED_TO_POOL", KIND, number["PhoneNumberId"])
    del region.numbers[number["PhoneNumberId"]]
    region.tags.pop(number["PhoneNumberArn"], None)
    released = {**without_pool(number), "Status": "DELETED"}
    for member in ("InternationalSendingEnabled", "DeletionProtectionEnabled"):
        released.pop(member)
    return released


def without_pool(number: dict[str, Any]) -> dict[str, Any]:
    """A number as answers have it that do not tell of its pool."""
    return {name: value for name, value in number.items() if name != "PoolId"}


def by_any_name(region: Region, named: str) -> dict[str, Any] | None:
    """A number by its id, ARN or the number itself; None for none."""
    held = region.numbers.get(name_in(named))
    plain = named.lstrip("+")
    return held or next(
        (one for one in region.numbers.values() if one["PhoneNumber"].lstrip("+") == plain), None
    )


OPERATIONS: dict[str, Operation] = {
    "RequestPhoneNumber": once("RequestPhoneNumber", request),
    "DescribePhoneNumbers": describe,
    "UpdatePhoneNumber": update,
    "ReleasePhoneNumber": release,
}
