"""IAM's one question, as AWS puts it: with all its condition keys, and with what an action needs besides.

An allowed action on an encrypted thing needs the key as well; one that hands a role to a service needs
iam:PassRole as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..adapter import questions
from . import circumstances, keys
from .patch import Patch

AUTHORISED_AS = {
    f"sqs:{action}Batch": f"sqs:{action}"
    for action in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}
"""Operations that have no action of their own (service authorization reference, Amazon SQS)."""


def _enforce(original: Callable[..., Any]) -> Callable[..., Any]:
    def ask(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {**(service_context or {}), **circumstances.more_keys(iam_action, resource_arn)}
        denied = original(access_key_id, iam_action, service, region, resource_arn, context)
        questions.tell(access_key_id, iam_action, resource_arn, denied is None)
        return denied

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        action = AUTHORISED_AS.get(iam_action, iam_action)
        asked = (access_key_id, action, service, region, resource_arn)
        handed = circumstances.handed(action)
        denied = ask(*asked, service_context)
        if denied is not None or not access_key_id:
            return denied
        for other in circumstances.beside(action, resource_arn):
            if (denied := ask(access_key_id, action, service, region, other)) is not None:
                return denied
        return keys.refusal(ask, *asked) or circumstances.refusal(ask, access_key_id, handed, region)

    return enforce


def _names(original: Callable[..., bool]) -> Callable[..., bool]:
    def _names_condition_key(policies: list[Any], prefix: str) -> bool:
        """Asked for a principal's own policies only, whether the tags of a resource are to be known."""
        return True

    return _names_condition_key


PATCHES = (
    Patch(
        "ministack.core.iam_evaluator:_names_condition_key",
        "a boundary's condition on the tags of a resource never held, where no policy has one",
        "33ac6377cd209e22d35f7952777dd3f09506edc2e52fe5dbd89ee569136ea223",
        _names,
    ),
    Patch(
        "ministack.core.iam_evaluator:enforce",
        "the keys of things were not asked, nor the roles that are passed; condition keys were missing",
        "cf64b1ee5b099c8f705e919a43bd7b354e4772f150edb89f8218c930b8550c8c",
        _enforce,
    ),
)
