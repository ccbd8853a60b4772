"""Pools of phone numbers, as far as sending by one."""

from __future__ import annotations

import secrets
from typing import Any

from ..protocol.messages import Operation
from .common import chosen, found, keep_tags, once, page
from .numbers import by_any_name
from .refusals import conflict, not_found
from .state import Region

KIND = "pool"


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreatePool, with its first number."""
    number = _number(region, params)
    if number["MessageType"] != params["MessageType"]:
        raise conflict("MESSAGE_TYPE_MISMATCH", "phone-number", number["PhoneNumberId"])
    named = f"pool-{secrets.token_hex(16)}"
    pool = {
        "PoolArn": region.arn(KIND, named),
        "PoolId": named,
        "Status": "ACTIVE",
        "MessageType": params["MessageType"],
        "TwoWayEnabled": False,
        "SelfManagedOptOutsEnabled": False,
        "OptOutListName": number["OptOutListName"],
        "SharedRoutesEnabled": False,
        "DeletionProtectionEnabled": params.get("DeletionProtectionEnabled", False),
        "CreatedTimestamp": region.clock(),
    }
    region.pools[named] = pool
    region.identities[named] = []
    _join(region, pool, number)
    return {**pool, "Tags": keep_tags(region, pool["PoolArn"], params)}


def _number(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    number = by_any_name(region, params["OriginationIdentity"])
    if number is None:
        raise not_found("phone-number", params["OriginationIdentity"])
    return number


def _join(region: Region, pool: dict[str, Any], number: dict[str, Any]) -> None:
    if number.get("PoolId"):
        raise conflict("PHONE_NUMBER_ASSOCIATED_TO_POOL", "phone-number", number["PhoneNumberId"])
    number["PoolId"] = pool["PoolId"]
    region.identities[pool["PoolId"]].append(number["PhoneNumberId"])


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribePools."""
    listed = chosen(region.pools, KIND, params.get("PoolIds", []), params.get("Filters", []))
    return page(params, "Pools", listed)


def delete(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeletePool: its numbers are in none then."""
    pool = found(region.pools, KIND, params["PoolId"])
    if pool["DeletionProtectionEnabled"]:
        raise conflict("DELETION_PROTECTION_ENABLED", KIND, pool["PoolId"])
    for named in region.identities.pop(pool["PoolId"]):
        region.numbers[named].pop("PoolId")
    del region.pools[pool["PoolId"]]
    region.tags.pop(pool["PoolArn"], None)
    return {name: value for name, value in pool.items() if name != "DeletionProtectionEnabled"}


def associate(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """AssociateOriginationIdentity."""
    pool, number = found(region.pools, KIND, params["PoolId"]), _number(region, params)
    _join(region, pool, number)
    return _association(pool, number)


def disassociate(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DisassociateOriginationIdentity: a pool keeps its last number."""
    pool, number = found(region.pools, KIND, params["PoolId"]), _number(region, params)
    held = region.identities[pool["PoolId"]]
    if number["PhoneNumberId"] not in held:
        raise conflict("PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL", "phone-number", number["PhoneNumberId"])
    if len(held) == 1:
        raise conflict("LAST_PHONE_NUMBER", "phone-number", number["PhoneNumberId"])
    held.remove(number["PhoneNumberId"])
    number.pop("PoolId")
    return _association(pool, number)


def _association(pool: dict[str, Any], number: dict[str, Any]) -> dict[str, Any]:
    return {
        "PoolArn": pool["PoolArn"],
        "PoolId": pool["PoolId"],
        "OriginationIdentityArn": number["PhoneNumberArn"],
        "OriginationIdentity": number["PhoneNumberId"],
        "IsoCountryCode": number["IsoCountryCode"],
    }


def list_identities(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListPoolOriginationIdentities."""
    pool = found(region.pools, KIND, params["PoolId"])
    listed = []
    for named in region.identities[pool["PoolId"]]:
        number = region.numbers[named]
        members = _association(pool, number)
        listed.append(
            {
                **{
                    name: members[name]
                    for name in ("OriginationIdentityArn", "OriginationIdentity", "IsoCountryCode")
                },
                "NumberCapabilities": number["NumberCapabilities"],
                "PhoneNumber": number["PhoneNumber"],
            }
        )
    answer = page(params, "OriginationIdentities", listed)
    return {**answer, "PoolArn": pool["PoolArn"], "PoolId": pool["PoolId"]}


OPERATIONS: dict[str, Operation] = {
    "CreatePool": once("CreatePool", create),
    "DescribePools": describe,
    "DeletePool": delete,
    "AssociateOriginationIdentity": once("AssociateOriginationIdentity", associate),
    "DisassociateOriginationIdentity": once("DisassociateOriginationIdentity", disassociate),
    "ListPoolOriginationIdentities": list_identities,
}
