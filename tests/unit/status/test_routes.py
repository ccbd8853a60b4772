"""The routes that Terraform makes, the description of the API and its code are one and the same."""

import json
import re
from typing import Any

import hcl2
import pytest

from lambda_src.status.rest.routes import ROUTES
from mailroom import docs, paths

DESCRIPTION = json.loads((paths.CLONE / "lambda_src" / "status" / "assets" / "openapi.json").read_text())


def routes() -> dict[str, dict[str, Any]]:
    """`local.routes` of terraform/modules/status: what answers a route, and whether everybody may ask."""
    written = hcl2.loads((paths.TERRAFORM / "modules" / "status" / "api.tf").read_text())
    (found,) = [block["routes"] for block in written["locals"] if "routes" in block]
    # python-hcl2 keeps the quotes.
    return {
        name.strip('"'): {"function": route["function"].strip('"'), "open": route["open"]}
        for name, route in found.items()
    }


def described() -> dict[str, dict[str, Any]]:
    """The operations of the OpenAPI file, named as Terraform names them."""
    return {
        f"{verb.upper()} {path}": operation
        for path, operations in DESCRIPTION["paths"].items()
        for verb, operation in operations.items()
        if verb in ("get", "post", "put", "patch", "delete", "head", "options")
    }


def test_what_is_deployed_is_what_is_described() -> None:
    """No route without a description, no description without a route."""
    assert set(routes()) == set(described())


def test_who_may_ask_is_what_is_described() -> None:
    """A route that needs neither key nor signature is described without security, and no other is."""
    assert DESCRIPTION["security"]
    free = {name for name, operation in described().items() if operation.get("security") == []}
    assert {name for name, route in routes().items() if route["open"]} == free


def test_the_function_behind_a_route_knows_it() -> None:
    """Each route of the function `api` is one that it answers, and it answers no other; the rest is the page's."""
    answered = {f"{verb} {path}" for path, verbs in ROUTES.items() for verb in verbs}
    assert {name for name, route in routes().items() if route["function"] == "api"} == answered
    assert {route["function"] for route in routes().values()} == {"api", "page"}


def test_no_key_is_in_terraform_s_state() -> None:
    """The plan that keys are put in is Terraform's, the keys are not: it would keep their values in its state."""
    made = {resource.partition(".")[0] for resource in docs.resources(paths.TERRAFORM / "modules" / "status")}
    assert "aws_api_gateway_usage_plan" in made
    assert not made & {"aws_api_gateway_api_key", "aws_api_gateway_usage_plan_key"}


@pytest.mark.parametrize("name", sorted(described()))
def test_a_path_s_parameters_are_described(name: str) -> None:
    """Each name in braces is a parameter of the path, and must be there."""
    _, path = name.split(" ")
    shared = DESCRIPTION["paths"][path].get("parameters", [])
    resolved = [_resolved(one) for one in [*shared, *described()[name].get("parameters", [])]]
    inside = {one["name"]: one.get("required") for one in resolved if one["in"] == "path"}
    assert inside == dict.fromkeys(re.findall(r"\{([a-z_]+)\}", path), True)


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in parameter:
        return parameter
    found: Any = DESCRIPTION
    for part in parameter["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)
