"""openapi.json: valid, complete, and what the function really takes and answers."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from lambda_src.status import view
from lambda_src.status.rest import cursor, given
from lambda_src.status.rest.routes import DESCRIPTION, ROUTES
from tests.unit.status.api import description
from tests.unit.status.api.conftest import Api, at, event, proxied, read
from tests.unit.status.api.test_requests import BAD, GOOD, NoCounts

# The page's routes have a function of their own.
PAGE = {("GET", "/"), ("GET", "/assets/{file}")}
RESERVED = re.compile(r"(?:[a-z0-9-]+\.)*example(?:\.(?:com|net|org))?")
ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@([A-Za-z0-9.-]+)")
SCHEMAS: dict[str, Any] = description.document()["components"]["schemas"]


def test_every_route_is_described_and_no_other() -> None:
    """The document's operations are the function's routes and the page's."""
    ours = {(method, resource) for resource, methods in ROUTES.items() for method in methods}
    assert set(description.operations()) == ours | PAGE


def test_only_the_page_and_the_description_need_no_key() -> None:
    """Everything else takes the key or IAM, by the document's default."""
    open_to_all = {
        place for place, operation in description.operations().items() if operation.get("security") == []
    }
    assert open_to_all == PAGE | {("GET", "/openapi.json")}
    assert description.document()["security"] == [{"apiKey": []}, {"iam": []}]


def test_every_operation_says_what_can_go_wrong() -> None:
    """403, 429 and 500 for whatever needs a key; 400 for whatever takes a parameter."""
    for place, operation in description.operations().items():
        codes = set(operation["responses"])
        assert {"200", "429", "500"} <= codes, place
        assert ("403" in codes) == ("security" not in operation), place
        assert {"operationId", "summary"} <= set(operation), place


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    """JSON Schema 2020-12, as OpenAPI 3.1 has it, and every reference leads somewhere."""
    jsonschema_rs.meta.validate(SCHEMAS[name])
    description.errors(SCHEMAS[name], None)


def test_every_reference_leads_somewhere() -> None:
    """No $ref to a part that there is not."""
    references = set(re.findall(r'"\$ref": "([^"]+)"', DESCRIPTION.read_text()))
    assert references
    for reference in references:
        assert description.resolved({"$ref": reference}), reference


def test_every_example_is_as_its_schema_says() -> None:
    """Examples of answers, bodies, parameters and values; a reader copies them."""
    seen = 0
    for operation in description.operations().values():
        for parameter in map(description.resolved, operation.get("parameters", [])):
            seen += _examples_fit(parameter["schema"], parameter)
        for part in [
            operation.get("requestBody", {}),
            *map(description.resolved, operation["responses"].values()),
        ]:
            for content in part.get("content", {}).values():
                seen += _examples_fit(content["schema"], content)
    for schema in SCHEMAS.values():
        for example in schema.get("examples", []):
            assert description.errors(schema, example) == []
    assert seen > 20


def _examples_fit(schema: Any, holder: dict[str, Any]) -> int:
    examples = [entry["value"] for entry in holder.get("examples", {}).values()]
    examples += [holder["example"]] if "example" in holder else []
    for example in examples:
        assert description.errors(schema, example) == [], example
    return len(examples)


def test_addresses_in_it_are_nobodys() -> None:
    """Domains that RFC 2606 keeps for examples, numbers that nobody has."""
    text = DESCRIPTION.read_text()
    domains = set(ADDRESS.findall(text))
    assert domains
    assert all(RESERVED.fullmatch(domain) for domain in domains)
    assert all(number.startswith(("+120655501", "+1206")) for number in re.findall(r"\+[0-9]{8,15}", text))


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("MessageId", given.MESSAGE_ID),
        ("MessageId", given.HEADER_ID),
        ("Name", given.NAME),
        ("Recipient", given.ADDRESS),
        ("Recipient", given.NUMBER),
        ("Since", given.DURATION),
        ("Cursor", cursor.FORM),
    ],
)
def test_patterns_are_those_of_the_code(schema: str, pattern: re.Pattern[str]) -> None:
    """Whoever checks by the document checks as the function does."""
    choices = SCHEMAS[schema].get("anyOf", [SCHEMAS[schema]])
    assert f"^{pattern.pattern}$" in [choice.get("pattern") for choice in choices]


def test_bounds_and_words_are_those_of_the_code() -> None:
    """Limits, hours, statuses and published attributes."""
    limit, hours = SCHEMAS["Limit"], description.operations()["GET", "/rates"]["parameters"][0]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (
        given.LEAST_LIMIT, given.MOST_LIMIT, given.DEFAULT_LIMIT,
    )  # fmt: skip
    assert (hours["minimum"], hours["maximum"], hours["default"]) == (
        given.LEAST_HOURS, given.MOST_HOURS, given.DEFAULT_HOURS,
    )  # fmt: skip
    assert SCHEMAS["Status"]["enum"] == list(view.RANKS)
    assert tuple(SCHEMAS["PublishedEmail"]["required"]) == view.EMAIL_ATTRIBUTES
    assert tuple(SCHEMAS["PublishedSms"]["required"]) == view.SMS_ATTRIBUTES


@pytest.mark.parametrize(("method", "path", "body", "query"), GOOD)
def test_good_requests_and_their_answers_are_described(
    query_api: Api, method: str, path: str, body: Any, query: dict[str, Any]
) -> None:
    """The answer is as the document promises."""
    query_api.cloudwatch = NoCounts()
    query_api.put(event("m-1", "ann@example.org", "send", at(60), campaign_id="spring"))
    answer = query_api.ask(method, path, body, **query)
    description.check(method, _resource(path), answer, answer["said"])


@pytest.mark.parametrize(("method", "path", "body", "query", "says"), BAD)
def test_refusals_are_described(
    no_table: Api, method: str, path: str, body: Any, query: dict[str, Any], says: str
) -> None:
    """So are all refusals."""
    answer = no_table.ask(method, path, body, **query)
    description.check(method, _resource(path), answer, answer["said"])


def _resource(path: str) -> str:
    if path.startswith("/messages/") and path != "/messages/search":
        return "/messages/{message_id}"
    return path


def test_it_is_served_as_it_is(no_table: Api) -> None:
    """GET /openapi.json answers with the file, byte for byte."""
    answer = no_table.get("/openapi.json")
    assert answer["body"] == Path(DESCRIPTION).read_text(encoding="utf-8")
    assert json.loads(answer["body"])["openapi"].startswith("3.1.")


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/v1/openapi.json", "/v1/"),
        ("/openapi.json", "./"),
        ("/restapis/a1/v1/_user_request_/openapi.json", "/restapis/a1/v1/_user_request_/"),
        ('/v1"/openapi.json', "./"),
        ("/v1/ /openapi.json", "./"),
    ],
)
def test_it_names_the_address_that_it_was_asked_at(no_table: Api, path: str, base: str) -> None:
    """A stage, a mapping or nothing in front; tools that cannot follow "beside this file" find the API so."""
    given = proxied("GET", "/openapi.json", {})
    given["requestContext"]["path"] = path
    assert read(no_table.respond(given))["servers"][0]["url"] == base
