"""AWS's own errors, as the SDKs read them: code, status and form are those of the service that is called.

The SDKs decide by the code in the body and by the status whether to try again, so both must be right. Codes
and statuses are boto3's models' where they have them, else what the services' pages "Common errors" say.
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from ..engine.protocol.messages import Response, ServiceError, request_id
from ..engine.protocol.query import QueryService
from ..engine.protocol.rest_json import RestJsonService
from .calls import Call

RATE = "Rate exceeded"
THROTTLES = {
    "dynamodb": (
        "ProvisionedThroughputExceededException",
        400,
        "The level of configured provisioned throughput for the table was exceeded.",
    ),
    "lambda": ("TooManyRequestsException", 429, "Rate Exceeded."),
    "s3": ("SlowDown", 503, "Please reduce your request rate."),
    "ses": ("Throttling", 400, "Maximum sending rate exceeded."),
    "sesv2": ("TooManyRequestsException", 429, "Maximum sending rate exceeded."),
    "sns": ("Throttled", 429, RATE),
    "sqs": ("RequestThrottled", 403, "Request is throttled."),
}
FAILURES = {
    "dynamodb": "InternalServerError",
    "kms": "KMSInternalException",
    "lambda": "ServiceException",
    "s3": "InternalError",
    "sesv2": "InternalServiceErrorException",
    "sns": "InternalError",
}
FAILED = "We encountered an internal error. Please try again."


def throttled(call: Call) -> Response:
    """The answer of a service that is called too often."""
    code = "Throttling" if call.protocol == "query" else "ThrottlingException"
    return _written(call, *THROTTLES.get(call.service, (code, 400, RATE)))


def failed(call: Call) -> Response:
    """The answer of a service that broke down: HTTP 500."""
    return _written(call, FAILURES.get(call.service, "InternalFailure"), 500, FAILED)


def _written(call: Call, code: str, status: int, message: str) -> Response:
    error, rid = ServiceError(code, message, status), request_id()
    if call.protocol == "query":
        return QueryService(call.service, {}).encode_error(error, status, rid)
    if call.protocol == "rest-json":
        return RestJsonService(call.service, {}).encode_error(error, status, rid)
    if call.protocol == "rest-xml":
        return _rest_xml(error, rid)
    if call.protocol == "cbor":
        return _cbor(error, rid)
    return _json(call, error, rid)


def _json(call: Call, error: ServiceError, rid: str) -> Response:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": rid}
    if call.query_mode:
        headers["x-amzn-query-error"] = f"{error.code};{'Receiver' if error.status >= 500 else 'Sender'}"
    body = json.dumps({"__type": error.code, "message": error.message})
    return Response(error.status, headers, body.encode())


def _rest_xml(error: ServiceError, rid: str) -> Response:
    inner = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message><RequestId>{rid}</RequestId>"
    headers = {"content-type": "application/xml", "x-amz-request-id": rid}
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return Response(error.status, headers, body.encode())


def _cbor(error: ServiceError, rid: str) -> Response:
    import cbor2

    headers = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": rid}
    return Response(error.status, headers, cbor2.dumps({"__type": error.code, "message": error.message}))
