"""A service: a model, the operations that are built, and who is asked before one runs."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Any

from botocore.model import OperationModel

from .messages import Operation, Request, Response, ServiceError, request_id
from .model import called, error_status, not_built, service_model
from .validate import add_absent_booleans, complaints

log = logging.getLogger(__name__)

Authorize = Callable[[str, dict[str, Any]], None]
"""Asked with the operation's name and parameters before it runs; raises ServiceError to refuse."""


class Service(ABC):
    """One AWS service behind its wire protocol."""

    invalid_code: str
    """The error name for a request that breaks the model."""

    def __init__(self, name: str, operations: Mapping[str, Operation], wider: Collection[str] = ()) -> None:
        """`wider` are members of requests where the service takes more than the model's pattern says."""
        self.wider = wider
        self.model = service_model(name)
        self.operations = operations
        unknown = set(operations) - set(self.model.operation_names)
        if unknown:
            raise ValueError(f"{name} has no operation {sorted(unknown)} in boto3's model")

    @abstractmethod
    def decode(self, request: Request) -> tuple[OperationModel, dict[str, Any]]:
        """The operation a request asks for and its parameters; ServiceError where it is none."""

    @abstractmethod
    def encode(self, operation: OperationModel, members: dict[str, Any], rid: str) -> Response:
        """The answer with the members that the model knows."""

    @abstractmethod
    def encode_error(self, error: ServiceError, status: int, rid: str) -> Response:
        """An error as this protocol writes it."""

    def respond(self, request: Request, state: Any, authorize: Authorize) -> Response:
        """Answer a request. Never raises: what goes wrong inside is an InternalFailure and a line in the
        log."""
        rid, operation = request_id(), None
        try:
            operation, params = self.decode(request)
            return self.encode(operation, self._run(operation, params, state, authorize), rid)
        except ServiceError as error:
            return self.encode_error(error, error_status(operation, error), rid)
        except Exception as error:  # the boundary of the engine: the client gets AWS's word for it
            log.exception("%s failed", operation.name if operation else request.path)
            words = f"local {called(self.model.service_name)}: {error!r}"
            return self.encode_error(ServiceError("InternalFailure", words, 500), 500, rid)

    def _run(
        self, operation: OperationModel, params: dict[str, Any], state: Any, authorize: Authorize
    ) -> dict[str, Any]:
        handler = self.operations.get(operation.name)
        if handler is None:
            raise not_built(self.model.service_name, operation.name)
        add_absent_booleans(operation.input_shape, params)
        wrong = complaints(operation.input_shape, params, self.wider)
        if wrong:
            raise ServiceError(
                self.invalid_code, f"{wrong.count(chr(10)) + 1} validation error detected: {wrong}"
            )
        authorize(operation.name, params)
        return handler(state, params) or {}
