"""Configuration sets and all their options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from .paging import page
from .tags import set_tags, tags_of

OPTIONS = ("Tracking", "Delivery", "Reputation", "Sending", "Suppression", "Vdm", "Archiving")
AT_CREATION = (*OPTIONS, "MessageSecurity")


def find_configuration_set(region: Region, name: str) -> dict[str, Any]:
    """A configuration set's record; ServiceError where there is none."""
    record = region.configuration_sets.get(name)
    if record is None:
        raise ServiceError("NotFoundException", f"Configuration set <{name}> does not exist.", 404)
    return record


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSet."""
    name = params["ConfigurationSetName"]
    if name in region.configuration_sets:
        raise ServiceError("AlreadyExistsException", f"Configuration set <{name}> already exists.")
    record: dict[str, Any] = {
        "ReputationOptions": {"ReputationMetricsEnabled": False},
        "SendingOptions": {"SendingEnabled": True},
    }
    for option in AT_CREATION:
        member = f"{option}Options"
        if member in params:
            record[member] = _with_absent_read(option, params[member])
    region.configuration_sets[name] = record
    set_tags(region, region.arn("configuration-set", name), params.get("Tags"))


def _with_absent_read(option: str, values: dict[str, Any]) -> dict[str, Any]:
    """What AWS answers for what was left out: false for a switch, OPTIONAL for the TLS policy."""
    absent: dict[str, dict[str, Any]] = {
        "Delivery": {"TlsPolicy": "OPTIONAL"},
        "Reputation": {"ReputationMetricsEnabled": False},
        "Sending": {"SendingEnabled": False},
    }
    return {**absent.get(option, {}), **values}


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetConfigurationSet."""
    name = params["ConfigurationSetName"]
    record = find_configuration_set(region, name)
    return {
        **record,
        "ConfigurationSetName": name,
        "Tags": tags_of(region, region.arn("configuration-set", name)),
    }


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSet, with its event destinations and tags."""
    name = params["ConfigurationSetName"]
    find_configuration_set(region, name)
    del region.configuration_sets[name]
    region.event_destinations.pop(name, None)
    region.tags.pop(region.arn("configuration-set", name), None)


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListConfigurationSets."""
    wanted = params.get("Filter", {}).get("CONFIGURATION_SET_NAME_CONTAINS", "")
    found = [name for name in region.configuration_sets if wanted in name]
    names, token = page(found, found, params)
    return {"ConfigurationSets": names, "NextToken": token}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSet: the options of message security, where they are given."""
    record = find_configuration_set(region, params["ConfigurationSetName"])
    if "MessageSecurityOptions" in params:
        record["MessageSecurityOptions"] = params["MessageSecurityOptions"]


def _put(option: str) -> Callable[[Region, dict[str, Any]], None]:
    def put(region: Region, params: dict[str, Any]) -> None:
        record = find_configuration_set(region, params["ConfigurationSetName"])
        values = {name: value for name, value in params.items() if name != "ConfigurationSetName"}
        # VdmOptions and ArchivingOptions are put as members of the same name, the others as their parts.
        values = values.get(f"{option}Options", values)
        record[f"{option}Options"] = _with_absent_read(option, values)
        if option in ("Tracking", "Archiving", "Vdm", "Suppression") and not values:
            del record[f"{option}Options"]

    return put


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSet": create,
    "GetConfigurationSet": get,
    "DeleteConfigurationSet": delete,
    "ListConfigurationSets": list_all,
    "UpdateConfigurationSet": update,
    **{f"PutConfigurationSet{option}Options": _put(option) for option in OPTIONS},
}
