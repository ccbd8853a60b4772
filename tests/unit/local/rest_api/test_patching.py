"""Patch operations of API Gateway's control plane, as the Terraform provider and the CLI send them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mailroom.local.engine.rest_api.patching import apply


def op(path: str, value: str | None = None, op: str = "replace") -> dict[str, str]:
    """One operation."""
    return {"op": op, "path": path, **({} if value is None else {"value": value})}


PLAN = {"apiStages": [{"apiId": "a", "stage": "v1"}], "throttle": {"rateLimit": 1.0, "burstLimit": 2}}


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [
        ({"name": "a"}, op("/name", "b"), {"name": "b"}),
        ({"name": "a"}, op("/name", op="remove"), {}),
        ({}, op("/minimumCompressionSize", "0"), {"minimumCompressionSize": 0}),
        ({}, op("/disableExecuteApiEndpoint", "true"), {"disableExecuteApiEndpoint": True}),
        ({"apiKeyRequired": True}, op("/apiKeyRequired", "False"), {"apiKeyRequired": False}),
        (
            {"binaryMediaTypes": []},
            op("/binaryMediaTypes/image~1png", op="add"),
            {"binaryMediaTypes": ["image/png"]},
        ),
        (
            {"binaryMediaTypes": ["a/b", "c/d"]},
            op("/binaryMediaTypes/a~1b", op="remove"),
            {"binaryMediaTypes": ["c/d"]},
        ),
        ({"binaryMediaTypes": ["a/b"]}, op("/binaryMediaTypes/a~1b", "x/y"), {"binaryMediaTypes": ["x/y"]}),
        (
            {"endpointConfiguration": {"types": ["EDGE"]}},
            op("/endpointConfiguration/types/0", "REGIONAL"),
            {"endpointConfiguration": {"types": ["REGIONAL"]}},
        ),
        (
            {"requestParameters": {}},
            op("/requestParameters/method.request.header.x", "true", "add"),
            {"requestParameters": {"method.request.header.x": True}},
        ),
        (
            {"requestParameters": {}},
            op("/requestParameters/integration.request.header.x", "'true'"),
            {"requestParameters": {"integration.request.header.x": "'true'"}},
        ),
        (
            {"requestModels": {}},
            op("/requestModels/application~1json", "Search"),
            {"requestModels": {"application/json": "Search"}},
        ),
        ({"variables": None}, op("/variables/a~0b", "true"), {"variables": {"a~b": "true"}}),
        (PLAN, op("/throttle/burstLimit", "40"), {**PLAN, "throttle": {"rateLimit": 1.0, "burstLimit": 40}}),
        (PLAN, op("/throttle", op="remove"), {"apiStages": PLAN["apiStages"]}),
        (PLAN, op("/apiStages", "a:v1", "add"), PLAN),
        (
            PLAN,
            op("/apiStages", "b:v2", "add"),
            {**PLAN, "apiStages": [{"apiId": "a", "stage": "v1"}, {"apiId": "b", "stage": "v2"}]},
        ),
        (PLAN, op("/apiStages", "a:v1", "remove"), {**PLAN, "apiStages": []}),
        (
            PLAN,
            op("/apiStages/a:v1/throttle//m/GET/rateLimit", "5"),
            {
                **PLAN,
                "apiStages": [{"apiId": "a", "stage": "v1", "throttle": {"/m/GET": {"rateLimit": 5.0}}}],
            },
        ),
        ({}, op(""), {}),
    ],
)
def test_values_become_what_their_members_are(
    before: dict[str, Any], operation: dict[str, str], after: dict[str, Any]
) -> None:
    """Numbers, switches, lists and names with slashes: always sent as texts."""
    assert apply(copy.deepcopy(before), [operation]) == after
