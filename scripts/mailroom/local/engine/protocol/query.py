"""The `query` protocol (SES v1): a form in, XML out."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax import saxutils

from botocore.model import OperationModel, Shape

from .messages import Request, Response, ServiceError
from .service import Service
from .values import from_text, iso


class QueryService(Service):
    """A service that speaks `query`."""

    invalid_code = "ValidationError"

    def decode(self, request: Request) -> tuple[OperationModel, dict[str, Any]]:
        """See Service.decode. Both POST forms and GET queries are read."""
        form = {name: values[-1] for name, values in request.query.items()}
        form.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        action = form.pop("Action", "")
        form.pop("Version", None)
        if action not in self.model.operation_names:
            raise ServiceError(
                "InvalidAction", f"Could not find operation {action} for version {self.version}"
            )
        operation = self.model.operation_model(action)
        fields = form_fields(form)
        params: dict[str, Any] = read_form(operation.input_shape, (), fields) if operation.input_shape else {}
        if fields:
            names = ", ".join(sorted(".".join(name) for name in fields))
            raise ServiceError(self.invalid_code, f"Unknown parameter in input of {action}: {names}")
        return operation, params

    @property
    def version(self) -> str:
        """The API version in the model, as errors quote it."""
        return str(self.model.api_version)

    def encode(self, operation: OperationModel, members: dict[str, Any], rid: str) -> Response:
        """See Service.encode."""
        result = ""
        if operation.output_shape is not None:
            wrapper = operation.output_shape.serialization.get("resultWrapper", f"{operation.name}Result")
            result = f"<{wrapper}>{write_members(operation.output_shape, members)}</{wrapper}>"
        return _xml(
            200,
            f"{operation.name}Response",
            self.model.metadata.get("xmlNamespace", ""),
            f"{result}<ResponseMetadata><RequestId>{rid}</RequestId></ResponseMetadata>",
            rid,
        )

    def encode_error(self, error: ServiceError, status: int, rid: str) -> Response:
        """See Service.encode_error."""
        side = "Sender" if status < 500 else "Receiver"
        return _xml(
            status,
            "ErrorResponse",
            self.model.metadata.get("xmlNamespace", ""),
            f"<Error><Type>{side}</Type><Code>{escape(error.code)}</Code>"
            f"<Message>{escape(error.message)}</Message></Error><RequestId>{rid}</RequestId>",
            rid,
        )


def _xml(status: int, root: str, namespace: str, inner: str, rid: str) -> Response:
    body = f'<{root} xmlns="{escape(namespace)}">{inner}</{root}>'.encode()
    return Response(status, {"content-type": "text/xml", "x-amzn-requestid": rid}, body)


_NUMBER = re.compile("[0-9]{1,9}")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Text as XML carries it. CR stays CR for who reads it; what XML 1.0 has no way to write (2.2, Char) is
    U+FFFD, so that the answer can be read at all."""
    return saxutils.escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#xD;"})


Fields = dict[tuple[str, ...], str]
"""Form fields by their dotted name; what a decoder reads it takes out, so what is left is unknown."""


def form_fields(form: Mapping[str, str]) -> Fields:
    """The fields of a form by their dotted names, split."""
    return {tuple(name.split(".")): value for name, value in form.items()}


def read_form(shape: Shape, prefix: tuple[str, ...], fields: Fields) -> dict[str, Any]:
    """The members of a structure at a dotted prefix; what was read is gone from `fields`."""
    found = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        value = _value(member, (*prefix, wire), fields)
        if value is not None:
            found[name] = value
    return found


def _value(shape: Shape, prefix: tuple[str, ...], fields: Fields) -> Any:
    """The value at a dotted prefix, or None where no field begins with it."""
    if shape.type_name not in ("structure", "list", "map"):
        text = fields.pop(prefix, None)
        return None if text is None else from_text(shape, text)
    if not any(name[: len(prefix)] == prefix for name in fields):
        return None
    if shape.type_name == "structure":
        return read_form(shape, prefix, fields)
    if shape.type_name == "list":
        return _list(shape, prefix, fields)
    return _map(shape, prefix, fields)


def _numbered(shape: Shape, prefix: tuple[str, ...], fields: Fields, infix: str) -> list[tuple[str, ...]]:
    base = prefix if shape.serialization.get("flattened") else (*prefix, infix)
    deeper = {name[len(base)] for name in fields if len(name) > len(base) and name[: len(base)] == base}
    return [(*base, number) for number in sorted(filter(_NUMBER.fullmatch, deeper), key=int)]


def _list(shape: Shape, prefix: tuple[str, ...], fields: Fields) -> list[Any]:
    fields.pop(prefix, None)  # an empty list is sent as "Name="
    infix = shape.member.serialization.get("name", "member")
    return [_value(shape.member, at, fields) for at in _numbered(shape, prefix, fields, infix)]


def _map(shape: Shape, prefix: tuple[str, ...], fields: Fields) -> dict[str, Any]:
    fields.pop(prefix, None)
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    found = {}
    for at in _numbered(shape, prefix, fields, "entry"):
        key = fields.pop((*at, key_name), "")
        found[key] = _value(shape.value, (*at, value_name), fields)
    return found


def write_members(shape: Shape, values: dict[str, Any]) -> str:
    """The XML of a structure's members; ValueError for one that the model has not."""
    unknown = set(values) - set(shape.members)
    if unknown:
        raise ValueError(f"answer has members that {shape.name} has not: {sorted(unknown)}")
    return "".join(
        _element(shape.members[name], shape.members[name].serialization.get("name", name), value)
        for name, value in values.items()
        if value is not None
    )


def _element(shape: Shape, tag: str, value: Any) -> str:
    if shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        if shape.serialization.get("flattened"):
            return "".join(_element(shape.member, tag, item) for item in value)
        inner = "".join(_element(shape.member, name, item) for item in value)
    elif shape.type_name == "map":
        inner = "".join(
            f"<entry><key>{escape(str(key))}</key>{_element(shape.value, 'value', item)}</entry>"
            for key, item in value.items()
        )
    elif shape.type_name == "structure":
        inner = write_members(shape, value)
    else:
        inner = escape(_text(shape, value))
    return f"<{tag}>{inner}</{tag}>"


def _text(shape: Shape, value: Any) -> str:
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return iso(value)
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)
