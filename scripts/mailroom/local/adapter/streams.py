"""What Firehose does to the rest of the cloud: with a session of the role that it was given, so IAM, the
bucket's policy and the keys are asked for it."""

from __future__ import annotations

import json
from typing import Any

from ..engine.firehose.records import FUNCTION_ERROR, NotInvoked
from ..engine.refused import Refused
from . import counts, roles
from .role_clients import RoleClients

SERVICE = "firehose.amazonaws.com"
FUNCTION_SECONDS = 5 * 60
"""As long does Firehose wait for a function ("Transform source data")."""

FAILURES = {
    "AccessDeniedException": (
        "Lambda.InvokeAccessDenied",
        "Access was denied. Ensure that the access policy allows access to the Lambda function.",
    ),
    "ResourceNotFoundException": (
        "Lambda.ResourceNotFound",
        "The specified Lambda function does not exist. Use a different function that does exist.",
    ),
    "TooManyRequestsException": (
        "Lambda.InvokeLimitExceeded",
        "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit.",
    ),
}
"""Lambda's codes, as Firehose tells of them ("Monitor … CloudWatch Logs", Lambda invocation errors)."""
NOT_TRUSTED = (
    "Lambda.AssumeRoleAccessDenied",
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume "
    "the role.",
)


class RoleStreams:
    """See engine.firehose.records.Cloud. Speaks to the embedded emulator at `endpoint`."""

    def __init__(self, endpoint: str) -> None:
        self._clients = RoleClients(endpoint, SERVICE, assume, FUNCTION_SECONDS)

    def invoke(self, stream_arn: str, role: str, function: str, event: dict[str, Any]) -> Any:
        """See Cloud.invoke."""
        from botocore.exceptions import BotoCoreError, ClientError

        def call(client: Any) -> tuple[bytes, str | None]:
            answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
            return answer["Payload"].read(), answer.get("FunctionError")

        try:
            payload, error = self._clients.call("lambda", _region(stream_arn), role, stream_arn, call)
        except ClientError as problem:
            code = problem.response["Error"]["Code"]
            raise NotInvoked(*FAILURES.get(code, (f"Lambda.{code}", str(problem)))) from problem
        except BotoCoreError as problem:
            raise NotInvoked("InternalError", str(problem)) from problem
        except Refused as problem:
            raise NotInvoked(*NOT_TRUSTED) from problem
        if error:
            raise NotInvoked(*FUNCTION_ERROR)
        try:
            return json.loads(payload)
        except ValueError:
            return None

    def put(self, stream_arn: str, role: str, bucket: str, key: str, body: bytes, encoding: str) -> None:
        """See Cloud.put."""
        from botocore.exceptions import BotoCoreError, ClientError

        named = {"Bucket": bucket, "Key": key, "Body": body, "ContentType": "application/octet-stream"}
        if encoding:
            named["ContentEncoding"] = encoding
        try:
            region = _region(stream_arn)
            self._clients.call("s3", region, role, stream_arn, lambda client: client.put_object(**named))
        except (BotoCoreError, ClientError) as problem:
            raise Refused(str(problem)) from problem

    def count(self, stream_arn: str, metric: str, value: float, unit: str) -> None:
        """See Cloud.count."""
        dimensions = {"DeliveryStreamName": stream_arn.rpartition("/")[2]}
        counts.add(_account(stream_arn), _region(stream_arn), "AWS/Firehose", metric, dimensions, value, unit)


def assume(service: str, role: str, source_arn: str) -> dict[str, str]:
    """A session of a role that trusts Firehose, for its stream. The account's id goes with it, as the guide's
    "Controlling access" wants it in the trust policy (sts:ExternalId)."""
    account = _account(source_arn)
    if not may_assume(role, source_arn):
        raise Refused(f"role {role} does not trust {service} on behalf of {source_arn}")
    return roles.open_session(account, role, "AWSFirehoseToS3")


def may_assume(role: str, stream_arn: str) -> bool:
    """Whether Firehose may assume a role for a stream."""
    account = _account(stream_arn)
    return roles.trusts(account, SERVICE, role, stream_arn, external_id=account)


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _account(arn: str) -> str:
    return arn.split(":")[4]
