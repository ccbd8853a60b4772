"""A call of a REST API from its arrival to its answer, its line in the access log and its metrics.

The emulator finds the resource, the key, the throttle and the validator; here is what it needs for that as it
was sent (paths percent-encoded, headers one by one), and what comes after the answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ...engine.rest_api.answer import compressed, is_set
from ...engine.rest_api.call import Call
from ..patch import Patch
from . import access_log, counting, deployments
from .present import current

log = logging.getLogger(__name__)

MOST_BYTES = 10 * 1024 * 1024
Answer = tuple[int, dict[str, Any], bytes]

_arrived: ContextVar[list[tuple[bytes, bytes]]] = ContextVar("mailroom_arrived_headers", default=[])  # noqa: B039


def _pin(original: Callable[..., None]) -> Callable[..., None]:
    def pin_signed_request(
        method: str, raw_path: str, query_params: dict[str, Any], raw_headers: Any, *more: Any
    ) -> None:
        _arrived.set(list(raw_headers))
        original(method, raw_path, query_params, raw_headers, *more)

    return pin_signed_request


def _handle(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _handle_execute_api_request(
        host: str,
        path: str,
        method: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        raw_path: str | None = None,
        raw_query_string: str | None = None,
    ) -> Any:
        sent = (raw_path or path).partition("?")[0]
        call = _call(host, sent, method, raw_query_string or "", body)
        if call is None:
            return await original(host, path, method, headers, body, query_params, raw_path, raw_query_string)
        token, started = current.set(call), time.perf_counter()
        try:
            answer = await original(host, sent, method, headers, body, query_params, sent, raw_query_string)
        finally:
            current.reset(token)
        return _finished(call, answer, int((time.perf_counter() - started) * 1000))

    return _handle_execute_api_request


def _call(host: str, sent: str, method: str, query: str, body: bytes) -> Call | None:
    """The call that a request is; None where it is for no REST API of the caller's account."""
    from ministack import app
    from ministack.core.responses import get_request_client_ip
    from ministack.services import apigateway_v1 as v1

    parsed = app._parse_execute_api_url(host, sent)
    scope = v1.find_api_scope(parsed[0]) if parsed else None
    if parsed is None or scope is None:
        return None
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in _arrived.get()]
    address = get_request_client_ip() or "127.0.0.1"
    (account, region), (api, stage, path) = scope, parsed
    return Call(account, region, api, stage, method, path, query, headers, body, address, time.time(), sent)


def _execute(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _execute_in_scope(
        request: dict[str, Any],
        api_id: str,
        stage_name: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        *more: Any,
    ) -> Any:
        from ministack.services import apigateway_v1 as v1

        call = current.get()
        if call is None:  # a call that came in by another door: nobody waits for its log
            return await original(request, api_id, stage_name, method, path, headers, body, *more)
        request["request_id"] = call.request_id
        stage = v1._stages_v1.get(api_id, {}).get(stage_name)
        answer: Any
        if stage and len(body or b"") > MOST_BYTES:
            request["stage"] = stage
            answer = v1._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        else:
            try:
                answer = await original(request, api_id, stage_name, method, path, headers, body, *more)
            except Exception:
                log.exception("a call of REST API %s/%s failed inside", api_id, stage_name)
                answer = v1._gw_error("DEFAULT_5XX", "Internal server error")
        call.resource_path = request["resource_path"]
        return answer

    return _execute_in_scope


def _finished(call: Call, answer: Answer, latency: int) -> Answer:
    """An answer as it leaves, logged and counted."""
    from ministack.core.responses import request_scope
    from ministack.services import apigateway_v1 as v1

    status, headers, body = answer
    with request_scope(call.account, call.region):
        stage = v1._stages_v1.get(call.api, {}).get(call.stage)
        api = deployments.settings(call.api, stage or {})
        kept = {name: value for name, value in headers.items() if name.lower() != "x-amzn-requestid"}
        kept |= {"x-amzn-requestid": call.request_id, "x-amz-apigw-id": call.extended_request_id}
        if not is_set(kept, "content-encoding"):
            body, encoding = compressed(
                body, call.header("accept-encoding"), api.get("minimumCompressionSize")
            )
            kept |= {"Content-Encoding": encoding} if encoding else {}
        if call.method == "HEAD" or status in (204, 304):
            kept |= {"Content-Length": str(len(body))} if call.method == "HEAD" and status != 204 else {}
            body = b""
        if stage is not None:
            access_log.write(call, stage, status, len(body), latency)
            counting.count(call, api.get("name", ""), stage, status, latency)
    return status, kept, body


_APP, _V1 = "ministack.app:", "ministack.services.apigateway_v1:"
PATCHES = (
    Patch(
        _APP + "pin_signed_request",
        "headers that came twice were one by the time an API saw them",
        "7fbb21e6b82f7fbd2f3d5adabfa1cfaeaa014852e82b408fa8aaddfd9017187b",
        _pin,
    ),
    Patch(
        _APP + "_handle_execute_api_request",
        "paths were decoded before they were looked up; nothing was logged or counted, HEAD had a body",
        "77a20f6d604b17e37e4b39ee906ed2ae8bb3e54532442b24064590001dd62221",
        _handle,
    ),
    Patch(
        _V1 + "_execute_in_scope",
        "bodies had no limit; what failed inside was told in Python's words",
        "2ae72b7d5eb64690c7e5e1932ab4a03e618b596977f16f62c733068ef4a53105",
        _execute,
    ),
)
