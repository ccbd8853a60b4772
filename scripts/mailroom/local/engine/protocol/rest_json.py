"""The `rest-json` protocol (SES v2, Pinpoint): path, query and JSON in, JSON out."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from botocore.model import OperationModel, Shape

from . import json_values, routes
from .messages import Request, Response, ServiceError
from .model import said
from .service import Service
from .values import from_text


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
        document = json_values.document(body)
        if not isinstance(document, dict):
            raise ServiceError("SerializationException", "the body is no JSON object")
        whole = shape.serialization.get("payload")
        if whole:  # the body is one member of the input
            return {whole: json_values.from_json(shape.members[whole], document, "")} if body.strip() else {}
        twice = outside & set(document)
        if twice:
            raise ServiceError(self.invalid_code, f"not a member of the body: {', '.join(sorted(twice))}")
        decoded: dict[str, Any] = json_values.from_json(shape, document, "")
        return decoded

    def encode(self, operation: OperationModel, members: dict[str, Any], rid: str) -> Response:
        """See Service.encode."""
        shape, status = operation.output_shape, int(operation.http.get("responseCode", 200))
        document = json_values.to_json(shape, members) if shape is not None else {}
        if shape is not None and shape.serialization.get("payload"):
            document = document.get(shape.serialization["payload"], {})
        return json_values.answer(status, {}, document, rid)

    def encode_error(self, error: ServiceError, status: int, rid: str) -> Response:
        """See Service.encode_error."""
        return json_values.answer(status, {"x-amzn-errortype": error.code}, said(self.model, error), rid)


def _from_query(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return [from_text(shape.member, value) for value in values]
    return from_text(shape, values[-1])
