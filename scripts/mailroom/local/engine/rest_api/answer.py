"""What a function behind a Lambda proxy integration answered, as the HTTP answer of the API.

After "Output format of a Lambda function for proxy integration" of API Gateway's developer guide. Which
answers AWS takes for malformed was seen there: any other member, a header that is no text, a body that is no
text.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .media import is_binary

MEMBERS = ("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded")
REMAPPED = ("authorization", "connection", "content-length", "date", "server", "www-authenticate")
"""Headers of a function that callers see as x-amzn-Remapped-… ("Amazon API Gateway important notes")."""
DROPPED = ("transfer-encoding",)


class Malformed(Exception):
    """A function's answer that API Gateway cannot pass on: the caller gets 502."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; a header has one value or several."""

    status: int
    headers: dict[str, str | list[str]] = field(default_factory=dict)
    body: bytes = b""


def from_function(returned: Any, accept: str = "", binary_media_types: Sequence[str] = ()) -> Answer:
    """The answer that a function returned, for a caller with this Accept header. Raises Malformed."""
    found = _document(returned)
    status, body = _status(found.get("statusCode")), found.get("body")
    if not (body is None or isinstance(body, str)):
        raise Malformed
    return Answer(
        status,
        _headers(found),
        _decoded(body or "", bool(found.get("isBase64Encoded")) and is_binary(accept, binary_media_types)),
    )


def _document(returned: Any) -> dict[str, Any]:
    if isinstance(returned, str | bytes):
        try:
            returned = json.loads(returned)
        except ValueError as problem:
            raise Malformed from problem
    if not isinstance(returned, dict) or set(returned) - set(MEMBERS):
        raise Malformed
    return returned


def _status(value: Any) -> int:
    if isinstance(value, bool):
        raise Malformed
    try:
        status = int(200 if value is None else value)
    except (TypeError, ValueError) as problem:
        raise Malformed from problem
    if not 100 <= status <= 599:
        raise Malformed
    return status


def _headers(found: dict[str, Any]) -> dict[str, str | list[str]]:
    """Both kinds of headers; where a name is in both, `multiValueHeaders` has it."""
    single, multi = found.get("headers") or {}, found.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multi, dict):
        raise Malformed
    several = {name: values if isinstance(values, list) else [values] for name, values in multi.items()}
    named = {name.lower() for name in several}
    merged = {name: [value] for name, value in single.items() if name.lower() not in named} | several
    headers: dict[str, str | list[str]] = {}
    for name, values in merged.items():
        texts = [_text(value) for value in values]
        if name.lower() not in DROPPED and texts:
            shown = f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name
            headers[shown] = texts if len(texts) > 1 else texts[0]
    if "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = "application/json"
    return headers


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise Malformed
    return value


def _decoded(body: str, encoded: bool) -> bytes:
    if not encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Malformed from problem


def compressed(body: bytes, accept_encoding: str, minimum: int | None) -> tuple[bytes, str]:
    """A body as it is sent, and its Content-Encoding ("" for none), under an API's minimum compression size
    ("Payload compression for REST APIs", developer guide)."""
    if minimum is None or len(body) < minimum:
        return body, ""
    offered = {part.partition(";")[0].strip().lower() for part in accept_encoding.split(",")}
    if offered & {"gzip", "*"}:
        return gzip.compress(body, mtime=0), "gzip"
    return (zlib.compress(body), "deflate") if "deflate" in offered else (body, "")


def is_set(headers: Mapping[str, Any], name: str) -> bool:
    """Whether an answer has a header, in whatever letters."""
    return name.lower() in {known.lower() for known in headers}
