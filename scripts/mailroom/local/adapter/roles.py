"""Sessions of a role, for a service that may assume it.

The role's trust policy is asked for the service, as AWS does. Behind the embedded emulator the session is
then opened in it; a LocalStack is asked for one by its API, which lets the account's root have it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from ..engine.refused import Refused

Assume = Callable[[str, str, str], dict[str, str]]
"""(service principal, role's ARN, ARN on whose behalf) to what boto3.client wants as credentials; raises
Refused."""


def trusts(account_id: str, service: str, role: str, source_arn: str, external_id: str = "") -> bool:
    """Whether there is such a role in the embedded emulator, and its trust policy names the service. Some
    services give an id of the customer's with the call (sts:ExternalId)."""
    from ministack.core.responses import request_scope
    from ministack.services import iam

    with request_scope(account_id, "us-east-1"):
        found = iam._roles.get(role.rpartition("/")[2])
    return found is not None and _lets(found, account_id, service, role, source_arn, external_id)


def may(account_id: str, role: str, action: str, resource: str, region: str) -> bool:
    """Whether a role's own policies in the embedded emulator let it do something."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    name = role.rpartition("/")[2]
    asked = iam_evaluator.EvalContext(role, "AssumedRole", account_id, action, resource, region)
    policies = iam_evaluator._gather_role_policies(name, account_id)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account_id)
    decision: str = iam_evaluator.evaluate(asked, policies, *limits).decision
    return decision == "Allow"


def open_session(account_id: str, role: str, session: str) -> dict[str, str]:
    """A session of a role in the embedded emulator, whoever asks; as boto3.client wants it."""
    from ministack.services import sts

    name = role.rpartition("/")[2]
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_hex(32)
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{name}/{session}",
            "UserId": f"{name}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": token}


def embedded(account_id: str) -> Assume:
    """How a service assumes roles behind the embedded emulator."""

    def assume(service: str, role: str, source_arn: str) -> dict[str, str]:
        if not trusts(account_id, service, role, source_arn):
            raise _untrusted(service, role, source_arn)
        return open_session(account_id, role, service.partition(".")[0])

    return assume


def by_the_api(account_id: str, client: Callable[[str], Any]) -> Assume:
    """How a service has a session of a role where only the API can be asked; `client` makes the client of
    a service, as the account's root."""

    def assume(service: str, role: str, source_arn: str) -> dict[str, str]:
        held = client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]
        if not _lets(held, account_id, service, role, source_arn):
            raise _untrusted(service, role, source_arn)
        name = service.partition(".")[0]
        found = client("sts").assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
        return {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }

    return assume


def _untrusted(service: str, role: str, source_arn: str) -> Refused:
    return Refused(f"role {role} does not trust {service} on behalf of {source_arn}")


def _lets(
    found: dict[str, Any], account_id: str, service: str, role: str, source_arn: str, external_id: str = ""
) -> bool:
    """Whether a role, as IAM has it, is the one meant and trusts the service."""
    from .policies import allows

    trust = found["AssumeRolePolicyDocument"]
    policy = _with_resource(json.loads(trust) if isinstance(trust, str) else trust)
    more = {"sts:externalid": external_id} if external_id else {}
    asked = (policy, service, "sts:AssumeRole", role, source_arn, account_id, "us-east-1", more)
    return bool(found["Arn"] == role) and allows(*asked)


def _with_resource(trust: dict[str, Any]) -> str:
    """A trust policy as a policy of the role itself: it names no resource, being about its own role."""
    statements = trust["Statement"] if isinstance(trust["Statement"], list) else [trust["Statement"]]
    return json.dumps({**trust, "Statement": [{"Resource": "*", **one} for one in statements]})
