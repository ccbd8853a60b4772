"""Event destinations of configuration sets. Send and Bounce go to EventBridge; the others are only kept."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from .configuration_sets import find_configuration_set


def _destinations(region: Region, params: dict[str, Any]) -> dict[str, dict[str, Any]]:
    find_configuration_set(region, params["ConfigurationSetName"])
    return region.event_destinations.setdefault(params["ConfigurationSetName"], {})


def _existing(region: Region, params: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = _destinations(region, params)
    if params["EventDestinationName"] not in found:
        raise ServiceError(
            "NotFoundException",
            f"An event destination with name <{params['EventDestinationName']}> does not exist for "
            f"configuration set <{params['ConfigurationSetName']}>.",
            404,
        )
    return found


def _record(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    targets = [member for member in definition if member.endswith("Destination")]
    if len(targets) != 1:
        raise ServiceError("BadRequestException", "An event destination names exactly one destination.")
    return {"Name": name, "Enabled": False, "MatchingEventTypes": [], **definition}


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSetEventDestination."""
    found, name = _destinations(region, params), params["EventDestinationName"]
    if name in found:
        raise ServiceError(
            "AlreadyExistsException",
            f"An event destination with name <{name}> already exists for "
            f"configuration set <{params['ConfigurationSetName']}>.",
        )
    found[name] = _record(name, params["EventDestination"])


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetConfigurationSetEventDestinations."""
    return {"EventDestinations": list(_destinations(region, params).values())}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetEventDestination."""
    found, name = _existing(region, params), params["EventDestinationName"]
    found[name] = _record(name, params["EventDestination"])


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSetEventDestination."""
    del _existing(region, params)[params["EventDestinationName"]]


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSetEventDestination": create,
    "GetConfigurationSetEventDestinations": get,
    "UpdateConfigurationSetEventDestination": update,
    "DeleteConfigurationSetEventDestination": delete,
}
