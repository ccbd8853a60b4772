"""CloudWatch's dashboards: a body that is none is refused, and one with `<` or `&` can be read again."""

from __future__ import annotations

import json
import re
from typing import Any

from ..engine.metrics.dashboards import problems
from ..engine.protocol.messages import ServiceError
from .patch import Patch
from .watch_protocols import by_json

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


def _check(asked: dict[str, Any]) -> None:
    if not NAME.fullmatch(asked.get("DashboardName") or ""):
        raise ServiceError(
            "InvalidParameterValue", "The value for field DashboardName contains invalid characters."
        )
    found = problems(asked.get("DashboardBody") or "")
    if found and not found[0][0]:
        raise ServiceError("InvalidParameterInput", found[0][1])
    if found:
        listed = json.dumps([{"dataPath": where, "message": what} for where, what in found], indent=2)
        words = f"The dashboard body is invalid, there are {len(found)} validation errors:\n{listed}"
        raise ServiceError("InvalidParameterInput", words)


_CW = "ministack.services.cloudwatch:"
PATCHES = (
    Patch(
        _CW + "_put_dashboard",
        "any text was taken for a dashboard",
        "bc4cfcd9afab76682f221eaccb9f5229976bd9dfc486491349c5d271758fd1d3",
        by_json("PutDashboard", check=_check),
    ),
    Patch(
        _CW + "_get_dashboard",
        "a body with < or & could not be read again",
        "b543c81e60b6360baaa69031c8249df011eaa2539ea241d1ae1aabc282473642",
        by_json("GetDashboard"),
    ),
)
