"""The $context variables of a call, for access logs and for the templates of gateway responses.

"Variables for access logging for API Gateway", developer guide.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .call import Call
from .event import request_time

NAMED = re.compile(r"\$context((?:\.[A-Za-z]\w*)+)|\$\{context((?:\.[A-Za-z]\w*)+)\}")


def variables(call: Call) -> dict[str, Any]:
    """What is known of a call before it is answered, by the variable's name without `context.`; what is not
    known is not there, or None."""
    backend = call.integration
    known: dict[str, Any] = {
        "accountId": call.account,
        "apiId": call.api,
        "awsEndpointRequestId": None,
        "deploymentId": call.deployment,
        "domainName": call.header("host"),
        "domainPrefix": call.api,
        "endpointType": "REGIONAL",
        "extendedRequestId": call.extended_request_id,
        "httpMethod": call.method,
        "isCanaryRequest": None,
        "operationName": call.operation,
        "path": call.whole_path,
        "protocol": "HTTP/1.1",
        "requestId": call.request_id,
        "requestTime": request_time(call.at),
        "requestTimeEpoch": int(call.at * 1000),
        "resourceId": call.resource_id,
        "resourcePath": call.resource_path,
        "stage": call.stage,
        "xrayTraceId": f"1-{int(call.at):08x}-{call.trace}",
        "integrationErrorMessage": backend.error,
        "integrationLatency": backend.latency,
        "integrationStatus": backend.status,
        "integration.error": backend.error,
        "integration.integrationStatus": backend.status,
        "integration.latency": backend.latency,
        "integration.status": backend.status,
    }
    if call.error_type:
        known["error.responseType"] = call.error_type
        known["error.message"] = call.error_message
        known["error.messageString"] = json.dumps(call.error_message)
    known |= {f"identity.{name}": value for name, value in call.known_identity().items()}
    return known | {f"authorizer.{name}": value for name, value in (call.authorizer or {}).items()}


def answered(call: Call, status: int, length: int, latency: int) -> dict[str, Any]:
    """All variables of an answered call; `length` in bytes, `latency` in milliseconds."""
    return variables(call) | {"status": status, "responseLength": length, "responseLatency": latency}


def render(text: str, known: dict[str, Any], missing: str) -> str:
    """A text with its $context variables filled in; `missing` stands for what is not known."""

    def value(match: re.Match[str]) -> str:
        found = known.get((match[1] or match[2])[1:])
        return missing if found is None or found == "" else str(found)

    return NAMED.sub(value, text)


def log_line(form: str, call: Call, status: int, length: int, latency: int) -> str:
    """The line of an access log in a stage's format; what is not known is a dash, as in AWS."""
    return render(form, answered(call, status, length, latency), "-")
