"""Patch operations of API Gateway's control plane (UpdateRestApi, UpdateUsagePlan, …).

"PatchOperation" of API Gateway's API reference, and the tables of paths that it links: values are always
texts, lists are changed item by item, `/` in a name is written `~1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NUMBERS = {
    "burstLimit": int, "cacheTtlInSeconds": int, "limit": int, "minimumCompressionSize": int, "offset": int,
    "rateLimit": float, "timeoutInMillis": int, "authorizerResultTtlInSeconds": int,
}  # fmt: skip
SWITCHES = (
    "apiKeyRequired", "cacheClusterEnabled", "disableExecuteApiEndpoint", "enabled", "tracingEnabled",
    "validateRequestBody", "validateRequestParameters",
)  # fmt: skip
LISTS = (
    "authorizationScopes", "binaryMediaTypes", "cacheKeyParameters", "providerARNs", "types",
    "vpcEndpointIds",
)  # fmt: skip
SINGLE = ("types",)
"""Lists that have one item, which a replacement takes the place of."""


def apply(target: dict[str, Any], operations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Change a resource in place, and answer it."""
    for one in operations:
        names = [_name(part) for part in str(one.get("path", "")).lstrip("/").split("/")]
        if names != [""]:
            _change(target, names, str(one.get("op", "replace")).lower(), one.get("value"))
    return target


def _name(part: str) -> str:
    """RFC 6901, section 4."""
    return part.replace("~1", "/").replace("~0", "~")


def _change(target: dict[str, Any], names: list[str], op: str, value: Any) -> None:
    if names[0] == "apiStages":
        _change_stages(target, names[1:], op, value)
        return
    for at, name in enumerate(names[:-1]):
        if name in LISTS:
            _change_list(target, name, "/".join(names[at + 1 :]), op, value)
            return
        if not isinstance(target.get(name), dict):
            target[name] = {}
        target = target[name]
    last = names[-1]
    if op == "remove":
        target.pop(last, None)
    elif last in LISTS and isinstance(value, str):
        _change_list(target, last, value, op, value)
    else:
        target[last] = typed(last, value)


def _change_list(target: dict[str, Any], name: str, item: str, op: str, value: Any) -> None:
    """An item is named by the path, or by the value where the path ends at the list; a replacement puts the
    value in its place."""
    kept = [one for one in target.get(name) or [] if one != item]
    if op == "replace" and name in SINGLE:
        kept = []
    target[name] = kept if op == "remove" else [*kept, value if op == "replace" and value else item]


def _change_stages(plan: dict[str, Any], names: list[str], op: str, value: Any) -> None:
    """A usage plan's stages are named `api:stage`; a throttle of one method is below its stage."""
    stages = plan.setdefault("apiStages", [])
    api, _, stage = str(names[0] if names else value).partition(":")
    found = next((one for one in stages if (one["apiId"], one["stage"]) == (api, stage)), None)
    if len(names) > 1 and found is not None:
        # throttle, then the method as `/path/METHOD`, which is one name of the map, then the limit
        throttle, *method = names[1:]
        limit = method.pop() if method and method[-1] in NUMBERS else ""
        below = [part for part in ("/".join(method), limit) if part]
        _change(found, [throttle, *below], op, value)
    elif op == "remove":
        plan["apiStages"] = [one for one in stages if one is not found]
    elif found is None:
        stages.append({"apiId": api, "stage": stage})


def typed(name: str, value: Any) -> Any:
    """A value, which is always sent as a text, as what its member is."""
    if not isinstance(value, str):
        return value
    if name in NUMBERS:
        return NUMBERS[name](value)
    word = value.lower()
    declared = name.startswith(("method.request.", "method.response.")) and word in ("true", "false")
    return word == "true" if name in SWITCHES or declared else value
