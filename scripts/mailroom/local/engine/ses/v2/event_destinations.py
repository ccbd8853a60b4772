"""Event destinations of configuration sets. Each is tried before it is kept (events/definitions.py)."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..events.definitions import MAXIMUM_PER_SET, Unusable, checked
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


def _checked(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    try:
        return checked(
            region,
            params["ConfigurationSetName"],
            params["EventDestinationName"],
            params["EventDestination"],
        )
    except Unusable as problem:
        raise ServiceError("BadRequestException", problem.message) from problem


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSetEventDestination."""
    found, name = _destinations(region, params), params["EventDestinationName"]
    if name in found:
        raise ServiceError(
            "AlreadyExistsException",
            f"An event destination with name <{name}> already exists for "
            f"configuration set <{params['ConfigurationSetName']}>.",
        )
    if len(found) >= MAXIMUM_PER_SET:
        raise ServiceError(
            "LimitExceededException",
            f"A configuration set has at most {MAXIMUM_PER_SET} event destinations.",
        )
    found[name] = _checked(region, params)


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetConfigurationSetEventDestinations."""
    return {"EventDestinations": list(_destinations(region, params).values())}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetEventDestination."""
    _existing(region, params)[params["EventDestinationName"]] = _checked(region, params)


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSetEventDestination."""
    del _existing(region, params)[params["EventDestinationName"]]


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSetEventDestination": create,
    "GetConfigurationSetEventDestinations": get,
    "UpdateConfigurationSetEventDestination": update,
    "DeleteConfigurationSetEventDestination": delete,
}
