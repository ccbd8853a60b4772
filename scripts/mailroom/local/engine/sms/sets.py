"""Configuration sets: what messages have that name none, and who is told of their events."""

from __future__ import annotations

from typing import Any

from ..protocol.messages import Operation
from .common import chosen, found, keep_tags, once, page
from .refusals import conflict, invalid, not_found
from .state import Region

KIND = "configuration-set"
TARGETS = ("CloudWatchLogsDestination", "KinesisFirehoseDestination", "SnsDestination")
MOST_DESTINATIONS = 5


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateConfigurationSet."""
    name = params["ConfigurationSetName"]
    if name in region.sets:
        raise conflict("RESOURCE_ALREADY_EXISTS", KIND, name)
    made = {
        "ConfigurationSetArn": region.arn(KIND, name),
        "ConfigurationSetName": name,
        "EventDestinations": [],
        "CreatedTimestamp": region.clock(),
    }
    region.sets[name] = made
    answer = {member: value for member, value in made.items() if member != "EventDestinations"}
    return {**answer, "Tags": keep_tags(region, made["ConfigurationSetArn"], params)}


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeConfigurationSets."""
    named, filters = params.get("ConfigurationSetNames", []), params.get("Filters", [])
    return page(params, "ConfigurationSets", chosen(region.sets, KIND, named, filters))


def delete(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteConfigurationSet."""
    held = found(region.sets, KIND, params["ConfigurationSetName"])
    del region.sets[held["ConfigurationSetName"]]
    region.tags.pop(held["ConfigurationSetArn"], None)
    return held


def _set(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    return found(region.sets, KIND, params["ConfigurationSetName"])


def _named(held: dict[str, Any]) -> dict[str, Any]:
    return {name: held[name] for name in ("ConfigurationSetArn", "ConfigurationSetName")}


def _defaults(member: str, asked_as: str) -> tuple[Operation, Operation]:
    """Set and delete one of a set's defaults."""

    def put(region: Region, params: dict[str, Any]) -> dict[str, Any]:
        held = _set(region, params)
        held[member] = params[asked_as]
        return {**_named(held), asked_as: params[asked_as]}

    def remove(region: Region, params: dict[str, Any]) -> dict[str, Any]:
        held = _set(region, params)
        return {**_named(held), asked_as: held.pop(member, None)}

    return put, remove


def create_destination(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateEventDestination."""
    held, name = _set(region, params), params["EventDestinationName"]
    there = held["EventDestinations"]
    if any(one["EventDestinationName"] == name for one in there):
        raise conflict("RESOURCE_ALREADY_EXISTS", "event-destination", name)
    if len(there) >= MOST_DESTINATIONS:
        raise invalid(
            "MAXIMUM_SIZE_EXCEEDED", "EventDestinationName", f"A set has {MOST_DESTINATIONS} at most"
        )
    targets = [member for member in TARGETS if params.get(member)]
    if len(targets) != 1:
        raise invalid(
            "PARAMETERS_CANNOT_BE_USED_TOGETHER", TARGETS[0], "A destination has exactly one target"
        )
    made = {
        "EventDestinationName": name,
        "Enabled": True,
        "MatchingEventTypes": params["MatchingEventTypes"],
        targets[0]: params[targets[0]],
    }
    there.append(made)
    return {**_named(held), "EventDestination": made}


def _destination(held: dict[str, Any], name: str) -> dict[str, Any]:
    for one in held["EventDestinations"]:
        if one["EventDestinationName"] == name:
            there: dict[str, Any] = one
            return there
    raise not_found("event-destination", name)


def update_destination(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """UpdateEventDestination: switched, other kinds, or the same kind of target elsewhere."""
    held = _set(region, params)
    there = _destination(held, params["EventDestinationName"])
    for member in TARGETS:
        if params.get(member) and member not in there:
            raise conflict("EVENT_DESTINATION_MISMATCH", "event-destination", there["EventDestinationName"])
    changeable = ("Enabled", "MatchingEventTypes", *TARGETS)
    there.update({member: params[member] for member in changeable if member in params})
    return {**_named(held), "EventDestination": there}


def delete_destination(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DeleteEventDestination."""
    held = _set(region, params)
    there = _destination(held, params["EventDestinationName"])
    held["EventDestinations"].remove(there)
    return {**_named(held), "EventDestination": there}


_set_type, _delete_type = _defaults("DefaultMessageType", "MessageType")
_set_sender, _delete_sender = _defaults("DefaultSenderId", "SenderId")
OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSet": once("CreateConfigurationSet", create),
    "DescribeConfigurationSets": describe,
    "DeleteConfigurationSet": delete,
    "SetDefaultMessageType": _set_type,
    "DeleteDefaultMessageType": _delete_type,
    "SetDefaultSenderId": _set_sender,
    "DeleteDefaultSenderId": _delete_sender,
    "CreateEventDestination": once("CreateEventDestination", create_destination),
    "UpdateEventDestination": update_destination,
    "DeleteEventDestination": delete_destination,
}
