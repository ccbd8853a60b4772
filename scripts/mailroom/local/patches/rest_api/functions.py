"""A Lambda function behind a proxy integration: called where its policy lets API Gateway, for as long as the
integration says, and its answer passed on.

Lambda developer guide, "Handling Lambda errors with an API Gateway API": where Lambda refuses the call the
caller gets 500, where the function fails or answers in another form 502; both say "Internal server error".
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ...adapter.policies import allows
from ...engine.rest_api.answer import Malformed, from_function
from ...engine.rest_api.call import Call
from ...engine.rest_api.event import event
from ..patch import Patch
from .present import current

GATEWAY = "apigateway.amazonaws.com"
INTERNAL = "Internal server error"
MISCONFIGURED = "Execution failed due to configuration error"
RAN = "Lambda execution failed with status 200"


def _proxy(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _invoke_lambda_proxy_v1(
        integration: dict[str, Any],
        api_id: str,
        stage_name: str,
        stage: dict[str, Any],
        resource: dict[str, Any],
        *more: Any,
        binary_media_types: list[str] | None = None,
        authorizer_context: dict[str, Any] | None = None,
        caller_identity: dict[str, Any] | None = None,
        **others: Any,
    ) -> Any:
        call = current.get()
        if call is None:
            raise RuntimeError("a REST API was called by a door that does not know of it")
        _complete(call, stage, resource, more[-1], authorizer_context, caller_identity)
        return await _invoke(call, integration, binary_media_types or [])

    return _invoke_lambda_proxy_v1


def _complete(
    call: Call,
    stage: dict[str, Any],
    resource: dict[str, Any],
    path_parameters: dict[str, str],
    authorizer: dict[str, Any] | None,
    identity: dict[str, Any] | None,
) -> None:
    """What the emulator has found out by now."""
    call.deployment = stage.get("deploymentId") or ""
    call.stage_variables = stage.get("variables") or None
    call.resource_id, call.resource_path = resource["id"], resource["path"]
    call.path_parameters = path_parameters
    methods = resource.get("resourceMethods", {})
    call.operation = (methods.get(call.method) or methods.get("ANY") or {}).get("operationName") or ""
    call.authorizer = authorizer
    call.identity |= identity or {}


async def _invoke(call: Call, integration: dict[str, Any], binary: list[str]) -> Any:
    from ministack.services import apigateway_v1 as v1

    reference = v1._extract_lambda_ref_from_integration_uri(integration.get("uri") or "")
    if refused := _refusal(call, integration, reference):
        call.integration.error = f"{MISCONFIGURED}: {refused}"
        return v1._gw_error("API_CONFIGURATION_ERROR", INTERNAL)
    started = time.perf_counter()
    # In a task of its own: a function is not ended when its caller has waited long enough.
    work = asyncio.ensure_future(
        v1._call_lambda_raw(reference, event(call, binary), account_id=call.account, region=call.region)
    )
    done, _ = await asyncio.wait({work}, timeout=(integration.get("timeoutInMillis") or 29000) / 1000)
    call.integration.latency = int((time.perf_counter() - started) * 1000)
    if not done:
        call.integration.error = "Execution failed due to a timeout error"
        return v1._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
    result, problem = work.result()
    if problem or result.get("throttle"):
        call.integration.status = 404 if problem else 429
        call.integration.error = f"Lambda execution failed with status {call.integration.status}"
        return v1._gw_error("API_CONFIGURATION_ERROR", INTERNAL)
    call.integration.status = 200
    return _answer(call, result, binary)


def _answer(call: Call, result: dict[str, Any], binary: list[str]) -> Any:
    """The HTTP answer of a function that has run, however it ended."""
    if result.get("error"):
        body = result.get("body")
        words = body.get("errorMessage", "") if isinstance(body, dict) else body
        call.integration.error = f"{RAN} due to customer function error: {words}"
        return _bad_gateway(call)
    try:
        found = from_function(result.get("body"), call.header("accept"), binary)
    except Malformed:
        call.integration.error = f"{MISCONFIGURED}: Malformed Lambda proxy response"
        return _bad_gateway(call)
    return found.status, found.headers, found.body


def _bad_gateway(call: Call) -> Any:
    """502 by way of the gateway response for 5xx, whose own status wins where it has one."""
    from ministack.services import apigateway_v1 as v1

    call.fallback_status = 502
    return v1._gw_error("DEFAULT_5XX", INTERNAL)


def _refusal(call: Call, integration: dict[str, Any], reference: str) -> str:
    """Why Lambda would not take the call: the integration's method, or a function's policy that does not let
    API Gateway in; "" where it would. An integration with a role calls as that role."""
    from ministack.services import lambda_svc

    if str(integration.get("httpMethod") or "POST").upper() != "POST":
        return "Lambda functions are called by POST"
    found, _, _ = lambda_svc._get_func_record_for_ref_in_scope(
        reference, account_id=call.account, region=call.region
    )
    if integration.get("credentials") or found is None:
        return ""
    path = re.sub(r"\{[^}]*\}", "*", call.resource_path).lstrip("/")
    source = f"arn:aws:execute-api:{call.region}:{call.account}:{call.api}/{call.stage}/{call.method}/{path}"
    function = reference if reference.startswith("arn:") else found["config"]["FunctionArn"]
    policy = json.dumps(found.get("policy") or {})
    if '"Statement": []' not in policy and allows(
        policy, GATEWAY, "lambda:InvokeFunction", function, source, call.account, call.region
    ):
        return ""
    return "Invalid permissions on Lambda function"


PATCHES = (
    Patch(
        "ministack.services.apigateway_v1:_invoke_lambda_proxy_v1",
        "events lacked members, the function's policy and the time limit did not count, errors told too much",
        "5651a96fa7ba1ad6d4b631a70149583cdb347d35a7683dede3e6d728810f7e1f",
        _proxy,
    ),
)
