"""Event destinations as v1 names them: kept in v2's form, so that both APIs see the same ones."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..events.definitions import MAXIMUM_PER_SET, Unusable, checked
from ..events.kinds import FROM_V1, KINDS
from ..state import Region

SOURCES = {"messageTag": "MESSAGE_TAG", "emailHeader": "EMAIL_HEADER", "linkTag": "LINK_TAG"}
FROM_SOURCES = {v2: v1 for v1, v2 in SOURCES.items()}
INVALID = {
    "Sns": "InvalidSNSDestination",
    "KinesisFirehose": "InvalidFirehoseDestination",
    "CloudWatch": "InvalidCloudWatchDestination",
}


def _destinations(region: Region, name: str) -> dict[str, dict[str, Any]]:
    if name not in region.configuration_sets:
        raise ServiceError("ConfigurationSetDoesNotExist", f"Configuration set <{name}> does not exist.")
    return region.event_destinations.setdefault(name, {})


def _existing(found: dict[str, dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    if name not in found:
        raise ServiceError("EventDestinationDoesNotExist", f"No EventDestination found for {name}")
    return found


def _definition(destination: dict[str, Any]) -> dict[str, Any]:
    """An EventDestination of v1 as v2 defines it."""
    found: dict[str, Any] = {
        "Enabled": destination.get("Enabled", False),
        "MatchingEventTypes": [FROM_V1[kind] for kind in destination["MatchingEventTypes"]],
    }
    if "SNSDestination" in destination:
        found["SnsDestination"] = {"TopicArn": destination["SNSDestination"]["TopicARN"]}
    if "KinesisFirehoseDestination" in destination:
        stream = destination["KinesisFirehoseDestination"]
        found["KinesisFirehoseDestination"] = {
            "IamRoleArn": stream["IAMRoleARN"],
            "DeliveryStreamArn": stream["DeliveryStreamARN"],
        }
    if "CloudWatchDestination" in destination:
        found["CloudWatchDestination"] = _dimensions(destination["CloudWatchDestination"], SOURCES)
    return found


def _dimensions(target: dict[str, Any], sources: dict[str, str]) -> dict[str, Any]:
    return {
        "DimensionConfigurations": [
            {**one, "DimensionValueSource": sources[one["DimensionValueSource"]]}
            for one in target["DimensionConfigurations"]
        ]
    }


def described(region: Region, configuration_set: str) -> list[dict[str, Any]]:
    """The destinations of a set as DescribeConfigurationSet answers them: of the kinds that v1 knows."""
    found = []
    for destination in region.event_destinations.get(configuration_set, {}).values():
        shown: dict[str, Any] = {
            "Name": destination["Name"],
            "Enabled": destination["Enabled"],
            "MatchingEventTypes": [
                KINDS[kind].v1 for kind in destination["MatchingEventTypes"] if KINDS[kind].v1
            ],
        }
        if "SnsDestination" in destination:
            shown["SNSDestination"] = {"TopicARN": destination["SnsDestination"]["TopicArn"]}
        elif "KinesisFirehoseDestination" in destination:
            stream = destination["KinesisFirehoseDestination"]
            shown["KinesisFirehoseDestination"] = {
                "IAMRoleARN": stream["IamRoleArn"],
                "DeliveryStreamARN": stream["DeliveryStreamArn"],
            }
        elif "CloudWatchDestination" in destination:
            shown["CloudWatchDestination"] = _dimensions(destination["CloudWatchDestination"], FROM_SOURCES)
        else:
            continue
        found.append(shown)
    return found


def _checked(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    destination = params["EventDestination"]
    try:
        return checked(region, params["ConfigurationSetName"], destination["Name"], _definition(destination))
    except Unusable as problem:
        raise ServiceError(INVALID.get(problem.kind, "InvalidParameterValue"), problem.message) from problem


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSetEventDestination."""
    set_name, name = params["ConfigurationSetName"], params["EventDestination"]["Name"]
    found = _destinations(region, set_name)
    if name in found:
        raise ServiceError(
            "EventDestinationAlreadyExists",
            f"An event destination with name <{name}> already exists for configuration set <{set_name}>.",
        )
    if len(found) >= MAXIMUM_PER_SET:
        raise ServiceError(
            "LimitExceeded", f"A configuration set has at most {MAXIMUM_PER_SET} event destinations."
        )
    found[name] = _checked(region, params)


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetEventDestination."""
    name = params["EventDestination"]["Name"]
    found = _existing(_destinations(region, params["ConfigurationSetName"]), name)
    found[name] = _checked(region, params)


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSetEventDestination."""
    name = params["EventDestinationName"]
    del _existing(_destinations(region, params["ConfigurationSetName"]), name)[name]


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSetEventDestination": create,
    "UpdateConfigurationSetEventDestination": update,
    "DeleteConfigurationSetEventDestination": delete,
}
