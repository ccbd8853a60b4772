"""Operations that the local SES cannot have, or has not yet: each says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..state import Region

NO_VDM = "the figures of Virtual Deliverability Manager come from real mailbox providers"
NO_DASHBOARD = "the deliverability dashboard watches real mailbox providers, and AWS has closed it"
NO_ADDRESSES = "there are no dedicated IP addresses here"
NO_TENANTS = "tenants are not built: one account sends as one"
REASONS = {
    "BatchGetMetricData": NO_VDM,
    "GetMessageInsights": NO_VDM,
    "GetEmailAddressInsights": NO_VDM,
    "ListRecommendations": NO_VDM,
    "CreateDeliverabilityTestReport": NO_DASHBOARD,
    "GetDeliverabilityTestReport": NO_DASHBOARD,
    "ListDeliverabilityTestReports": NO_DASHBOARD,
    "GetDeliverabilityDashboardOptions": NO_DASHBOARD,
    "PutDeliverabilityDashboardOption": NO_DASHBOARD,
    "GetBlacklistReports": NO_DASHBOARD,
    "GetDomainStatisticsReport": NO_DASHBOARD,
    "GetDomainDeliverabilityCampaign": NO_DASHBOARD,
    "ListDomainDeliverabilityCampaigns": NO_DASHBOARD,
    "GetDedicatedIp": NO_ADDRESSES,
    "PutDedicatedIpInPool": NO_ADDRESSES,
    "PutDedicatedIpWarmupAttributes": NO_ADDRESSES,
    "CreateTenant": NO_TENANTS,
    "GetTenant": NO_TENANTS,
    "ListTenants": NO_TENANTS,
    "DeleteTenant": NO_TENANTS,
}


def _refuse(name: str, why: str) -> Callable[[Region, dict[str, Any]], None]:
    def refuse(region: Region, params: dict[str, Any]) -> None:
        raise ServiceError("NotImplemented", f"{name} is not in the local SES: {why}. It works in AWS.", 501)

    return refuse


OPERATIONS: dict[str, Operation] = {name: _refuse(name, why) for name, why in REASONS.items()}
