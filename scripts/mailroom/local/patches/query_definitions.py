"""Saved queries of CloudWatch Logs Insights, which the emulator has not (PutQueryDefinition, CloudWatch Logs
API reference)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from .patch import Patch

MOST = 1000
LANGUAGES = ("CWLI", "SQL", "PPL")

Answer = tuple[int, dict[str, Any], bytes]
Definitions = dict[str, dict[str, Any]]

_kept: dict[tuple[str, str], Definitions] = {}
"""By account and Region, then by id."""


class Refused(Exception):
    """Why a call is refused: the error's name, then its words."""


def _here() -> Definitions:
    from ministack.core.responses import get_account_id, get_region

    return _kept.setdefault((get_account_id(), get_region()), {})


def _put(asked: dict[str, Any]) -> dict[str, Any]:
    name, query = asked.get("name") or "", asked.get("queryString") or ""
    if not (1 <= len(name) <= 255 and 1 <= len(query) <= 10_000):
        raise Refused("InvalidParameterException", "A query definition needs a name and a query string.")
    if asked.get("queryLanguage", "CWLI") not in LANGUAGES:
        raise Refused("InvalidParameterException", f"queryLanguage is one of {', '.join(LANGUAGES)}.")
    given = asked.get("queryDefinitionId")
    if given and given not in _here():
        raise Refused("ResourceNotFoundException", f"Query definition {given} does not exist.")
    made = given or str(uuid.uuid4())
    if len(_here()) >= MOST and made not in _here():
        raise Refused("LimitExceededException", f"There are {MOST} query definitions already.")
    _here()[made] = {
        "queryDefinitionId": made,
        "name": name,
        "queryString": query,
        "logGroupNames": asked.get("logGroupNames") or [],
        "queryLanguage": asked.get("queryLanguage", "CWLI"),
        "lastModified": int(time.time() * 1000),
    }
    return {"queryDefinitionId": made}


def _describe(asked: dict[str, Any]) -> dict[str, Any]:
    """Those whose names begin so, by name; pages end with the id of their last one."""
    prefix, most = asked.get("queryDefinitionNamePrefix") or "", int(asked.get("maxResults") or MOST)
    found = sorted(_here().values(), key=lambda one: (one["name"], one["queryDefinitionId"]))
    found = [one for one in found if one["name"].startswith(prefix)]
    if asked.get("nextToken"):
        ids = [one["queryDefinitionId"] for one in found]
        if asked["nextToken"] not in ids:
            raise Refused("InvalidParameterException", "The specified nextToken is invalid.")
        found = found[ids.index(asked["nextToken"]) + 1 :]
    more = {"nextToken": found[most - 1]["queryDefinitionId"]} if len(found) > most else {}
    return {"queryDefinitions": found[:most], **more}


def _delete(asked: dict[str, Any]) -> dict[str, Any]:
    if _here().pop(asked.get("queryDefinitionId") or "", None) is None:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    return {"success": True}


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "PutQueryDefinition": _put,
    "DescribeQueryDefinitions": _describe,
    "DeleteQueryDefinition": _delete,
}


def _handle(original: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Answer:
        from ministack.core.responses import error_response_json, json_response

        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in OPERATIONS:
            return await original(method, path, headers, body, query_params)
        try:
            answer: Answer = json_response(OPERATIONS[operation](json.loads(body or b"{}")))
        except Refused as refused:
            code, words = refused.args
            answer = error_response_json(code, words, 400)
        return answer

    return handle_request


def _reset(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        _kept.clear()
        original()

    return reset


_LOGS = "ministack.services.cloudwatch_logs:"
PATCHES = (
    Patch(
        _LOGS + "handle_request",
        "query definitions were missing",
        "e453a3f37b620e315906694e0458f9dbd5ae75488b701f32ecde353928cd2d11",
        _handle,
    ),
    Patch(
        _LOGS + "reset",
        "query definitions would outlive a reset",
        "a86e22470ca9af58710d1aca91a82d5988cbb3eafa81bd9f62d1021e4259762a",
        _reset,
    ),
)
