"""Tags of identities, configuration sets, templates, contact lists and IP pools."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region


def set_tags(region: Region, arn: str, tags: list[dict[str, str]] | None) -> None:
    """Add tags (a list of Key and Value) to what the ARN names."""
    if tags:
        region.tags.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})


def tags_of(region: Region, arn: str) -> list[dict[str, str]]:
    """The tags of what the ARN names, sorted by key."""
    return [{"Key": key, "Value": value} for key, value in sorted(region.tags.get(arn, {}).items())]


def _known(region: Region, arn: str) -> str:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    things = _tagged(region).get(kind)
    if things is None or name not in things or arn != region.arn(kind, name):
        raise ServiceError("NotFoundException", f"No resource found for {arn}", 404)
    return arn


def _tagged(region: Region) -> dict[str, dict[str, Any]]:
    """What can have tags, by its kind in an ARN."""
    return {
        "identity": region.identities,
        "configuration-set": region.configuration_sets,
        "template": region.templates,
        "contact-list": region.contact_lists,
        "dedicated-ip-pool": region.ip_pools,
        "custom-verification-email-template": region.verification_templates,
    }


def tag_resource(region: Region, params: dict[str, Any]) -> None:
    """TagResource."""
    set_tags(region, _known(region, params["ResourceArn"]), params["Tags"])


def untag_resource(region: Region, params: dict[str, Any]) -> None:
    """UntagResource."""
    kept = region.tags.get(_known(region, params["ResourceArn"]), {})
    for key in params["TagKeys"]:
        kept.pop(key, None)


def list_tags_for_resource(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": tags_of(region, _known(region, params["ResourceArn"]))}


OPERATIONS: dict[str, Operation] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
