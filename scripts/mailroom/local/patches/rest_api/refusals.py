"""What API Gateway itself refuses: with AWS's words and error types, by way of the stage's gateway responses.

The names in x-amzn-ErrorType are those that callers of AWS have reported; SDKs tell errors by them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ...engine.rest_api.call import Call
from ...engine.rest_api.variables import render, variables
from ..patch import Patch
from .present import current

ERROR_TYPES = {
    "INVALID_API_KEY": "ForbiddenException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "INTEGRATION_FAILURE": "InternalServerErrorException",
    "INTEGRATION_TIMEOUT": "InternalServerErrorException",
}
"""Beside those that the emulator knows."""
INVOKE = "execute-api:Invoke"

Answer = tuple[int, dict[str, Any], bytes]


def _respond(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _gateway_error_response(error: Any, request: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        error.error_type = error.error_type or ERROR_TYPES.get(error.response_type)
        call = current.get()
        if call is None:
            return original(error, request)
        call.refuse(error.response_type, error.message)
        request["request_id"] = call.request_id
        status, headers, body = original(error, request)
        deployed = v1._deployed_gateway_responses.get(call.api, {}).get(request["stage"].get("deploymentId"))
        customized = (deployed or {}).get("DEFAULT_5XX", {})
        if error.response_type == "DEFAULT_5XX" and "statusCode" not in customized:
            status = call.fallback_status
        # The emulator fills in a few variables, and leaves the others as they are written.
        return status, headers, render(body.decode(), variables(call), "").encode()

    return _gateway_error_response


def _value(original: Callable[..., str | None]) -> Callable[..., str | None]:
    def _gateway_request_value(source: str, request: dict[str, Any]) -> str | None:
        call = current.get()
        if call is None or not source.startswith("context."):
            return original(source, request)
        return render(f"${source}", variables(call), "") or None

    return _gateway_request_value


def _enforce(original: Callable[..., Any]) -> Callable[..., Any]:
    def _enforce_execute_api(
        api_id: str,
        stage: str,
        method: str,
        execute_path: str,
        headers: dict[str, str],
        query_params: dict[str, Any],
        iam_action: str = INVOKE,
    ) -> Any:
        from ministack.core.responses import request_scope
        from ministack.services import apigateway_v1 as v1

        call = current.get()
        if call is None or iam_action != INVOKE:
            return original(api_id, stage, method, execute_path, headers, query_params, iam_action)
        # Who may call is asked where there is something to call: an unknown path has its own answer.
        if v1.method_authorization_type(api_id, stage, method, execute_path) != "AWS_IAM":
            return None
        denied = original(api_id, stage, method, execute_path, headers, query_params, iam_action)
        if denied is None:
            return None
        with request_scope(call.account, call.region):
            resource, _ = v1._match_resource_tree(api_id, [part for part in execute_path.split("/") if part])
            call.resource_path = (resource or {}).get("path", "")
            return denied if call.error_type else _denied(call, denied, execute_path)

    return _enforce_execute_api


def _denied(call: Call, denied: Answer, path: str) -> Answer:
    """A refusal of IAM's as API Gateway passes it on: it names what was called, the account in part."""
    from ministack.core.arn import execute_api_arn
    from ministack.services import apigateway_v1 as v1

    document = json.loads(denied[2])
    words = str(document.get("message") or document.get("Message"))
    if " on resource: " not in words:
        account = f"********{call.account[-4:]}"
        called = execute_api_arn(call.region, account, call.api, call.stage, call.method, path)
        words = words.replace(INVOKE, f"{INVOKE} on resource: {called}", 1)
    stage = v1._stages_v1.get(call.api, {}).get(call.stage)
    request = {
        "api_id": call.api, "stage_name": call.stage, "stage": stage, "headers": dict(call.headers),
        "query_params": {}, "path_params": {}, "resource_path": "", "request_id": call.request_id,
    }  # fmt: skip
    answer: Answer = v1._gateway_error_response(v1._gw_error("ACCESS_DENIED", words), request)
    return answer


def _key(original: Callable[..., Any]) -> Callable[..., Any]:
    def _check_api_key(method_obj: dict[str, Any], api_id: str, stage_name: str, headers: Any) -> Any:
        error, key = original(method_obj, api_id, stage_name, headers)
        call = current.get()
        if call is not None and key is not None:
            call.identity |= {"apiKey": key["value"], "apiKeyId": key["id"]}
        return error, key

    return _check_api_key


_V1 = "ministack.services.apigateway_v1:"
PATCHES = (
    Patch(
        _V1 + "_gateway_error_response",
        "error types and variables were missing; 502 was 500",
        "c0a3f091df36886a9bcde5dbfa26481f1e1bf4a1f887b832981841f3a53b3c58",
        _respond,
    ),
    Patch(
        _V1 + "_gateway_request_value",
        "headers could be made of the request id only",
        "92e211297e7f40549a5a3043b3e69ed2ca75b44d7211aa20b2aecba54c7bfc56",
        _value,
    ),
    Patch(
        _V1 + "_check_api_key",
        "neither the function nor the log knew which key it was",
        "e7df68848ea11362018cfd961e41d3ccf61f4d45edf2f68b54925b93ee446d63",
        _key,
    ),
    Patch(
        "ministack.app:_enforce_execute_api",
        "an unknown path asked IAM; a refusal named no resource and went past the gateway responses",
        "41e437c7b90d987808bc1ef84769718eb06289f0386ef9e8f699923ac744ff06",
        _enforce,
    ),
)
