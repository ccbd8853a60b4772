"""How REST APIs are made and changed: as AWS takes it, refuses it, and shows it again."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ...engine.rest_api import patching
from ..patch import Patch
from .account import refusal

Answer = tuple[int, dict[str, Any], bytes]

ALWAYS_SHOWN = ("apiStages", "cacheKeyParameters", "item")
"""Members that are shown empty."""


def _patch(original: Callable[..., Any]) -> Callable[..., Any]:
    def _apply_patch(obj: dict[str, Any], patch_ops: list[dict[str, Any]]) -> dict[str, Any]:
        return patching.apply(obj, patch_ops)

    return _apply_patch


def _bad_request(words: str) -> Answer:
    from ministack.services import apigateway_v1 as v1

    answer: Answer = v1._v1_error("BadRequestException", words, 400)
    return answer


def _not_found(words: str) -> Answer:
    from ministack.services import apigateway_v1 as v1

    answer: Answer = v1._v1_error("NotFoundException", words, 404)
    return answer


def _create_stage(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _create_stage(api_id: str, data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        name = data.get("stageName") or ""
        if api_id not in v1._rest_apis:
            return _not_found("Invalid API identifier specified")
        if data.get("deploymentId") not in v1._deployments_v1.get(api_id, {}):
            return _bad_request("Deployment id does not exist")
        if name in v1._stages_v1.get(api_id, {}):
            answer: Answer = v1._v1_error("ConflictException", "Stage already exists", 409)
            return answer
        return _shown(original(api_id, {**data, "accessLogSettings": {}}))  # UpdateStage alone sets them

    return _create_stage


def _update_stage(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _update_stage(api_id: str, stage_name: str, data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        stages = v1._stages_v1.get(api_id, {})
        before = copy.deepcopy(stages.get(stage_name))
        answer = original(api_id, stage_name, data)
        if before is None:
            return answer
        after = stages[stage_name]
        words = refusal(after)
        if after.get("deploymentId") not in v1._deployments_v1.get(api_id, {}):
            words = "Deployment id does not exist"
        if words:
            stages[stage_name] = before
            return _bad_request(words)
        return _shown(answer)

    return _update_stage


def _get_stage(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _get_stage(api_id: str, stage_name: str) -> Answer:
        return _shown(original(api_id, stage_name))

    return _get_stage


def _shown(answer: Answer) -> Answer:
    """A stage without the settings that it has not."""
    status, headers, body = answer
    if status >= 300:
        return answer
    document = json.loads(body)
    if not document.get("accessLogSettings"):
        document.pop("accessLogSettings", None)
    return status, headers, json.dumps(document).encode()


def _create_key(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def _create_api_key(data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        value = data.get("value")
        if value and any(key.get("value") == value for _, key in v1._api_keys.all_items()):
            answer: Answer = v1._v1_error("ConflictException", "API Key already exists", 409)
            return answer
        if value and len(value) > 128:
            return _bad_request("API Key value should be at most 128 characters")
        return original({**data, "value": value or None})

    return _create_api_key


def _delete_key(original: Callable[[str], Answer]) -> Callable[[str], Answer]:
    def _delete_api_key(key_id: str) -> Answer:
        from ministack.services import apigateway_v1 as v1

        for keys in v1._usage_plan_keys.values():
            keys.pop(key_id, None)
        return original(key_id)

    return _delete_api_key


def _create_plan_key(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _create_usage_plan_key(plan_id: str, data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        key = data.get("keyId", "")
        if key not in v1._api_keys:
            return _not_found("Invalid API Key identifier specified")
        for other, keys in v1._usage_plan_keys.items():
            if key in keys and (other == plan_id or _stages(plan_id) & _stages(other)):
                words = f"API Key {key} is in Usage Plan {other} already, for the same API and stage"
                answer: Answer = v1._v1_error("ConflictException", words, 409)
                return answer
        return original(plan_id, data)

    return _create_usage_plan_key


def _stages(plan_id: str) -> set[tuple[str, str]]:
    """The APIs and stages that a usage plan is for."""
    from ministack.services import apigateway_v1 as v1

    plan = v1._usage_plans.get(plan_id) or {}
    return {(one["apiId"], one["stage"]) for one in plan.get("apiStages") or []}


def _create_plan(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def _create_usage_plan(data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        for one in data.get("apiStages") or []:
            if one.get("stage") not in v1._stages_v1.get(one.get("apiId"), {}):
                return _not_found(f"API Stage not found: {one.get('apiId')}:{one.get('stage')}")
        return original(data)

    return _create_usage_plan


def _put_integration(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _put_integration(api_id: str, resource_id: str, http_method: str, data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        if data.get("type") != "MOCK" and not data.get("httpMethod"):
            return _bad_request("Enumeration value for HttpMethod must be non-empty")
        status, headers, body = original(api_id, resource_id, http_method, data)
        if status != 201:
            return status, headers, body
        method = v1._resources[api_id][resource_id]["resourceMethods"][http_method]
        method["methodIntegration"]["httpMethod"] = data.get("httpMethod")
        return status, headers, json.dumps(method["methodIntegration"]).encode()

    return _put_integration


def _handle(original: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        from ministack.services import apigateway_v1 as v1

        status, answered, document = await original(method, path, headers, body, query_params)
        shown = (path.startswith("/restapis/") and "/resources" in path) or path.startswith("/usageplans")
        if shown and document and status < 300:
            document = json.dumps(_without_nothing(json.loads(document))).encode()
        if method == "GET" and path.startswith("/apikeys") and status == 200:
            asked = [v1._qp(query_params, name) for name in ("includeValue", "includeValues")]
            document = document if "true" in asked else _without_values(document)
        return status, answered, document

    return handle_request


def _without_nothing(document: Any) -> Any:
    """A resource, method, integration or response without the members that it was not given, as AWS shows it.
    Terraform hashes them to know when to deploy: what comes and goes there is a deployment for nothing."""
    if isinstance(document, list):
        return [_without_nothing(one) for one in document]
    if not isinstance(document, dict):
        return document
    shown = {name: _without_nothing(value) for name, value in document.items()}
    nothing: tuple[Any, ...] = (None, "", {}, [])
    return {name: value for name, value in shown.items() if name in ALWAYS_SHOWN or value not in nothing}


def _without_values(body: bytes) -> bytes:
    """API keys as they are shown to who did not ask for their values."""
    document = json.loads(body)
    for key in document.get("item", [document]):
        key.pop("value", None)
    return json.dumps(document).encode()


_V1 = "ministack.services.apigateway_v1:"
PATCHES = (
    Patch(
        _V1 + "_apply_patch",
        "numbers, switches and lists became texts at the first update",
        "b56afc4bae0934e4ffc74723b04885d95f3474e6187dbcbc72beb16749ec57bd",
        _patch,
    ),
    Patch(
        _V1 + "_create_stage",
        "any deployment would do, and access logs could be set at once",
        "f58c23c490e84ebe02d1260562b169235862faf604d35220b8d0346080cf3d89",
        _create_stage,
    ),
    Patch(
        _V1 + "_update_stage",
        "stages logged without a role, and showed empty settings",
        "dcea426981d7d279c56cd295484c2e9276b2fc8921853731100f3213db05f256",
        _update_stage,
    ),
    Patch(
        _V1 + "_get_stage",
        "a stage without access logs showed empty settings",
        "6a91f92cafd2015921d236892348c4e0d6742ee34fb79c475b7618fc409ad5c0",
        _get_stage,
    ),
    Patch(
        _V1 + "_create_api_key",
        "an empty value, which Terraform sends, was refused",
        "754711bfbaf5b2d9d32b8ff5650ac5e92e5d9c13b0463ba5e7ddb1abd7d0151e",
        _create_key,
    ),
    Patch(
        _V1 + "_delete_api_key",
        "a deleted key stayed in its usage plans",
        "6ec02f4b2a5dd6cb0383534713aaa26f27f5fe6a2aeb1ee7d4d651e81878411b",
        _delete_key,
    ),
    Patch(
        _V1 + "_create_usage_plan_key",
        "any text was taken for a key",
        "46e1fadd85da247605bcced1212b0deb779cee859bd15106547d6b9c970e6623",
        _create_plan_key,
    ),
    Patch(
        _V1 + "_create_usage_plan",
        "a plan could be for stages that are not there",
        "56fd143f53b1f538abac17ed2c7c285a50d07046566599909f00b2cf02fb5885",
        _create_plan,
    ),
    Patch(
        _V1 + "_put_integration",
        "integrations that call nothing got a method",
        "fd1a612acd0155a12b5f37a5ff20c4a2e364ca361704299f9688629d7bb8a2e6",
        _put_integration,
    ),
    Patch(
        _V1 + "handle_request",
        "members that nobody set were shown, and keys' values to who did not ask for them",
        "5c8aba9f1a888c74871605fe5fca5955f9fc7c19639384ad867d84a7894df95b",
        _handle,
    ),
)
