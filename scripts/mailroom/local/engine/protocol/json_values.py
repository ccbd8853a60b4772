"""JSON in and out, as boto3's service models want it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from botocore.model import Shape

from .messages import Response, ServiceError
from .values import parse_timestamp


def document(body: bytes) -> Any:
    """The JSON of a body, {} for none. Raises ServiceError, for half a character (a lone surrogate) too: what
    takes one here could neither keep nor answer it."""
    try:
        document = json.loads(body) if body.strip() else {}
        if b"\\u" in body:
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ServiceError("SerializationException", "the body is no JSON document") from None
    return document


def answer(
    status: int, headers: dict[str, str], document: Any, rid: str, kind: str = "application/json"
) -> Response:
    """An answer with a JSON body."""
    headers = {**headers, "content-type": kind, "x-amzn-requestid": rid}
    return Response(status, headers, json.dumps(document).encode())


def from_json(shape: Shape, value: Any, where: str) -> Any:
    """A JSON value as boto3 would have taken it: blobs as bytes, times as datetime; None is left out."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        return {
            names.get(key, key): from_json(shape.members[names[key]], item, f"{where}.{key}")
            if key in names
            else item
            for key, item in value.items()
            if item is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [from_json(shape.member, item, where) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: from_json(shape.value, item, where) for key, item in value.items()}
    try:
        if shape.type_name == "blob" and isinstance(value, str):
            return base64.b64decode(value, validate=True)
        if shape.type_name == "timestamp":
            return parse_timestamp(value)
    except (TypeError, ValueError, binascii.Error):
        raise ServiceError("SerializationException", f"{where[1:]} is not a {shape.type_name}") from None
    return value


def to_json(shape: Shape, value: Any) -> Any:
    """A value as JSON; ValueError for a member that the model has not."""
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        if unknown:
            raise ValueError(f"answer has members that {shape.name} has not: {sorted(unknown)}")
        return {
            shape.members[name].serialization.get("name", name): to_json(shape.members[name], item)
            for name, item in value.items()
            if item is not None
        }
    if shape.type_name == "list":
        return [to_json(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: to_json(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return round(value.timestamp(), 3)
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value
