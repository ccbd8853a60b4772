"""Scalars on the wire: text to what the model wants, and back."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.model import Shape

from .messages import ServiceError


def from_text(shape: Shape, text: str) -> Any:
    """The value of a scalar that came as text (form field, query parameter, path segment).

    Raises ServiceError where the text is not of the shape's type.
    """
    try:
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
        if shape.type_name == "blob":
            return base64.b64decode(text, validate=True)
        if shape.type_name == "timestamp":
            return parse_timestamp(text)
    except (KeyError, ValueError, binascii.Error):
        raise ServiceError("SerializationException", f"{text[:100]!r} is not a {shape.type_name}") from None
    return text


def parse_timestamp(value: str | int | float) -> datetime:
    """A time as any protocol writes it: epoch seconds, ISO 8601 or RFC 822; UTC where it names no zone.

    Raises ValueError.
    """
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except OverflowError as problem:
        raise ValueError(str(problem)) from problem
    except ValueError:
        if not isinstance(value, str):
            raise
    if "," in value:
        time = parsedate_to_datetime(value)
    else:
        time = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def iso(value: datetime) -> str:
    """A time as the query protocol answers it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def utf8(value: bytes) -> str:
    """Bytes of an HTTP message head as text, whatever they are."""
    return value.decode("utf-8", "surrogateescape")
