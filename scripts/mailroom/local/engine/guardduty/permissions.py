"""What IAM is asked before an operation runs (service authorization reference, Amazon GuardDuty)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ses.permissions import Needed
from .state import Region

PRINCIPAL = "malware-protection-plan.guardduty.amazonaws.com"


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """The action itself, on the plan where there is one, with its tags and those of the request; tags that a
    new plan gets; a role that is handed over must be passed."""
    plan = params.get("MalwareProtectionPlanId")
    resource = params.get("ResourceArn") or (region.arn(plan) if plan else "*")
    named, tags = resource.rpartition("/")[2], params.get("Tags", {})
    context = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
    for name, value in region.plans.get(named, {}).get("Tags", {}).items():
        context[f"aws:ResourceTag/{name}"] = value
    yield Needed(f"guardduty:{operation}", resource, context)
    if tags and operation != "TagResource":
        yield Needed("guardduty:TagResource", resource, context)
    if params.get("Role"):
        yield Needed("iam:PassRole", params["Role"], {"iam:PassedToService": PRINCIPAL})
