"""Malware protection plans: which objects of which bucket are scanned, by which role."""

from __future__ import annotations

import secrets
from typing import Any

from ..protocol.messages import Operation, ServiceError
from .state import Region, now

MAXIMUM_PREFIXES = 5
WIDER = ("ResourceArn",)
"""boto3's model knows the ARNs of detectors only; Terraform asks for the tags of plans."""


def _plan(region: Region, plan_id: str) -> dict[str, Any]:
    plan = region.plans.get(plan_id)
    if plan is None:
        raise ServiceError(
            "ResourceNotFoundException",
            "The request was rejected because the malware protection plan ID was not found.",
            404,
        )
    return plan


def _check(region: Region, role: str, resource: dict[str, Any]) -> None:
    if not region.cloud.may_assume(role):
        raise ServiceError(
            "BadRequestException",
            "The request was rejected because provided IAM role cannot be assumed by GuardDuty.",
        )
    if len(resource.get("S3Bucket", {}).get("ObjectPrefixes", [])) > MAXIMUM_PREFIXES:
        raise ServiceError("BadRequestException", f"A plan has at most {MAXIMUM_PREFIXES} prefixes.")


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateMalwareProtectionPlan: one for each bucket."""
    resource = params["ProtectedResource"]
    _check(region, params["Role"], resource)
    bucket = resource["S3Bucket"]["BucketName"]
    if any(plan["ProtectedResource"]["S3Bucket"]["BucketName"] == bucket for plan in region.plans.values()):
        raise ServiceError(
            "ConflictException", f"A malware protection plan already exists for bucket {bucket}.", 409
        )
    plan_id = secrets.token_hex(10)
    region.plans[plan_id] = {
        "Arn": region.arn(plan_id),
        "Role": params["Role"],
        "ProtectedResource": resource,
        "Actions": params.get("Actions") or {"Tagging": {"Status": "DISABLED"}},
        "CreatedAt": now(),
        "Status": "ACTIVE",
        "StatusReasons": [],
        "Tags": dict(params.get("Tags", {})),
    }
    return {"MalwareProtectionPlanId": plan_id}


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetMalwareProtectionPlan."""
    return _plan(region, params["MalwareProtectionPlanId"])


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateMalwareProtectionPlan: role, prefixes and tagging; the bucket stays."""
    plan = _plan(region, params["MalwareProtectionPlanId"])
    bucket = plan["ProtectedResource"]["S3Bucket"]
    resource = {"S3Bucket": {**bucket, **params.get("ProtectedResource", {}).get("S3Bucket", {})}}
    _check(region, params.get("Role", plan["Role"]), resource)
    plan["Role"] = params.get("Role", plan["Role"])
    plan["ProtectedResource"] = resource
    plan["Actions"] = params.get("Actions", plan["Actions"])


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteMalwareProtectionPlan."""
    _plan(region, params["MalwareProtectionPlanId"])
    del region.plans[params["MalwareProtectionPlanId"]]


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListMalwareProtectionPlans, all on one page."""
    return {"MalwareProtectionPlans": [{"MalwareProtectionPlanId": one} for one in region.plans]}


def _tags(region: Region, arn: str) -> dict[str, str]:
    tags: dict[str, str] = _plan(region, arn.rpartition("/")[2])["Tags"]
    return tags


def tag(region: Region, params: dict[str, Any]) -> None:
    """TagResource."""
    _tags(region, params["ResourceArn"]).update(params["Tags"])


def untag(region: Region, params: dict[str, Any]) -> None:
    """UntagResource."""
    kept = _tags(region, params["ResourceArn"])
    for key in params["TagKeys"]:
        kept.pop(key, None)


def list_tags(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": _tags(region, params["ResourceArn"])}


OPERATIONS: dict[str, Operation] = {
    "CreateMalwareProtectionPlan": create,
    "GetMalwareProtectionPlan": get,
    "UpdateMalwareProtectionPlan": update,
    "DeleteMalwareProtectionPlan": delete,
    "ListMalwareProtectionPlans": list_all,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": list_tags,
}
