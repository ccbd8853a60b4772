"""CloudWatch's three protocols (query, JSON, CBOR) around one function, whichever was spoken.

The emulator's functions answer query by hand, and half of the members are missing there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ..engine.protocol.messages import ServiceError, request_id
from ..engine.protocol.model import service_model
from ..engine.protocol.query import form_fields, read_form, write_members

Handler = Callable[..., tuple[int, dict[str, str], bytes]]
NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/"


def _decoded(operation: str, params: dict[str, list[str]]) -> dict[str, Any]:
    form = {name: values[-1] if isinstance(values, list) else values for name, values in params.items()}
    shape = service_model("cloudwatch").operation_model(operation).input_shape
    return read_form(shape, (), form_fields(form))


def _as_query(operation: str, answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    """An answer that was made as JSON, as the query protocol writes it."""
    status, _, body = answer
    document = json.loads(body or b"{}")
    rid = request_id()
    if status >= 400:
        code = str(document.get("__type", "InternalFailure")).rpartition("#")[2]
        message = escape(str(document.get("message") or document.get("Message") or ""))
        inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        root, inner = "ErrorResponse", f"{inner}<RequestId>{rid}</RequestId>"
    else:
        output = service_model("cloudwatch").operation_model(operation).output_shape
        result = write_members(output, _typed(output, document)) if output is not None else ""
        root = f"{operation}Response"
        inner = f"<{operation}Result>{result}</{operation}Result>" if output is not None else ""
        inner += f"<ResponseMetadata><RequestId>{rid}</RequestId></ResponseMetadata>"
    return status, {"Content-Type": "text/xml"}, f'<{root} xmlns="{NAMESPACE}">{inner}</{root}>'.encode()


def _typed(shape: Any, value: Any) -> Any:
    """JSON values as the XML writer wants them: times as times, no members that the model has not."""
    if shape.type_name == "structure":
        known = {
            name: item for name, item in value.items() if name in shape.members and item not in (None, "")
        }
        return {name: _typed(shape.members[name], item) for name, item in known.items()}
    if shape.type_name == "list":
        return [_typed(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return (
            datetime.fromtimestamp(value, UTC)
            if isinstance(value, int | float)
            else datetime.fromisoformat(value)
        )
    return value


def by_json(
    operation: str,
    kept: Callable[[dict[str, Any]], None] | None = None,
    check: Callable[[dict[str, Any]], None] | None = None,
) -> Callable[[Handler], Handler]:
    """Let a handler work on JSON whatever protocol was spoken, then answer in that protocol. `check` refuses
    (ServiceError) before it works, `kept` is told when it has."""

    def make(original: Handler) -> Handler:
        def handler(params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:
            query = not (is_cbor or is_json)
            asked = _decoded(operation, params) if query else data
            try:
                if check is not None:
                    check(asked)
            except ServiceError as refused:
                return _refusal(refused, is_cbor, is_json)
            answer = original({}, asked, is_cbor, is_json or query)
            if kept is not None and answer[0] == 200:
                kept(asked)
            return _as_query(operation, answer) if query else answer

        return handler

    return make


def answered_by(
    operation: str, work: Callable[[dict[str, Any]], dict[str, Any]]
) -> Callable[[Handler], Handler]:
    """Answer an operation by `work`, which gets its members and answers some, with times as datetimes; a
    ServiceError is its refusal."""

    def make(original: Handler) -> Handler:
        def handler(params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:
            from ministack.services import cloudwatch

            query = not (is_cbor or is_json)
            try:
                found = work(_decoded(operation, params) if query else data)
            except ServiceError as refused:
                return _refusal(refused, is_cbor, is_json)
            if is_cbor:
                return cloudwatch._cbor_ok(_timed(found, cloudwatch._cbor_timestamp))
            answer = 200, {"Content-Type": "application/json"}, json.dumps(_timed(found, float)).encode()
            return _as_query(operation, answer) if query else answer

        return handler

    return make


def _refusal(refused: ServiceError, is_cbor: bool, is_json: bool) -> Any:
    from ministack.services import cloudwatch

    return cloudwatch._error(
        refused.code, refused.message, refused.status, use_json=is_json, use_cbor=is_cbor
    )


def _timed(value: Any, write: Callable[[float], Any]) -> Any:
    """The same value with its times written by a protocol's function of epoch seconds."""
    if isinstance(value, dict):
        return {name: _timed(item, write) for name, item in value.items()}
    if isinstance(value, list):
        return [_timed(item, write) for item in value]
    return write(value.timestamp()) if isinstance(value, datetime) else value
