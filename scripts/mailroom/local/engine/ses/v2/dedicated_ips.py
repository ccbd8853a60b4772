"""Pools of dedicated IP addresses. There are no addresses here to put into them."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region
from .paging import page
from .tags import set_tags


def find_pool(region: Region, name: str) -> dict[str, Any]:
    """A pool's record. Raises ServiceError where there is none."""
    if name not in region.ip_pools:
        raise ServiceError("NotFoundException", f"Dedicated IP pool <{name}> does not exist.", 404)
    return region.ip_pools[name]


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateDedicatedIpPool."""
    name = params["PoolName"]
    if name in region.ip_pools:
        raise ServiceError("AlreadyExistsException", f"Dedicated IP pool <{name}> already exists.")
    region.ip_pools[name] = {"PoolName": name, "ScalingMode": params.get("ScalingMode", "STANDARD")}
    set_tags(region, region.arn("dedicated-ip-pool", name), params.get("Tags"))


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetDedicatedIpPool."""
    return {"DedicatedIpPool": find_pool(region, params["PoolName"])}


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListDedicatedIpPools."""
    names, token = page(list(region.ip_pools), list(region.ip_pools), params)
    return {"DedicatedIpPools": names, "NextToken": token}


def put_scaling(region: Region, params: dict[str, Any]) -> None:
    """PutDedicatedIpPoolScalingAttributes; a managed pool stays managed."""
    pool = find_pool(region, params["PoolName"])
    if pool["ScalingMode"] == "MANAGED" and params["ScalingMode"] == "STANDARD":
        raise ServiceError("BadRequestException", "A managed pool cannot become a standard one.")
    pool["ScalingMode"] = params["ScalingMode"]


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteDedicatedIpPool."""
    find_pool(region, params["PoolName"])
    del region.ip_pools[params["PoolName"]]
    region.tags.pop(region.arn("dedicated-ip-pool", params["PoolName"]), None)


def get_ips(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetDedicatedIps: there are none."""
    if params.get("PoolName"):
        find_pool(region, params["PoolName"])
    return {"DedicatedIps": []}


OPERATIONS: dict[str, Operation] = {
    "CreateDedicatedIpPool": create,
    "GetDedicatedIpPool": get,
    "ListDedicatedIpPools": list_all,
    "PutDedicatedIpPoolScalingAttributes": put_scaling,
    "DeleteDedicatedIpPool": delete,
    "GetDedicatedIps": get_ips,
}
