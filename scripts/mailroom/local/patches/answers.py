"""Small members that the emulator forgets or gets wrong, and that Terraform would see as drift."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from .patch import Patch

Answer = tuple[int, dict[str, str], bytes]


def _create_mapping(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _create_esm(data: dict[str, Any]) -> Answer:
        return _with_metrics_config(original(data), data)

    return _create_esm


def _update_mapping(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _update_esm(esm_id: str, data: dict[str, Any]) -> Answer:
        return _with_metrics_config(original(esm_id, data), data)

    return _update_esm


def _with_metrics_config(answer: Answer, data: dict[str, Any]) -> Answer:
    """Keep MetricsConfig and show it."""
    from ministack.services import lambda_svc

    status, headers, body = answer
    if status >= 300 or "MetricsConfig" not in data:
        return answer
    document = json.loads(body)
    document["MetricsConfig"] = data["MetricsConfig"]
    lambda_svc._esms[document["UUID"]]["MetricsConfig"] = data["MetricsConfig"]
    return status, headers, json.dumps(document).encode()


def _create_http_api(original: Callable[..., Answer]) -> Callable[..., Answer]:
    """An address that resolves: `<id>.execute-api.localhost` does for curl, not for Python, Node or Go."""

    def _create_api(data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway

        status, headers, body = original(data)
        document = json.loads(body)
        if status < 300 and document.get("protocolType") == "HTTP":
            endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_mailroom/http-api/{document['apiId']}"
            document["apiEndpoint"] = apigateway._apis[document["apiId"]]["apiEndpoint"] = endpoint
            body = json.dumps(document).encode()
        return status, headers, body

    return _create_api


PATCHES = (
    Patch(
        "ministack.services.lambda_svc:_create_esm",
        "MetricsConfig was forgotten",
        "d351521bb6cdd30f024e04df12e2d607b091241cc46538f91b6ce693f5e9f2be",
        _create_mapping,
    ),
    Patch(
        "ministack.services.lambda_svc:_update_esm",
        "MetricsConfig was forgotten",
        "1b7e0409cb6593c28bb2f07d88164708766a882863f761fd7a47d2cb6f9365e1",
        _update_mapping,
    ),
    Patch(
        "ministack.services.apigateway:_create_api",
        "ApiEndpoint did not resolve",
        "de00441a615d912cc26c473f7585d8ba21953a7717d7adc09a66ec1a564a9d5e",
        _create_http_api,
    ),
)
