"""boto3 clients of the cloud behind our engines."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

FUNCTION_SECONDS = 30
"""As long does SES wait for a function ("Invoke Lambda function action")."""
READ_SECONDS = 60

_making = threading.Lock()
"""Clients are safe between threads, making one of boto3's default session is not
(boto3 guide, "Session", multithreading; boto3 #1592)."""


def make(
    endpoint: str,
    service: str,
    region: str,
    credentials: Mapping[str, str],
    function_seconds: int = FUNCTION_SECONDS,
    checked: bool = True,
) -> Any:
    """A client of a service in a Region, with credentials as boto3.client names them. A function is waited
    for as long as `function_seconds`."""
    import boto3
    from botocore.config import Config

    is_function = service == "lambda"
    config = Config(
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"},
        parameter_validation=checked,
        max_pool_connections=50,  # as many threads of ours may ask at once
        # A function that took too long must not be called again by botocore.
        retries={"total_max_attempts": 1 if is_function else 2},
        read_timeout=function_seconds if is_function else READ_SECONDS,
    )
    with _making:
        return boto3.client(service, region_name=region, endpoint_url=endpoint, config=config, **credentials)
