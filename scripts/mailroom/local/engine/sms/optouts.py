"""Opt-out lists, and the numbers on them: nobody there gets a text."""

from __future__ import annotations

from typing import Any

from ..protocol.messages import Operation
from .common import chosen, found, keep_tags, once, page
from .refusals import conflict, not_found
from .state import DEFAULT_LIST, Region

KIND = "opt-out-list"


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateOptOutList."""
    name = params["OptOutListName"]
    if name in region.lists:
        raise conflict("RESOURCE_ALREADY_EXISTS", KIND, name)
    made = {
        "OptOutListArn": region.arn(KIND, name),
        "OptOutListName": name,
        "CreatedTimestamp": region.clock(),
    }
    region.lists[name], region.opted_out[name] = made, {}
    return {**made, "Tags": keep_tags(region, made["OptOutListArn"], params)}


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeOptOutLists."""
    return page(params, "OptOutLists", chosen(region.lists, KIND, params.get("OptOutListNames", []), []))


def delete(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteOptOutList: not the default one, nor one that a number or pool uses."""
    held = found(region.lists, KIND, params["OptOutListName"])
    name = held["OptOutListName"]
    used = {one["OptOutListName"] for one in (*region.numbers.values(), *region.pools.values())}
    if name == DEFAULT_LIST or name in used:
        raise conflict("RESOURCE_DELETION_NOT_ALLOWED", KIND, name)
    del region.lists[name], region.opted_out[name]
    region.tags.pop(held["OptOutListArn"], None)
    return held


def opt_out(region: Region, list_name: str, number: str, *, by_end_user: bool) -> dict[str, Any]:
    """Put a number on a list; one that is there already stays as it was."""
    entry = {"OptedOutNumber": number, "OptedOutTimestamp": region.clock(), "EndUserOptedOut": by_end_user}
    return region.opted_out[list_name].setdefault(number, entry)


def put(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """PutOptedOutNumber."""
    held = found(region.lists, KIND, params["OptOutListName"])
    entry = opt_out(region, held["OptOutListName"], with_plus(params["OptedOutNumber"]), by_end_user=False)
    return {**_named(held), **entry}


def remove(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteOptedOutNumber. (AWS lets a number that was opted in by this wait 30 days for the next time.)"""
    held = found(region.lists, KIND, params["OptOutListName"])
    number = with_plus(params["OptedOutNumber"])
    entry = region.opted_out[held["OptOutListName"]].pop(number, None)
    if entry is None:
        raise not_found("opted-out-number", number)
    return {**_named(held), **entry}


def describe_numbers(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeOptedOutNumbers."""
    held = found(region.lists, KIND, params["OptOutListName"])
    asked = [with_plus(one) for one in params.get("OptedOutNumbers", [])]
    there = region.opted_out[held["OptOutListName"]]
    listed = chosen(there, "opted-out-number", asked, params.get("Filters", []))
    return {**page(params, "OptedOutNumbers", listed), **_named(held)}


def _named(held: dict[str, Any]) -> dict[str, Any]:
    return {name: held[name] for name in ("OptOutListArn", "OptOutListName")}


def with_plus(number: str) -> str:
    """A number as E.164 writes it."""
    return number if number.startswith("+") else f"+{number}"


OPERATIONS: dict[str, Operation] = {
    "CreateOptOutList": once("CreateOptOutList", create),
    "DescribeOptOutLists": describe,
    "DeleteOptOutList": delete,
    "PutOptedOutNumber": put,
    "DeleteOptedOutNumber": remove,
    "DescribeOptedOutNumbers": describe_numbers,
}
