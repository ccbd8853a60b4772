"""What a deployer's policies ask for and the emulator does not tell them: condition keys of IAM and Lambda,
and iam:PassRole.

Service authorization reference, AWS Identity and Access Management and AWS Lambda; IAM user guide, "Grant a
user permissions to pass a role to an AWS service". Asked by `enforcement`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

BOUNDED = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
"""Actions with the condition key iam:PermissionsBoundary."""

GATEWAY = "apigateway.amazonaws.com"

PASSES = {
    "lambda:CreateFunction": ("lambda.amazonaws.com", "Role"),
    "lambda:UpdateFunctionConfiguration": ("lambda.amazonaws.com", "Role"),
    "events:PutTargets": ("events.amazonaws.com", "RoleArn"),
    "firehose:CreateDeliveryStream": ("firehose.amazonaws.com", "RoleARN"),
    "firehose:UpdateDestination": ("firehose.amazonaws.com", "RoleARN"),
}
"""Action: the service that gets a role, and the member of the request that names it, at whatever depth."""


def more_keys(action: str, resource: str) -> dict[str, Any]:
    """Condition keys of an action on a resource, beyond those that the emulator knows."""
    if action in BOUNDED:
        boundary = _boundary(resource)
        return {"iam:permissionsboundary": boundary} if boundary else {}
    if action.startswith("lambda:") and action.endswith("EventSourceMapping"):
        function = _function_of(resource)
        return {"lambda:functionarn": function} if function else {}
    return {}


def beside(action: str, resource: str) -> list[str]:
    """What an action is asked on as well: of Glue's things all that they are in ("Specifying AWS Glue
    resource ARNs", developer guide)."""
    if not action.startswith("glue:") or resource.count(":") < 5 or resource.endswith(":catalog"):
        return []
    start, _, path = resource.rpartition(":")
    kind, _, name = path.partition("/")
    database = [f"{start}:database/{name.partition('/')[0]}"] if kind == "table" else []
    return [*database, f"{start}:catalog"]


def handed(action: str) -> list[tuple[str, str]]:
    """Which services get which roles by an action. To be asked before the action is: who asks for it is then
    known, and the request is forgotten."""
    if action != "apigateway:PATCH" and action not in PASSES:
        return []
    body = _body()
    if action == "apigateway:PATCH":
        changes = body.get("patchOperations") or []
        roles = {one.get("value") for one in changes if one.get("path") == "/cloudwatchRoleArn"}
        return [(GATEWAY, str(role)) for role in roles if role]
    service, member = PASSES[action]
    return [(service, role) for role in _named(body, member)]


def refusal(enforce: Callable[..., Any], caller: str, roles: list[tuple[str, str]], region: str) -> Any:
    """The refusal, in AWS's words, where an allowed action hands a role to a service and the caller may not
    pass it; else None. `enforce` puts a question to IAM."""
    from ministack.core.iam_evaluator import AuthError

    for service, role in roles:
        denied = enforce(caller, "iam:PassRole", "iam", region, role, {"iam:passedtoservice": service})
        if denied is not None and not isinstance(denied, AuthError):
            asked = f"iam:PassRole on resource: {role}"
            words = f"User: {denied.principal_arn} is not authorized to perform: {asked}"
            return AuthError(
                "AccessDeniedException",
                f"{words} because no identity-based policy allows the iam:PassRole action",
            )
    return None


def _boundary(role: str) -> str | None:
    """The boundary that a request gives a role, else the one that the role has."""
    from ministack.services import iam

    asked = _body().get("PermissionsBoundary")
    known = iam._roles.get(role.rpartition("/")[2]) or {}
    return asked or known.get("PermissionsBoundary")


def _function_of(mapping: str) -> str | None:
    """The function of an event source mapping: the one that a request names, else the one it has."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import lambda_svc

    known = lambda_svc._esms.get(mapping.rpartition(":")[2]) or {}
    named = _body().get("FunctionName")
    if not named or named.startswith("arn:"):
        return named or known.get("FunctionArn")
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{named}"


def _body() -> dict[str, Any]:
    """The members of the request that is being answered: a JSON body's, or a form's first values."""
    from ministack.core.iam_evaluator import _signed_request

    request = _signed_request.get()
    if request is None:
        return {}
    if request.body[:1] != b"{":
        return {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
    try:
        found: dict[str, Any] = json.loads(request.body)
    except ValueError:
        return {}
    return found


def _named(document: Any, member: str) -> set[str]:
    """All texts that a member of this name has, at whatever depth."""
    if isinstance(document, list):
        return {text for one in document for text in _named(one, member)}
    if not isinstance(document, dict):
        return set()
    own = {document[member]} if isinstance(document.get(member), str) else set()
    return own | {text for one in document.values() for text in _named(one, member)}
