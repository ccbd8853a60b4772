"""Roles by which AWS's services work: whether a service may assume one, and clients with a session of it.

IAM is asked for every call of such a client, as for any other caller.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from .policies import allows


class Roles:
    """The roles of the embedded emulator at `endpoint`."""

    def __init__(self, endpoint: str, account_id: str) -> None:
        self.endpoint = endpoint
        self.account_id = account_id
        self._clients: dict[tuple[str, str, str], Any] = {}

    def may_assume(self, role_arn: str, service: str, source_arn: str) -> bool:
        """Whether a role is there and trusts a service (`ses.amazonaws.com`) on behalf of a resource."""
        from ministack.core.responses import request_scope
        from ministack.services import iam

        with request_scope(self.account_id, "us-east-1"):
            found = iam._roles.get(role_arn.rpartition("/")[2])
        if found is None or found["Arn"] != role_arn:
            return False
        trust = found["AssumeRolePolicyDocument"]
        policy = _with_resource(json.loads(trust) if isinstance(trust, str) else trust)
        return allows(policy, service, "sts:AssumeRole", role_arn, source_arn, self.account_id, "us-east-1")

    def client(self, service: str, region: str, role_arn: str, session_name: str) -> Any:
        """A boto3 client of a service with a session of a role; whether it may be assumed was asked
        before."""
        made = (service, region, role_arn)
        if made not in self._clients:
            self._clients[made] = self._make_client(service, region, role_arn, session_name)
        return self._clients[made]

    def _make_client(self, service: str, region: str, role_arn: str, session_name: str) -> Any:
        import boto3
        from botocore.config import Config
        from ministack.services import sts

        name = role_arn.rpartition("/")[2]
        key, secret, token = (
            f"ASIA{secrets.token_hex(8).upper()}",
            secrets.token_hex(20),
            secrets.token_hex(32),
        )
        session = {
            "Arn": f"arn:aws:sts::{self.account_id}:assumed-role/{name}/{session_name}",
            "UserId": f"{name}:{session_name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        }
        sts.register_session(key, session)
        s3 = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}} if service == "s3" else {}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(**s3),
        )


def _with_resource(trust: dict[str, Any]) -> str:
    """A trust policy as a policy of the role itself: it names no resource, being about its own role."""
    statements = trust["Statement"] if isinstance(trust["Statement"], list) else [trust["Statement"]]
    return json.dumps({**trust, "Statement": [{"Resource": "*", **one} for one in statements]})
