"""Configuration sets, as far as v1 shows them."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from ..v2 import configuration_sets as v2
from ..v2.paging import page
from .event_destinations import described


def _find(region: Region, name: str) -> dict[str, Any]:
    if name not in region.configuration_sets:
        raise ServiceError("ConfigurationSetDoesNotExist", f"Configuration set <{name}> does not exist.")
    return region.configuration_sets[name]


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSet."""
    name = params["ConfigurationSet"]["Name"]
    if name in region.configuration_sets:
        raise ServiceError("ConfigurationSetAlreadyExists", f"Configuration set <{name}> already exists.")
    v2.create(region, {"ConfigurationSetName": name})


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSet."""
    _find(region, params["ConfigurationSetName"])
    v2.delete(region, params)


def describe(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """DescribeConfigurationSet."""
    name, asked = params["ConfigurationSetName"], params.get("ConfigurationSetAttributeNames", [])
    record = _find(region, name)
    tls = record.get("DeliveryOptions", {}).get("TlsPolicy", "OPTIONAL").capitalize()
    parts: dict[str, Any] = {
        "eventDestinations": described(region, name),
        "deliveryOptions": {"TlsPolicy": tls},
        "reputationOptions": {
            "SendingEnabled": record["SendingOptions"]["SendingEnabled"],
            "ReputationMetricsEnabled": record["ReputationOptions"]["ReputationMetricsEnabled"],
        },
        "trackingOptions": _shown_tracking(record),
    }
    shown = {
        f"{part[0].upper()}{part[1:]}": value for part, value in parts.items() if part in asked and value
    }
    return {"ConfigurationSet": {"Name": name}, **shown}


def _shown_tracking(record: dict[str, Any]) -> dict[str, Any]:
    domain = record.get("TrackingOptions", {}).get("CustomRedirectDomain")
    return {"CustomRedirectDomain": domain} if domain else {}


def put_delivery(region: Region, params: dict[str, Any]) -> None:
    """PutConfigurationSetDeliveryOptions."""
    wanted = params.get("DeliveryOptions", {}).get("TlsPolicy", "Optional").upper()
    _find(region, params["ConfigurationSetName"]).setdefault("DeliveryOptions", {})["TlsPolicy"] = wanted


def update_reputation(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetReputationMetricsEnabled."""
    options = _find(region, params["ConfigurationSetName"])["ReputationOptions"]
    options["ReputationMetricsEnabled"] = params["Enabled"]


def update_sending(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetSendingEnabled."""
    _find(region, params["ConfigurationSetName"])["SendingOptions"]["SendingEnabled"] = params["Enabled"]


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListConfigurationSets."""
    size = {"PageSize": params.get("MaxItems"), "NextToken": params.get("NextToken")}
    names, token = page(list(region.configuration_sets), list(region.configuration_sets), size)
    return {"ConfigurationSets": [{"Name": name} for name in names], "NextToken": token}


def create_tracking(region: Region, params: dict[str, Any]) -> None:
    """CreateConfigurationSetTrackingOptions."""
    record = _find(region, params["ConfigurationSetName"])
    if "TrackingOptions" in record:
        words = f"Configuration set <{params['ConfigurationSetName']}> has tracking options already."
        raise ServiceError("TrackingOptionsAlreadyExistsException", words)
    record["TrackingOptions"] = _tracking(params)


def update_tracking(region: Region, params: dict[str, Any]) -> None:
    """UpdateConfigurationSetTrackingOptions."""
    _tracked(region, params)["TrackingOptions"] = _tracking(params)


def delete_tracking(region: Region, params: dict[str, Any]) -> None:
    """DeleteConfigurationSetTrackingOptions."""
    del _tracked(region, params)["TrackingOptions"]


def _tracked(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    record = _find(region, params["ConfigurationSetName"])
    if "TrackingOptions" not in record:
        words = f"Configuration set <{params['ConfigurationSetName']}> has no tracking options."
        raise ServiceError("TrackingOptionsDoesNotExistException", words)
    return record


def _tracking(params: dict[str, Any]) -> dict[str, Any]:
    domain = params["TrackingOptions"].get("CustomRedirectDomain")
    if not domain:
        raise ServiceError("InvalidTrackingOptions", "A custom redirect domain is required.")
    return {"CustomRedirectDomain": domain}


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSet": create,
    "CreateConfigurationSetTrackingOptions": create_tracking,
    "DeleteConfigurationSet": delete,
    "DeleteConfigurationSetTrackingOptions": delete_tracking,
    "DescribeConfigurationSet": describe,
    "ListConfigurationSets": list_all,
    "PutConfigurationSetDeliveryOptions": put_delivery,
    "UpdateConfigurationSetReputationMetricsEnabled": update_reputation,
    "UpdateConfigurationSetSendingEnabled": update_sending,
    "UpdateConfigurationSetTrackingOptions": update_tracking,
}
