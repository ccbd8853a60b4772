"""Who is told what IAM was asked, and what the caller's own policies said to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .patch import Patch


def _tell_nobody(principal: str, action: str, resource: str, allowed: bool) -> None:
    return None


asked: Callable[[str, str, str, bool], None] = _tell_nobody
"""Called with the caller's ARN, the action, the resource, and whether the policies allow it. The account's
root is never asked."""


def _evaluate(original: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate(context: Any, policies: Any, *limits: Any) -> Any:
        found = original(context, policies, *limits)
        asked(context.principal_arn, context.action, context.resource_arn, found.decision == "Allow")
        return found

    return evaluate


PATCHES = (
    Patch(
        "ministack.core.iam_evaluator:evaluate",
        "nobody was told which permissions are used",
        "2a5dd6932d1aca6a6e0759dca046354fdde705da759f8ea7fed9487e3bc49825",
        _evaluate,
    ),
)
