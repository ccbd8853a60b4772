"""Configuration sets, as far as v1 shows them."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from ..v2 import configuration_sets as v2
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
    record = _find(region, params["ConfigurationSetName"])
    tls = record.get("DeliveryOptions", {}).get("TlsPolicy", "OPTIONAL").capitalize()
    return {
        "ConfigurationSet": {"Name": params["ConfigurationSetName"]},
        "EventDestinations": described(region, params["ConfigurationSetName"]),
        "DeliveryOptions": {"TlsPolicy": tls},
        "ReputationOptions": {
            "SendingEnabled": record["SendingOptions"]["SendingEnabled"],
            "ReputationMetricsEnabled": record["ReputationOptions"]["ReputationMetricsEnabled"],
        },
    }


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
    return {"ConfigurationSets": [{"Name": name} for name in sorted(region.configuration_sets)]}


OPERATIONS: dict[str, Operation] = {
    "CreateConfigurationSet": create,
    "DeleteConfigurationSet": delete,
    "DescribeConfigurationSet": describe,
    "ListConfigurationSets": list_all,
    "PutConfigurationSetDeliveryOptions": put_delivery,
    "UpdateConfigurationSetReputationMetricsEnabled": update_reputation,
    "UpdateConfigurationSetSendingEnabled": update_sending,
}
