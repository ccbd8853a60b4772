"""What AWS says of the account that an environment will live in. Nothing is changed there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailroom.environment import endpoint_variables
from mailroom.errors import MailroomError

Client = Callable[[str, str], Any]
"""Makes a boto3 client of a service in a Region ("": the one of your AWS settings)."""


@dataclass(frozen=True)
class Found:
    """`rule_set`: the active receipt rule set, "" for none; `identity`: whether SES knows the domain already;
    `bucket`: whether the state's bucket is there; `unasked`: why some of it could not be asked."""

    rule_set: str = ""
    identity: bool = False
    bucket: bool = False
    unasked: str = ""


def client(environ: dict[str, str]) -> Client:
    """Clients for AWS. Raises MailroomError while a variable would lead them elsewhere."""
    if left_over := endpoint_variables(environ):
        raise MailroomError(
            f"{' and '.join(left_over)} is set: the account would be looked for there and not in AWS.",
            f"unset {' '.join(left_over)}",
        )

    def make(service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
        return boto3.client(service, region_name=region or None, config=config)

    return make


def whose(make: Client, region: str) -> tuple[str, str]:
    """The account that these credentials belong to; where that cannot be told, "" and why."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(make("sts", region).get_caller_identity()["Account"]), ""
    except (ClientError, BotoCoreError) as problem:
        return "", str(problem)


def usual_region() -> str:
    """The Region of your AWS settings (AWS_REGION, AWS_DEFAULT_REGION, the profile), "" for none."""
    import os

    import boto3

    return os.environ.get("AWS_REGION") or boto3.Session().region_name or ""


def look(make: Client, region: str, domain: str, bucket: str) -> Found:
    """What is there already that an apply would meet."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        active = make("ses", region).describe_active_receipt_rule_set()
        return Found(
            active.get("Metadata", {}).get("Name", ""),
            _there(lambda: make("sesv2", region).get_email_identity(EmailIdentity=domain)),
            bool(bucket) and _there(lambda: make("s3", region).head_bucket(Bucket=bucket)),
        )
    except (ClientError, BotoCoreError) as problem:
        return Found(unasked=str(problem))


def _there(call: Callable[[], Any]) -> bool:
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ("NotFoundException", "404", "NoSuchBucket"):
            return False
        raise
    return True
