"""Which call of which service a request is, in boto3's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError

from ..adapter.backend import Scope
from ..engine.protocol import routes
from ..engine.protocol.model import service_model
from ..engine.protocol.values import utf8

FORM = "application/x-www-form-urlencoded"
# Where the name that a signature or a target carries is not boto3's.
BY_SIGNATURE = {
    "email": "ses", "monitoring": "cloudwatch", "states": "stepfunctions", "apigateway": "apigatewayv2",
    "tagging": "resourcegroupstaggingapi", "sms-voice": "pinpoint-sms-voice-v2",
}  # fmt: skip
BY_TARGET = {"DynamoDBStreams_20120810": "dynamodbstreams"}


@dataclass(frozen=True)
class Call:
    """One call. `protocol` is what the request speaks: json, query, rest-json, rest-xml or cbor; `query_mode`
    is JSON to a service that spoke `query` before (SQS); `function` is the Lambda function that calls."""

    service: str
    operation: str
    protocol: str
    query_mode: bool = False
    function: str = ""


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request, names in lower case."""
    return {utf8(name).lower(): utf8(value) for name, value in scope["headers"]}


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the operation stands in the body: then that is looked into, and only then."""
    return headers.get("content-type", "").startswith(FORM)


def signature(headers: Mapping[str, str], query: Mapping[str, list[str]]) -> tuple[str, str]:
    """The access key and the service that a signature names; "" twice where there is none.

    A signed address is used by others than who signed it: it counts as the call of nobody's key.
    """
    signed = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    if len(signed) > 3:
        return signed[0], signed[3]
    address = query.get("X-Amz-Credential", [""])[-1].split("/")
    return "", address[3] if len(address) > 3 else ""


def identify(scope: Scope, headers: Mapping[str, str], body: bytes) -> tuple[Call, str] | None:
    """The call of a request and the access key of its caller; None for what is no call of an AWS API.

    `body` is needed of forms only.
    """
    query = parse_qs(utf8(scope.get("query_string", b"")), keep_blank_values=True)
    key, name = signature(headers, query)
    path = utf8(scope.get("raw_path") or scope["path"].encode()).partition("?")[0]
    if path.startswith("/v2/email/"):
        name = "sesv2"
    if not name:
        return None
    target, _, operation = headers.get("x-amz-target", "").rpartition(".")
    service = BY_TARGET.get(target) or BY_SIGNATURE.get(name, name)
    if operation:
        return Call(service, operation, "json", "x-amzn-query-mode" in headers), key
    if path.startswith("/service/") and "/operation/" in path:
        return Call(service, path.rpartition("/")[2], "cbor"), key
    form = parse_qs(utf8(body)) if is_form(headers) else {}
    action = (form.get("Action") or query.get("Action") or [""])[-1]
    if action:
        return Call(service, action, "query"), key
    return _rest(service, scope["method"], path, query, headers), key


def _rest(
    service: str, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str]
) -> Call:
    try:
        protocol = str(service_model(service).metadata["protocol"])
    except UnknownServiceError:
        return Call(service, "", "rest-json")
    found = routes.find(service, method, path, query, headers)
    return Call(service, found[0].name if found else "", protocol)
