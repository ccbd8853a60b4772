"""The faults of a running cloud over HTTP: POST, GET and DELETE /_mailroom/faults."""

from __future__ import annotations

import json

from ..engine.protocol.messages import Response
from .fault import Fault
from .table import Table

PATH = "/_mailroom/faults"


def respond(table: Table, method: str, body: bytes) -> Response:
    """POST a fault's members as JSON: its id; GET: all of them with their counts; DELETE: disarm all."""
    if method == "GET":
        return _json(200, table.listing())
    if method == "DELETE":
        table.clear()
        return _json(200, [])
    if method != "POST":
        return _json(405, {"error": f"{PATH} answers GET, POST and DELETE"})
    try:
        fault = Fault(**json.loads(body))
    except (TypeError, ValueError) as problem:
        return _json(400, {"error": str(problem)})
    return _json(201, {"id": table.add(fault)})


def _json(status: int, document: object) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode())
