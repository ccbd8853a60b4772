"""Which media types an API treats as binary ("Binary media types for REST APIs", developer guide)."""

from __future__ import annotations

from collections.abc import Iterable


def is_binary(header: str, binary_media_types: Iterable[str]) -> bool:
    """Whether the first media type of a Content-Type or Accept header is one of an API's binary ones.

    The API's own may be `*/*` or `image/*`; a caller's `*/*` is no other than itself.
    """
    asked = header.partition(",")[0].partition(";")[0].strip().lower()
    known = {one.strip().lower() for one in binary_media_types}
    return bool(asked) and bool({asked, "*/*", f"{asked.partition('/')[0]}/*"} & known)
