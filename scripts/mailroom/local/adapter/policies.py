"""What a resource's policy lets a service principal do."""

from __future__ import annotations

from collections.abc import Mapping


def allows(
    policy: str | None,
    service: str,
    action: str,
    resource: str,
    source_arn: str,
    account: str,
    region: str,
    more: Mapping[str, str] | None = None,
) -> bool:
    """Whether a policy lets `service` do `action` on `resource` on behalf of `source_arn`. No policy lets
    nobody. `more` are further condition keys of the request, in lower case."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=region,
        secure_transport=True,
        # aws:SourceOwner is what the default policy of an SNS topic asks for.
        service_context={
            "aws:sourcearn": source_arn,
            "aws:sourceaccount": account,
            "aws:sourceowner": account,
            **(more or {}),
        },
    )
    return bool(policy) and evaluate_resource_policy(policy, context, service=service).decision == "Allow"
