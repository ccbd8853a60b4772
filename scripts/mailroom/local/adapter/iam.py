"""The emulator's IAM, asked for SES: who calls, and what their policies and the resource's allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from ..engine.protocol.messages import ServiceError
from ..engine.ses.callers import Caller
from .backend import Check, Scope, Signed, SmtpUser

UNKNOWN = Caller("unknown")


def caller(scope: Scope, body: bytes) -> Signed:
    """See Backend.caller. Pins the request for the thread that answers it."""
    from ministack.app import _request_account_scope
    from ministack.core import iam_evaluator, responses, router
    from ministack.core.sigv4 import decode_header_value

    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    headers = {name.decode("latin-1").lower(): decode_header_value(value) for name, value in scope["headers"]}
    key = router.extract_access_key_id(headers, query) or ""
    region: str = router.extract_region(headers, query)
    source_ip = (scope.get("client") or ("127.0.0.1",))[0]
    responses.set_request_account_id(_request_account_scope(key) if key else "")
    responses.set_request_region(region)
    iam_evaluator.pin_request_origin(source_ip, True)
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    iam_evaluator.pin_signed_request(scope["method"], raw_path, query, scope["headers"])
    iam_evaluator.pin_signed_body(body)

    def check(action: str, resource: str, context: dict[str, Any], policies: Sequence[str] = ()) -> None:
        _refuse(_decide(key, region, action, resource, context, policies), action, resource)

    credential = iam_evaluator.resolve_credential(key)
    return Signed(region, Caller(_name(credential), source_ip), check)


def region_of(scope: Scope) -> str:
    """The Region that a signed request is for."""
    from ministack.core import router
    from ministack.core.sigv4 import decode_header_value

    headers = {name.decode("latin-1").lower(): decode_header_value(value) for name, value in scope["headers"]}
    region: str = router.extract_region(headers, {})
    return region


def smtp_user(account_id: str, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
    """See Backend.smtp_user.

    Passwords of temporary keys are not good for SMTP (SES developer guide, "Obtaining SMTP credentials by
    converting existing AWS credentials"); the keys of the emulator's root are known to everybody.
    """
    from ministack.core import iam_evaluator

    with _within(account_id, region, source_ip):
        found = iam_evaluator.resolve_credential(access_key, account_id) if access_key else None
    if not isinstance(found, iam_evaluator.ResolvedCredential):
        return None
    if found.principal_type != "User" or found.session_token is not None:
        return None

    def check(action: str, resource: str, context: dict[str, Any], policies: Sequence[str] = ()) -> None:
        with _within(account_id, region, source_ip):
            denied = _decide(access_key, region, action, resource, context, policies)
        _refuse(denied, action, resource)

    secret: str = found.secret_access_key
    checked: Check = check
    return SmtpUser(secret, Caller(_name(found), source_ip), checked)


@contextmanager
def _within(account_id: str, region: str, source_ip: str) -> Iterator[None]:
    """What a request brings with it, for a session that is none: account, Region, and where it comes from."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import request_scope

    with request_scope(account_id, region):
        token = iam_evaluator._request_origin.set((source_ip, True))
        try:
            yield
        finally:
            iam_evaluator._request_origin.reset(token)


def _decide(
    key: str, region: str, action: str, resource: str, context: dict[str, Any], policies: Sequence[str]
) -> Any:
    """The evaluator's refusal of an action (an EvalResult or an AuthError), or None.

    `policies` are the resource's own: the evaluator knows those of its services, not SES's. In one account an
    allowance in either suffices and a Deny in either wins (IAM user guide, "Policy evaluation logic").
    """
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id

    denied = iam_evaluator.enforce(key, action, action.partition(":")[0], region, resource, context)
    if not policies or isinstance(denied, iam_evaluator.AuthError):
        return denied
    principal = iam_evaluator.resolve_principal(key, get_account_id())
    if isinstance(principal, iam_evaluator.AuthError):
        return principal
    result = iam_evaluator.combine_resource_policy(
        denied or iam_evaluator.EvalResult("Allow", principal.arn),
        iam_evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=resource,
            region=region,
            service_context={name.lower(): value for name, value in context.items()},
            principal_keys=principal.keys,
        ),
        {"Statement": [one for policy in policies for one in _statements(policy)]},
        principal.account,
        limits=principal.limits,
    )
    result.principal_arn = principal.arn
    return None if result.decision == "Allow" else result


def _statements(policy: str) -> list[dict[str, Any]]:
    found = json.loads(policy).get("Statement", [])
    return found if isinstance(found, list) else [found]


def _refuse(denied: Any, action: str, resource: str) -> None:
    """Raise ServiceError in AWS's words where the evaluator refused."""
    from ministack.core.iam_evaluator import AuthError

    if isinstance(denied, AuthError):
        raise ServiceError(denied.code, denied.message, 403)
    if denied is None:
        return
    if denied.decision != "Deny":
        reason = f"because no identity-based policy allows the {action} action"
    else:
        kind = "a resource-based" if denied.resource_policy_arn else "an identity-based"
        reason = f"with an explicit deny in {kind} policy"
    asked_for = f"{action} on resource: {resource}"
    raise ServiceError(
        "AccessDeniedException",
        f"User: {denied.principal_arn} is not authorized to perform: {asked_for} {reason}",
        403,
    )


def _name(credential: Any) -> str:
    """How events name a caller (SES's tag ses:caller-identity): the user, the role, or root."""
    arn: str = getattr(credential, "principal_arn", "")
    if arn.endswith(":root"):
        return "root"
    if ":assumed-role/" in arn:
        return arn.split("/")[1]
    return arn.rpartition("/")[2] or UNKNOWN.name
