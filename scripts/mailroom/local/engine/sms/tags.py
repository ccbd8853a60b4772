"""Tags of numbers, pools, lists and sets."""

from __future__ import annotations

from typing import Any

from ..protocol.messages import Operation
from .refusals import not_found
from .state import Region


def _tags(region: Region, arn: str) -> dict[str, str]:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    held = {
        "phone-number": region.numbers,
        "pool": region.pools,
        "configuration-set": region.sets,
        "opt-out-list": region.lists,
    }
    if name not in held.get(kind, {}):
        raise not_found(kind, name)
    return region.tags.setdefault(arn, {})


def tag(region: Region, params: dict[str, Any]) -> None:
    """TagResource."""
    _tags(region, params["ResourceArn"]).update({one["Key"]: one["Value"] for one in params["Tags"]})


def untag(region: Region, params: dict[str, Any]) -> None:
    """UntagResource."""
    held = _tags(region, params["ResourceArn"])
    for key in params["TagKeys"]:
        held.pop(key, None)


def list_tags(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource."""
    held = _tags(region, params["ResourceArn"])
    listed = [{"Key": key, "Value": value} for key, value in held.items()]
    return {"ResourceArn": params["ResourceArn"], "Tags": listed}


OPERATIONS: dict[str, Operation] = {
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": list_tags,
}
