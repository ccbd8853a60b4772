"""What IAM is asked before an operation runs (service authorization reference, Amazon GuardDuty)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ses.permissions import Needed
from .state import Region

PRINCIPAL = "malware-protection-plan.guardduty.amazonaws.com"


def needed(region: Region, operation: str, params: dict[str, Any]) -> Iterator[Needed]:
    """The action itself, on the plan where there is one; a role that is handed over must be passed."""
    plan = params.get("MalwareProtectionPlanId")
    resource = params.get("ResourceArn") or (region.arn(plan) if plan else "*")
    yield Needed(f"guardduty:{operation}", resource)
    if params.get("Role"):
        yield Needed("iam:PassRole", params["Role"], {"iam:PassedToService": PRINCIPAL})
