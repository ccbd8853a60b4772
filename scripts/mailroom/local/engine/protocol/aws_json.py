"""The `json` protocol (AWS End User Messaging): the operation in a header, JSON in and out."""

from __future__ import annotations

from typing import Any

from botocore.model import OperationModel

from . import json_values
from .messages import Request, Response, ServiceError
from .model import said
from .service import Service


class JsonService(Service):
    """A service that speaks `json`."""

    invalid_code = "ValidationException"

    def decode(self, request: Request) -> tuple[OperationModel, dict[str, Any]]:
        """See Service.decode."""
        prefix, _, name = request.headers.get("x-amz-target", "").partition(".")
        if prefix != self.model.metadata["targetPrefix"] or name not in self.model.operation_names:
            raise ServiceError(
                "UnknownOperationException", f"no operation of {self.model.service_name}: {name}"
            )
        operation = self.model.operation_model(name)
        document = json_values.document(request.body)
        if not isinstance(document, dict):
            raise ServiceError("SerializationException", "the body is no JSON object")
        shape = operation.input_shape
        params: dict[str, Any] = json_values.from_json(shape, document, "") if shape is not None else {}
        return operation, params

    def encode(self, operation: OperationModel, members: dict[str, Any], rid: str) -> Response:
        """See Service.encode."""
        shape = operation.output_shape
        document = json_values.to_json(shape, members) if shape is not None else {}
        return json_values.answer(200, {}, document, rid, self._kind)

    def encode_error(self, error: ServiceError, status: int, rid: str) -> Response:
        """See Service.encode_error."""
        document = {"__type": error.code, **said(self.model, error)}
        return json_values.answer(status, {}, document, rid, self._kind)

    @property
    def _kind(self) -> str:
        return f"application/x-amz-json-{self.model.metadata['jsonVersion']}"
