"""Who is told what IAM was asked: `patches.enforcement` tells, since every question passes there."""

from __future__ import annotations

from collections.abc import Callable


def _tell_nobody(principal: str, action: str, resource: str, allowed: bool) -> None:
    return None


asked: Callable[[str, str, str, bool], None] = _tell_nobody
"""Called with the caller's ARN, the action, the resource, and whether it is allowed."""


def tell(access_key_id: str, action: str, resource: str, allowed: bool) -> None:
    """Tell of a question about the caller who has this key. The account's root may do everything and is not
    told of, nor is a key that nobody has."""
    from ministack.core.iam_evaluator import resolve_caller_identity

    found = resolve_caller_identity(access_key_id)
    if found and not found["userArn"].endswith(":root"):
        asked(found["userArn"], action, resource, allowed)
