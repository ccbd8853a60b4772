"""Deployments are copies: what changes of an API is served when it is deployed, not before.

"Deploy REST APIs in API Gateway", developer guide. Kept beside the emulator's own resources, under names that
no API can have, so that its search for a resource serves for both.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from ..patch import Patch
from .present import current

STORES = ("_resources", "_request_validators", "_models")
SETTINGS = "settings of a deployment"

Answer = tuple[int, dict[str, Any], bytes]


def _name(api: str, deployment: str) -> str:
    return f"{api} deployed as {deployment}"


def _served(api: str) -> str:
    """The name under which the resources are that the present call is served from."""
    from ministack.services import apigateway_v1 as v1

    call = current.get()
    if call is None or call.api != api:
        return api
    stage = v1._stages_v1.get(api, {}).get(call.stage) or {}
    name = _name(api, stage.get("deploymentId") or "")
    return name if name in v1._resources else api


def settings(api: str, stage: dict[str, Any]) -> dict[str, Any]:
    """The settings of an API (binary media types, compression, policy) as a stage's deployment has them."""
    from ministack.services import apigateway_v1 as v1

    found = v1._resources.get(_name(api, stage.get("deploymentId") or ""), {}).get(SETTINGS)
    kept: dict[str, Any] = found["api"] if found else v1._rest_apis.get(api) or {}
    return kept


def _create(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _create_deployment(api_id: str, data: dict[str, Any]) -> Answer:
        from ministack.services import apigateway_v1 as v1

        if api_id in v1._rest_apis:
            methods = [
                method
                for resource in v1._resources.get(api_id, {}).values()
                for method in resource.get("resourceMethods", {}).values()
            ]
            if not methods:
                return _refused("The REST API doesn't contain any methods")
            if not all(method.get("methodIntegration") for method in methods):
                return _refused("No integration defined for method")
        answer = original(api_id, data)
        if answer[0] == 201:
            name = _name(api_id, json.loads(answer[2])["id"])
            for store in STORES:
                getattr(v1, store)[name] = copy.deepcopy(getattr(v1, store).get(api_id, {}))
            # In no tree of resources: it has neither a parent nor a path.
            v1._resources[name][SETTINGS] = {"id": SETTINGS, "api": copy.deepcopy(v1._rest_apis[api_id])}
        return answer

    return _create_deployment


def _refused(words: str) -> Answer:
    from ministack.services import apigateway_v1 as v1

    answer: Answer = v1._v1_error("BadRequestException", words, 400)
    return answer


def _delete(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def _delete_deployment(api_id: str, deployment_id: str) -> Answer:
        from ministack.services import apigateway_v1 as v1

        if any(
            stage.get("deploymentId") == deployment_id for stage in v1._stages_v1.get(api_id, {}).values()
        ):
            return _refused("Active stages pointing to this deployment must be moved or deleted")
        answer = original(api_id, deployment_id)
        for store in STORES:
            getattr(v1, store).pop(_name(api_id, deployment_id), None)
        return answer

    return _delete_deployment


def _from_the_copy(original: Callable[..., Any]) -> Callable[..., Any]:
    """For functions whose first argument is the API's id."""

    def find(api_id: str, *more: Any) -> Any:
        return original(_served(api_id), *more)

    return find


def _validate(original: Callable[..., Any]) -> Callable[..., Any]:
    def _check_request_validation(method_obj: dict[str, Any], api_id: str, *more: Any) -> Any:
        return original(method_obj, _served(api_id), *more)

    return _check_request_validation


def _policy(original: Callable[[str], Any]) -> Callable[[str], Any]:
    def rest_api_policy_for_arn(resource_arn: str) -> Any:
        from ministack.services import apigateway_v1 as v1

        call = current.get()
        api = v1._rest_apis.get(call.api) if call is not None else None
        if call is None or api is None:
            return original(resource_arn)
        deployed = settings(call.api, v1._stages_v1.get(call.api, {}).get(call.stage) or {})
        now, api["policy"] = api.get("policy"), deployed.get("policy")
        try:
            return original(resource_arn)
        finally:
            api["policy"] = now

    return rest_api_policy_for_arn


_V1 = "ministack.services.apigateway_v1:"
PATCHES = (
    Patch(
        _V1 + "_create_deployment",
        "an API without methods was deployed, and deployments held nothing",
        "cf248c888e1fa3d7cc7fa26c164e31c62dc44e9b4b3f3e314e1043bc4e7d3ef5",
        _create,
    ),
    Patch(
        _V1 + "_delete_deployment",
        "a deployment that a stage serves could be deleted",
        "cb25e7c6f4f55b11eaefc7c2caad28b7e022e3469cfdf9527208e8647b2ba0a7",
        _delete,
    ),
    Patch(
        _V1 + "_match_resource_tree",
        "a change was served before it was deployed",
        "f07f88e8b49c59e8cfe109c8d10a316d0bb0bf68cbd4f7119f9c924c6d22c1c1",
        _from_the_copy,
    ),
    Patch(
        _V1 + "_match_greedy_fallback",
        "a change was served before it was deployed",
        "6ac79d39cdb9fe721b4bbdc9cb4e8d432714954c7f3f936bfcb779235226d12f",
        _from_the_copy,
    ),
    Patch(
        _V1 + "_check_request_validation",
        "a change was served before it was deployed",
        "9605a07a083f3c7c0f0f793223e9e62d881c148a7b6c74dfe94b9044da589ff2",
        _validate,
    ),
    Patch(
        _V1 + "rest_api_policy_for_arn",
        "a change was served before it was deployed",
        "b0196588ff8095f9215e835c5c31e1baeafbf79ad9307db1e67213f5c6b62d70",
        _policy,
    ),
)
