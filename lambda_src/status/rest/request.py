"""A request as API Gateway's Lambda proxy hands it over (event 1.0), read into plain values.

docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lambda_src.status.rest.refusals import bad

MOST_BODY_BYTES = 10_000
_BASE = re.compile(r"(/[A-Za-z0-9._~-]{1,100}){0,9}")
_SHOWN = 40  # characters of a caller's own text that an answer repeats


@dataclass(frozen=True)
class Request:
    """`resource` is the route as it was deployed ("/messages/{message_id}").

    `base` is what stands in front of it in the address: a stage's name, or a custom domain's mapping.
    """

    method: str
    resource: str
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes
    base: str

    def parameters(self, allowed: Iterable[str]) -> dict[str, str]:
        """The query string, each name once. Raises Refused for a name that is not allowed or is repeated."""
        _only(self.query, allowed, "parameter")
        for name, values in self.query.items():
            if len(values) != 1:
                raise bad(f"{name}: it may stand in the query string only once.")
        return {name: values[0] for name, values in self.query.items()}

    def document(self, allowed: Iterable[str]) -> dict[str, Any]:
        """The body, a JSON object. Raises Refused for anything else, and for a name that is not allowed."""
        if len(self.body) > MOST_BODY_BYTES:
            raise bad(f"The body has {len(self.body)} bytes: it takes {MOST_BODY_BYTES} at most.")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise bad('The body is no JSON: it takes an object, {"recipient": …}.') from None
        if not isinstance(found, dict):
            raise bad('The body takes a JSON object, {"recipient": …}.')
        _only(found, allowed, "field")
        return found


def read(event: Mapping[str, Any]) -> Request:
    """The request in an event. Raises Refused where its body is no base64."""
    # A REST API leaves the path as it was sent, percent signs and all, and decodes the query string.
    path = {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}
    return Request(
        method=str(event.get("httpMethod", "")),
        resource=str(event.get("resource", "")),
        path=path,
        query=event.get("multiValueQueryStringParameters") or _single(event),
        body=_body(event),
        base=_base(event),
    )


def origin(event: Mapping[str, Any]) -> str:
    """The origin of the page that asks, "" where none is named."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get("origin") or "")


def shown(text: str) -> str:
    """A caller's own text as an answer repeats it: quoted, and not all of a long one."""
    return json.dumps(text if len(text) <= _SHOWN else text[:_SHOWN] + "…", ensure_ascii=False)


def _base(event: Mapping[str, Any]) -> str:
    """ "" where the event does not tell, or has anything there that is no plain path."""
    path = str((event.get("requestContext") or {}).get("path", ""))
    base = path.removesuffix(str(event.get("resource", ""))) if path else ""
    return base if _BASE.fullmatch(base) else ""


def _single(event: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode(errors="replace")
    try:
        return base64.b64decode(text)
    except binascii.Error:
        raise bad("The body is no base64.") from None


def _only(given: Iterable[str], allowed: Iterable[str], kind: str) -> None:
    names = sorted(allowed)
    for name in given:
        if name not in names:
            takes = f"this route takes {', '.join(names)}" if names else "this route takes none"
            raise bad(f"{shown(name)}: there is no such {kind}; {takes}.")
