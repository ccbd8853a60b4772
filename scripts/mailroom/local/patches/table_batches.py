"""How much DynamoDB answers a batch at once: 16 MB ("BatchGetItem", API reference)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .patch import Patch

BATCH = 16 * 1024 * 1024

Answer = tuple[int, dict[str, Any], bytes]


def _size(item: dict[str, Any]) -> int:
    from ministack.services import dynamodb

    size: int = dynamodb._item_size_bytes(item)
    return size


def _batch(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def _batch_get_item(data: dict[str, Any]) -> Answer:
        from ministack.core.responses import json_response

        answer = original(data)
        if answer[0] != 200 or len(answer[2]) <= BATCH:
            return answer
        trimmed: Answer = json_response(_trimmed(data, json.loads(answer[2])))
        return trimmed

    return _batch_get_item


def _trimmed(asked: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """As much of an answer as fits; the keys of the rest are left for another call."""
    from ministack.services import dynamodb

    room = BATCH
    for name, items in answered["Responses"].items():
        table = dynamodb._tables[dynamodb._normalize_table_name(name)]
        keys = [key for key in (table.get("pk_name"), table.get("sk_name")) if key]
        fits: list[dict[str, Any]] = []
        left: list[dict[str, Any]] = []
        for item in items:
            room -= _size(item)
            # What does not show its keys cannot be asked for again.
            (fits if room >= 0 or not set(keys) <= set(item) else left).append(item)
        answered["Responses"][name] = fits
        if left:
            again = [{key: item[key] for key in keys} for item in left]
            answered["UnprocessedKeys"][name] = {**asked["RequestItems"][name], "Keys": again}
    return answered


_DYNAMODB = "ministack.services.dynamodb:"
PATCHES = (
    Patch(
        _DYNAMODB + "_batch_get_item",
        "no batch was too large, so that nobody had to ask again",
        "d6d516ae8785bf7ca1e6b53534dce0d157b4204251e2788d2a078463f9aff708",
        _batch,
    ),
)
