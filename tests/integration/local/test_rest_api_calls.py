"""REST APIs of the local cloud as their callers and their functions see them: the contract of the patches."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.conftest import Hands
from tests.integration.local.rest_api import Api

pytestmark = pytest.mark.integration

# The function does what a header of the call says, in JSON.
AS_TOLD = """
import json, time

def handle(event, context):
    told = json.loads(event["headers"].get("x-do", "{}"))
    if "fail" in told:
        raise ValueError("the address is a@b.example")
    time.sleep(told.get("sleep", 0))
    return told["answer"] if "answer" in told else {"statusCode": 200, "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def api(hands: Hands) -> Api:
    """An API with a message's path, a greedy one, and one whose integration has a second."""
    made = Api(hands)
    made.gateway.update_rest_api(
        restApiId=made.id,
        patchOperations=[
            {"op": "add", "path": "/binaryMediaTypes/image~1png"},
            {"op": "replace", "path": "/minimumCompressionSize", "value": "1000"},
        ],
    )
    function = made.function(AS_TOLD)
    made.route("GET", "/", function)
    made.route("GET", "/messages/{message_id}", function)
    made.route("POST", "/messages/search", function)
    made.route("ANY", "/assets/{file+}", function)
    made.route("GET", "/slow", function, timeout=1000)
    made.route("GET", "/shut", made.function(allowed=False))
    made.deploy()
    return made


def do(**what: Any) -> list[tuple[str, str]]:
    """What the function is to do."""
    return [("X-Do", json.dumps(what))]


def answering(api: Api, **answer: Any) -> Any:
    """What callers get where the function answers so."""
    return api.call("GET", "/", headers=do(answer=answer))


def test_a_function_gets_the_event_that_aws_gives_it(api: Api) -> None:
    """Paths as they were sent, parameters decoded; of several values the last, and all of them beside it."""
    sent = [("X-Twice", "1"), ("x-twice", "2"), ("user-agent", "me/1"), ("X-Forwarded-For", "9.9.9.9")]
    event = api.call("GET", "/messages/a%2Fb%20%C3%BC+c?x=1&x=2&plus=a+b&coded=%2B&empty=", headers=sent).json
    assert event["resource"] == "/messages/{message_id}"
    assert event["path"] == "/messages/a%2Fb%20%C3%BC+c"
    assert event["pathParameters"] == {"message_id": "a%2Fb%20%C3%BC+c"}
    assert event["queryStringParameters"] == {"x": "2", "plus": "a b", "coded": "+", "empty": ""}
    assert event["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert (event["headers"]["x-twice"], event["multiValueHeaders"]["x-twice"]) == ("2", ["1", "2"])
    assert event["headers"]["User-Agent"] == "me/1"
    assert event["headers"]["X-Forwarded-For"] == "9.9.9.9, 127.0.0.1"
    assert (event["body"], event["isBase64Encoded"], "version" in event) == (None, False, False)
    context = event["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1", "not what the caller says of himself"
    assert (context["stage"], context["apiId"], context["httpMethod"]) == ("v1", api.id, "GET")
    # All that follows the host, by which pages find what is beside them: /v1/… only at the API's own host.
    assert context["path"] == f"{api.base}/messages/a%2Fb%20%C3%BC+c"
    assert context["identity"]["userArn"] is None


def test_what_was_not_sent_is_null(api: Api) -> None:
    """No query, no path parameters, no stage variables: null, as in AWS, not empty."""
    event = api.call("GET", "/").json
    for member in (
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
    ):
        assert event[member] is None


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/messages/one", "/messages/{message_id}", {"message_id": "one"}),
        ("/assets/a/b.png", "/assets/{file+}", {"file": "a/b.png"}),
        ("/assets/a/", "/assets/{file+}", {"file": "a"}),
    ],
)
def test_the_resource_that_serves_a_path(
    api: Api, path: str, resource: str, parameters: dict[str, str]
) -> None:
    """The most specific one that has the verb."""
    event = api.call("GET", path).json
    assert (event["resource"], event["pathParameters"]) == (resource, parameters)


@pytest.mark.parametrize(
    ("verb", "path"), [("GET", "/nothing"), ("DELETE", "/messages/1"), ("GET", "/messages")]
)
def test_an_unknown_path_or_verb_is_missing_authentication_token(api: Api, verb: str, path: str) -> None:
    """AWS's words for what is not there."""
    answer = api.call(verb, path)
    assert answer.words == (403, "Missing Authentication Token")
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    "told",
    [
        {"fail": 1},
        {"answer": "text"},
        {"answer": None},
        {"answer": {"statusCode": 200, "body": {"an": "object"}}},
        {"answer": {"statusCode": 200, "more": 1}},
        {"answer": {"statusCode": "abc"}},
        {"answer": {"statusCode": 200, "headers": {"x": 7}}},
    ],
)
def test_a_function_that_fails_or_answers_in_another_form_is_502(api: Api, told: dict[str, Any]) -> None:
    """And nothing of what it said reaches the caller."""
    answer = api.call("GET", "/", headers=do(**told))
    assert (answer.status, answer.body) == (502, b'{"message": "Internal server error"}')
    assert answer.headers["x-amzn-errortype"] == "InternalServerErrorException"


def test_a_function_that_takes_too_long_is_504(api: Api) -> None:
    """The integration's time limit, not the function's."""
    assert api.call("GET", "/slow", headers=do(sleep=3)).words == (504, "Endpoint request timed out")


def test_a_function_whose_policy_lacks_the_api_is_500(api: Api) -> None:
    """aws_lambda_permission was forgotten: AWS answers so too."""
    assert api.call("GET", "/shut").words == (500, "Internal server error")


def test_answers_are_passed_on_with_all_their_headers(api: Api) -> None:
    """Several values, switches, a status as text; what API Gateway keeps for itself is renamed."""
    headers = {"X-One": "1", "X-True": True, "Date": "yesterday"}
    several = {"Set-Cookie": ["a=1", "b=2"]}
    answer = answering(api, statusCode="201", headers=headers, multiValueHeaders=several, body="ok")
    assert (answer.status, answer.body) == (201, b"ok")
    assert answer.headers["set-cookie"] == ["a=1", "b=2"]
    assert (answer.headers["x-one"], answer.headers["x-true"]) == ("1", "true")
    assert answer.headers["x-amzn-remapped-date"] == "yesterday"
    assert answer.headers["content-type"] == "application/json"


def test_a_status_alone_is_an_answer(api: Api) -> None:
    """204 without a body; and with one, which is not sent."""
    assert answering(api, statusCode=204).body == b""
    assert answering(api, statusCode=204, body="x").body == b""


def test_binary_answers_are_decoded_for_who_accepts_them(api: Api) -> None:
    """By the first media type of Accept, where the API says that it is binary."""
    image = {
        "statusCode": 200,
        "isBase64Encoded": True,
        "body": "iVBORw==",
        "headers": {"Content-Type": "image/png"},
    }
    wanted = api.call("GET", "/", headers=[*do(answer=image), ("Accept", "image/png, */*")])
    assert wanted.body == b"\x89PNG"
    assert api.call("GET", "/", headers=[*do(answer=image), ("Accept", "text/html")]).body == b"iVBORw=="


def test_a_binary_request_reaches_the_function_in_base64(api: Api) -> None:
    """By its media type, where the API says that it is binary."""
    event = api.call("POST", "/messages/search", b"\x89PNG", [("Content-Type", "image/png")]).json
    assert (event["body"], event["isBase64Encoded"]) == ("iVBORw==", True)


def test_large_answers_are_compressed_for_who_wants_that(api: Api) -> None:
    """From minimum_compression_size on."""
    wants = ("Accept-Encoding", "gzip, br")
    large = api.call("GET", "/", headers=[*do(answer={"body": "x" * 1000}), wants])
    assert (large.headers["content-encoding"], gzip.decompress(large.body)) == ("gzip", b"x" * 1000)
    assert api.call("GET", "/", headers=[*do(answer={"body": "x" * 999}), wants]).body == b"x" * 999
    assert api.call("GET", "/", headers=do(answer={"body": "x" * 1000})).body == b"x" * 1000


def test_head_has_the_headers_alone(api: Api) -> None:
    """As HTTP says, whatever the function answers; the next call on the connection is not spoiled."""
    answer = api.call("HEAD", "/assets/a.png", headers=do(answer={"body": "12345"}))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "5")


def test_more_than_10_mb_are_refused(api: Api) -> None:
    """413, before a function is asked."""
    answer = api.call("POST", "/messages/search", b"x" * (10 * 1024 * 1024 + 1))
    assert answer.words == (413, "Request Too Long")


def test_calls_wait_for_a_worker_rather_than_fail(api: Api) -> None:
    """32 at once, where a function has four workers."""

    def call(number: int) -> int:
        return api.call("GET", f"/messages/{number}", headers=do(sleep=0.05)).status

    with ThreadPoolExecutor(32) as callers:
        assert set(callers.map(call, range(64))) == {200}


def test_a_change_is_served_when_it_is_deployed(hands: Hands) -> None:
    """Not before: neither a new route, nor a key that a route demands, nor a policy."""
    api = Api(hands)
    function = api.function()
    api.route("GET", "/old", function)
    first = api.deploy()
    api.route("GET", "/new", function)
    api.route("GET", "/old", function, apiKeyRequired=True)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    policy = [{"op": "replace", "path": "/policy", "value": hands.document(deny)}]
    api.gateway.update_rest_api(restApiId=api.id, patchOperations=policy)
    assert (api.call("GET", "/old").status, api.call("GET", "/new").status) == (200, 403)
    api.deploy()
    assert "explicit deny" in api.call("GET", "/new").words[1]
    api.gateway.delete_deployment(restApiId=api.id, deploymentId=first)


def test_a_deployment_that_is_served_stays(hands: Hands) -> None:
    """So Terraform needs create_before_destroy, here too; and there must be something to deploy."""
    api = Api(hands)
    with pytest.raises(ClientError, match="doesn't contain any methods"):
        api.deploy()
    api.route("GET", "/", api.function())
    served = api.deploy()
    with pytest.raises(ClientError, match="Active stages pointing to this deployment"):
        api.gateway.delete_deployment(restApiId=api.id, deploymentId=served)


def test_gateway_responses_are_the_apis_own(hands: Hands) -> None:
    """Templates with $context, headers, a status; from the next deployment on."""
    api = Api(hands)
    api.route("GET", "/", api.function(AS_TOLD))
    api.deploy()
    put = api.gateway.put_gateway_response
    put(
        restApiId=api.id,
        responseType="DEFAULT_4XX",
        responseParameters={"gatewayresponse.header.X-Stage": "context.stage"},
        responseTemplates={
            "application/json": '{"error":"$context.error.responseType","message":$context.error.messageString,'
            '"ip":"$context.identity.sourceIp"}'
        },
    )
    put(restApiId=api.id, responseType="MISSING_AUTHENTICATION_TOKEN", statusCode="404")
    assert api.call("GET", "/no").status == 403, "not deployed yet"
    api.deploy()
    refused = api.call("GET", "/no")
    assert refused.status == 404
    api.gateway.delete_gateway_response(restApiId=api.id, responseType="MISSING_AUTHENTICATION_TOKEN")
    api.deploy()
    refused = api.call("GET", "/no")
    assert refused.json == {
        "error": "MISSING_AUTHENTICATION_TOKEN",
        "message": "Missing Authentication Token",
        "ip": "127.0.0.1",
    }
    assert refused.headers["x-stage"] == "v1"
    put(
        restApiId=api.id,
        responseType="DEFAULT_5XX",
        statusCode="500",
        responseTemplates={"application/json": "{}"},
    )
    api.deploy()
    failed = api.call("GET", "/", headers=do(fail=1))
    assert (failed.status, failed.body) == (500, b"{}")
