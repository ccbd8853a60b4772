"""boto3 clients, made once per process."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# Bounds for every call: an answer that takes longer is an error, long before the function's own time-out.
CONNECT_SECONDS = 5
READ_SECONDS = 20


@cache
def client(service: str, attempts: int = 4) -> Any:
    """The client of `service` (boto3's name); `attempts` counts the first try too, so 1 never repeats."""
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
    return boto3.client(service, config=config)


@cache
def signing_client() -> Any:
    """An S3 client for pre-signed URLs: SigV4 asked for, since boto3's default here is SigV2 (FACTS),
    and the bucket in the path, so that the host name resolves at a local endpoint too.
    """
    return boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
