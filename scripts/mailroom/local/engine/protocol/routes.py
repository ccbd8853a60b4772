"""REST requests and the operation they ask for, from boto3's service models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from botocore.model import OperationModel

from .model import service_model

OLDER: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "sesv2": {
        "ListEmailIdentities": ("GET", "/v2/email/identities"),
        "ListConfigurationSets": ("GET", "/v2/email/configuration-sets"),
    }
}
"""How clients with an older model (botocore 1.43.62 in the AWS CLI 1.46, other SDKs) ask for what has moved
since."""

_NAME = re.compile(r"\{([\w-]+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """What a request of an operation has: method, path, query parameters and headers.

    `names` are those in the path; `query` holds the value that a parameter has; None where any will do.
    """

    operation: OperationModel
    method: str
    path: re.Pattern[str]
    names: tuple[str, ...]
    query: Mapping[str, str | None]
    headers: frozenset[str]

    def rank(self, query: Mapping[str, Sequence[str]], headers: Mapping[str, str]) -> tuple[int, int, int]:
        """How badly a request fits (the least is meant): what it lacks, then how little is asked for, then
        how many names are in the path."""
        lacking = sum(
            name not in query or value not in (None, query[name][-1]) for name, value in self.query.items()
        )
        lacking += len(self.headers - headers.keys())
        return lacking, -len(self.query) - len(self.headers), self.path.groups


@lru_cache
def routes(service: str) -> tuple[Route, ...]:
    """The routes of a service by boto3's name for it."""
    model = service_model(service)
    today = (_route(model.operation_model(name)) for name in model.operation_names)
    older = (
        Route(model.operation_model(name), method, re.compile(re.escape(path) + "/?"), (), {}, frozenset())
        for name, (method, path) in OLDER.get(service, {}).items()
    )
    return (*today, *older)


def _route(operation: OperationModel) -> Route:
    uri, _, literal = operation.http["requestUri"].partition("?")
    query: dict[str, str | None] = {}
    for part in filter(None, literal.split("&")):
        name, _, value = part.partition("=")
        query[name] = value or None
    headers = set()
    for location, wire in _required(operation):
        if location == "querystring":
            query.setdefault(wire, None)
        elif location == "header":
            headers.add(wire.lower())
    uri = uri.rstrip("/")
    names = tuple(found[1] for found in _NAME.finditer(uri))
    return Route(operation, operation.http["method"], _pattern(uri), names, query, frozenset(headers))


def _pattern(uri: str) -> re.Pattern[str]:
    """What a path looks like: `{name}` is one part of it, `{name+}` any number of them."""
    pattern, at = "", 0
    for found in _NAME.finditer(uri):
        pattern += re.escape(uri[at : found.start()]) + ("(.+)" if found[2] else "([^/]+)")
        at = found.end()
    return re.compile(pattern + re.escape(uri[at:]) + "/?")


def _required(operation: OperationModel) -> Iterator[tuple[str, str]]:
    shape = operation.input_shape
    for name in shape.required_members if shape is not None else ():
        place = shape.members[name].serialization
        yield place.get("location", "body"), place.get("name", name)


def find(
    service: str,
    method: str,
    path: str,
    query: Mapping[str, Sequence[str]],
    headers: Mapping[str, str],
) -> tuple[OperationModel, dict[str, str]] | None:
    """The operation that a request asks for and the names in its path, still percent-encoded; None where no
    operation has this method and path.

    Header names are in lower case. A request that lacks what its operation demands is still that operation's.
    """
    fitting = [
        (route.rank(query, headers), route, match)
        for route in routes(service)
        if route.method == method and (match := route.path.fullmatch(path))
    ]
    if not fitting:
        return None
    _, route, match = min(fitting, key=lambda one: one[0])
    return route.operation, dict(zip(route.names, match.groups(), strict=True))
