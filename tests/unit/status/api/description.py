"""openapi.json as tests use it: its operations, and a check of answers against it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from lambda_src.status.rest.routes import DESCRIPTION

METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")


@cache
def document(path: Path = DESCRIPTION) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by method and path."""
    return {
        (method.upper(), path): item[method]
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def resolved(value: Any) -> Any:
    """A part of the document, with its own $ref followed."""
    while isinstance(value, dict) and set(value) == {"$ref"}:
        found: Any = document()
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        value = found
    return value


@cache
def _validator(text: str) -> Any:
    schema = json.loads(text) | {"components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def errors(schema: Any, value: Any) -> list[str]:
    """What is wrong with a value, by a schema of the document."""
    return [
        f"{error.instance_path}: {error.message}"
        for error in _validator(json.dumps(schema)).iter_errors(value)
    ]


def check(method: str, resource: str, answer: dict[str, Any], said: Any) -> None:
    """Fails where an answer is not as the document promises: its status, its type, its body, its headers."""
    responses = operations()[method, resource]["responses"]
    status = str(answer["statusCode"])
    assert status in responses, f"{method} {resource} answers {status}, which is not described"
    response = resolved(responses[status])
    kind = answer["headers"]["content-type"].partition(";")[0]
    assert kind in response["content"], f"{status} comes as {kind}"
    assert errors(response["content"][kind]["schema"], said) == []
    for name, header in response.get("headers", {}).items():
        value = answer["headers"].get(name.lower())
        header = resolved(header)
        if name == "Cache-Control":
            assert value == header["schema"]["const"]
        elif value is not None:
            assert errors(header["schema"], int(value)) == []
