"""The `rest-json` protocol (SES v2): path, query and JSON in, JSON out."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote

from botocore.model import OperationModel, Shape

from . import routes
from .messages import Request, Response, ServiceError
from .service import Service
from .values import from_text, parse_timestamp


class RestJsonService(Service):
    """A service that speaks `rest-json`."""

    invalid_code = "BadRequestException"

    def decode(self, request: Request) -> tuple[OperationModel, dict[str, Any]]:
        """See Service.decode. `request.path` is the path as sent, still percent-encoded."""
        found = routes.find(
            self.model.service_name, request.method, request.path, request.query, request.headers
        )
        if found is None:
            raise ServiceError(
                "UnknownOperationException",
                f"no operation of {self.model.service_name} is {request.method} {request.path}",
                404,
            )
        return found[0], self._params(*found, request)

    def _params(self, operation: OperationModel, path: dict[str, str], request: Request) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        params: dict[str, Any] = {}
        query = dict(request.query)
        for name, member in shape.members.items():
            location, wire = member.serialization.get("location"), member.serialization.get("name", name)
            if location == "uri":
                params[name] = from_text(member, unquote(path[wire]))
            elif location == "querystring" and wire in query:
                params[name] = _from_query(member, query.pop(wire))
        if request.method != operation.http["method"]:  # an older client, see routes.OLDER
            older = [name for name in query if name in shape.members]
            params.update({name: _from_query(shape.members[name], query.pop(name)) for name in older})
        query = {name: value for name, value in query.items() if not name.startswith("X-Amz-")}
        if query:
            raise ServiceError(self.invalid_code, f"Unknown query parameter: {', '.join(sorted(query))}")
        params.update(self._body(shape, request.body, set(params)))
        return params

    def _body(self, shape: Shape, body: bytes, outside: set[str]) -> dict[str, Any]:
        document = _document(body)
        if not isinstance(document, dict):
            raise ServiceError("SerializationException", "the body is no JSON object")
        twice = outside & set(document)
        if twice:
            raise ServiceError(self.invalid_code, f"not a member of the body: {', '.join(sorted(twice))}")
        decoded: dict[str, Any] = _from_json(shape, document, "")
        return decoded

    def encode(self, operation: OperationModel, members: dict[str, Any], rid: str) -> Response:
        """See Service.encode."""
        document = _to_json(operation.output_shape, members) if operation.output_shape is not None else {}
        return _json(200, {}, document, rid)

    def encode_error(self, error: ServiceError, status: int, rid: str) -> Response:
        """See Service.encode_error."""
        return _json(status, {"x-amzn-errortype": error.code}, {"message": error.message}, rid)


def _document(body: bytes) -> Any:
    """The JSON of a body, {} for none. Raises ServiceError, for half a character (a lone surrogate) too: what
    takes one here could neither keep nor answer it."""
    try:
        document = json.loads(body) if body.strip() else {}
        if b"\\u" in body:
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ServiceError("SerializationException", "the body is no JSON document") from None
    return document


def _json(status: int, headers: dict[str, str], document: Any, rid: str) -> Response:
    headers = {**headers, "content-type": "application/json", "x-amzn-requestid": rid}
    return Response(status, headers, json.dumps(document).encode())


def _from_query(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return [from_text(shape.member, value) for value in values]
    return from_text(shape, values[-1])


def _from_json(shape: Shape, value: Any, where: str) -> Any:
    """A JSON value as boto3 would have taken it: blobs as bytes, times as datetime; None is left out."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        return {
            names.get(key, key): _from_json(shape.members[names[key]], item, f"{where}.{key}")
            if key in names
            else item
            for key, item in value.items()
            if item is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_from_json(shape.member, item, where) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _from_json(shape.value, item, where) for key, item in value.items()}
    try:
        if shape.type_name == "blob" and isinstance(value, str):
            return base64.b64decode(value, validate=True)
        if shape.type_name == "timestamp":
            return parse_timestamp(value)
    except (TypeError, ValueError, binascii.Error):
        raise ServiceError("SerializationException", f"{where[1:]} is not a {shape.type_name}") from None
    return value


def _to_json(shape: Shape, value: Any) -> Any:
    if shape.type_name == "structure":
        unknown = set(value) - set(shape.members)
        if unknown:
            raise ValueError(f"answer has members that {shape.name} has not: {sorted(unknown)}")
        return {
            shape.members[name].serialization.get("name", name): _to_json(shape.members[name], item)
            for name, item in value.items()
            if item is not None
        }
    if shape.type_name == "list":
        return [_to_json(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _to_json(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return round(value.timestamp(), 3)
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value
