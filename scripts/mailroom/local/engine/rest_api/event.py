"""The event that a REST API gives to a function behind a Lambda proxy integration.

After "Input format of a Lambda function for proxy integration" of API Gateway's developer guide, and after
events that were captured from AWS where the guide is silent: paths and path parameters stay percent-encoded,
query parameters are decoded; of several values the single-value maps have the last.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from .call import Call
from .media import is_binary

CAPITALIZED = {"host": "Host", "user-agent": "User-Agent", "authorization": "Authorization"}
"""Headers that reach the function under this name however they were sent; the others keep their own."""
NOT_PASSED = ("connection", "content-length", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")


def event(call: Call, binary_media_types: Sequence[str] = ()) -> dict[str, Any]:
    """The event of a call whose resource has been found."""
    headers = _multi(_headers(call))
    query = _multi(parse_qsl(call.query, keep_blank_values=True))
    body, encoded = _body(call, binary_media_types)
    return {
        "resource": call.resource_path,
        "path": call.path,
        "httpMethod": call.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": call.path_parameters or None,
        "stageVariables": call.stage_variables or None,
        "requestContext": request_context(call),
        "body": body,
        "isBase64Encoded": encoded,
    }


def request_context(call: Call) -> dict[str, Any]:
    """The member `requestContext`."""
    context = {
        "resourceId": call.resource_id,
        "resourcePath": call.resource_path,
        "httpMethod": call.method,
        "extendedRequestId": call.extended_request_id,
        "requestTime": request_time(call.at),
        "path": call.whole_path,
        "accountId": call.account,
        "protocol": "HTTP/1.1",
        "stage": call.stage,
        "domainPrefix": call.api,
        "requestTimeEpoch": int(call.at * 1000),
        "requestId": call.request_id,
        "identity": call.known_identity(),
        "domainName": call.header("host"),
        "deploymentId": call.deployment,
        "apiId": call.api,
    }
    if call.operation:
        context["operationName"] = call.operation
    if call.authorizer is not None:
        context["authorizer"] = call.authorizer
    return context


def request_time(at: float) -> str:
    """A time as the Common Log Format has it."""
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))


def _headers(call: Call) -> Iterable[tuple[str, str]]:
    """The caller's headers, and those that API Gateway adds; who is forwarded for comes after what the caller
    claims."""
    for name, value in call.headers:
        if name not in NOT_PASSED:
            yield CAPITALIZED.get(name, name), value
    claimed = call.header("x-forwarded-for")
    yield "X-Amzn-Trace-Id", f"Root=1-{int(call.at):08x}-{call.trace}"
    yield "X-Forwarded-For", f"{claimed}, {call.source_ip}" if claimed else call.source_ip
    yield "X-Forwarded-Port", "443"
    yield "X-Forwarded-Proto", "https"


def _body(call: Call, binary_media_types: Sequence[str]) -> tuple[str | None, bool]:
    if not call.body:
        return None, False
    if is_binary(call.header("content-type"), binary_media_types):
        return base64.b64encode(call.body).decode(), True
    return call.body.decode("utf-8", "replace"), False


def _multi(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _last(found: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in found.items()}
