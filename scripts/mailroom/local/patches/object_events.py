"""Who is told that an object was written, whether or not its bucket has notifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .patch import Patch


def _tell_nobody(bucket: str, key: str, version: str | None) -> None:
    return None


created: Callable[[str, str, str | None], None] = _tell_nobody
"""Called with bucket, key and version of each object that was written. S3's answer waits for it."""


def _fire(original: Callable[..., None]) -> Callable[..., None]:
    def _fire_s3_event_async(bucket_name: str, key: str, event_name: str, *more: Any, **named: Any) -> None:
        original(bucket_name, key, event_name, *more, **named)
        if event_name.startswith("s3:ObjectCreated:"):
            created(bucket_name, key, named.get("version_id"))

    return _fire_s3_event_async


PATCHES = (
    Patch(
        "ministack.services.s3:_fire_s3_event_async",
        "nobody but a bucket's own notifications was told of new objects",
        "d42619f0eb8691d5841f182cd3c9c4fde8ffb7649369258a73974201a2195d75",
        _fire,
    ),
)
