"""Who may call a REST API of the local cloud, and how often: keys, plans, signatures, policies."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.conftest import Hands
from tests.integration.local.rest_api import Api

pytestmark = pytest.mark.integration

FORBIDDEN = (403, "Forbidden")


@pytest.fixture(scope="module")
def function(hands: Hands) -> str:
    """A function that any API may call."""
    hands.function("any", 'def handle(event, context):\n    return {"body": "{}"}')
    functions = hands.client("lambda")
    who = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    functions.add_permission(FunctionName="any", StatementId="s", **who)
    arn: str = functions.get_function(FunctionName="any")["Configuration"]["FunctionArn"]
    return arn


@pytest.fixture
def api(hands: Hands, function: str) -> Api:
    made = Api(hands)
    made.route("GET", "/open", function)
    made.route("GET", "/keyed", function, apiKeyRequired=True)
    made.route("GET", "/signed", function, authorizationType="AWS_IAM")
    made.deploy()
    return made


@pytest.fixture
def user(hands: Hands) -> dict[str, str]:
    """An access key of a user who may do nothing; `UserName` is theirs."""
    name = f"u-{uuid.uuid4().hex[:8]}"
    hands.client("iam").create_user(UserName=name)
    key: dict[str, str] = hands.client("iam").create_access_key(UserName=name)["AccessKey"]
    return key


def let(hands: Hands, user: dict[str, str], **statement: Any) -> None:
    """Give a user a policy of one statement."""
    document = hands.document({"Effect": "Allow", **statement})
    hands.client("iam").put_user_policy(UserName=user["UserName"], PolicyName="p", PolicyDocument=document)


def calls(api: Api, path: str, times: int, key: str = "") -> list[tuple[int, Any]]:
    answers = [api.call("GET", path, key=key) for _ in range(times)]
    return [(200, "") if one.status == 200 else one.words for one in answers]


def test_a_route_with_a_key_wants_one_of_a_plan_for_its_stage(api: Api) -> None:
    """None, a wrong one, one without a plan, one that is switched off, one that is gone: all are 403."""
    key = api.key()
    assert api.call("GET", "/open").status == 200
    assert api.call("GET", "/keyed").words == FORBIDDEN
    assert api.call("GET", "/keyed", key="x" * 20).words == FORBIDDEN
    stray = api.gateway.create_api_key(name="stray", enabled=True)
    assert api.call("GET", "/keyed", key=stray["value"]).words == FORBIDDEN
    assert api.call("GET", "/keyed", key=key["value"]).status == 200
    off = [{"op": "replace", "path": "/enabled", "value": "false"}]
    api.gateway.update_api_key(apiKey=key["id"], patchOperations=off)
    assert api.call("GET", "/keyed", key=key["value"]).words == FORBIDDEN
    api.gateway.update_api_key(apiKey=key["id"], patchOperations=[{**off[0], "value": "true"}])
    assert api.call("GET", "/keyed", key=key["value"]).status == 200
    api.gateway.delete_api_key(apiKey=key["id"])
    assert api.call("GET", "/keyed", key=key["value"]).words == FORBIDDEN
    assert api.gateway.get_usage_plan_keys(usagePlanId=key["plan"])["items"] == []


def test_the_function_is_told_which_key_it_was(hands: Hands) -> None:
    """identity.apiKeyId, for the log too."""
    api = Api(hands)
    api.route("GET", "/", api.function(), apiKeyRequired=True)
    api.deploy()
    key = api.key()
    identity = api.call("GET", "/", key=key["value"]).json["requestContext"]["identity"]
    assert (identity["apiKeyId"], identity["apiKey"]) == (key["id"], key["value"])


def test_a_plan_throttles_its_keys(api: Api) -> None:
    """As many as the burst at once, then 429 and nothing else; other keys have their own."""
    slow = {"rateLimit": 0.001, "burstLimit": 3}
    one = api.key(throttle=slow)
    other = api.gateway.create_api_key(name="other", enabled=True)
    api.gateway.create_usage_plan_key(usagePlanId=one["plan"], keyId=other["id"], keyType="API_KEY")
    assert calls(api, "/keyed", 5, one["value"]) == [(200, "")] * 3 + [(429, "Too Many Requests")] * 2
    assert calls(api, "/keyed", 1, other["value"]) == [(200, "")]
    assert (
        api.call("GET", "/keyed", key=one["value"]).headers["x-amzn-errortype"] == "TooManyRequestsException"
    )


def test_a_stage_throttles_its_methods(api: Api) -> None:
    """Each method has a bucket of the stage's size; a change holds at once."""
    api.change_stage(("/*/*/throttling/rateLimit", "0.001"), ("/*/*/throttling/burstLimit", "2"))
    assert calls(api, "/open", 4) == [(200, "")] * 2 + [(429, "Too Many Requests")] * 2
    assert api.call("GET", "/signed").status == 403, "another method, another bucket"
    api.change_stage(("/*/*/throttling/rateLimit", "1000"), ("/*/*/throttling/burstLimit", "1000"))
    assert api.hands.until(lambda: api.call("GET", "/open").status == 200)


def test_a_quota_ends(api: Api) -> None:
    """429 with other words, and another error type."""
    key = api.key(quota={"limit": 2, "period": "DAY"})["value"]
    assert calls(api, "/keyed", 3, key) == [(200, ""), (200, ""), (429, "Limit Exceeded")]
    assert api.call("GET", "/keyed", key=key).headers["x-amzn-errortype"] == "LimitExceededException"


def test_a_plan_is_changed_as_terraform_changes_it(api: Api) -> None:
    """Numbers stay numbers, stages stay stages."""
    plan = api.key(throttle={"rateLimit": 1, "burstLimit": 1})["plan"]
    operations = [
        {"op": "replace", "path": "/throttle/rateLimit", "value": "20.5"},
        {"op": "replace", "path": "/throttle/burstLimit", "value": "40"},
        {"op": "replace", "path": "/quota/limit", "value": "100"},
        {"op": "replace", "path": "/quota/period", "value": "WEEK"},
        {"op": "replace", "path": f"/apiStages/{api.id}:v1/throttle/~1keyed~1GET/rateLimit", "value": "3"},
    ]
    found = api.gateway.update_usage_plan(usagePlanId=plan, patchOperations=operations)
    assert found["throttle"] == {"rateLimit": 20.5, "burstLimit": 40}
    assert found["quota"] == {"limit": 100, "period": "WEEK"}
    assert found["apiStages"] == [
        {"apiId": api.id, "stage": "v1", "throttle": {"/keyed/GET": {"rateLimit": 3.0}}}
    ]
    gone = [{"op": "remove", "path": "/apiStages", "value": f"{api.id}:v1"}]
    assert api.gateway.update_usage_plan(usagePlanId=plan, patchOperations=gone)["apiStages"] == []


def test_the_values_of_keys_are_for_who_asks_for_them(api: Api) -> None:
    """create-api-key shows it, get-api-key only with --include-value."""
    made = api.gateway.create_api_key(name=api.name, value="a-value-of-20-letters")
    assert made["value"] == "a-value-of-20-letters"
    assert "value" not in api.gateway.get_api_key(apiKey=made["id"])
    assert api.gateway.get_api_key(apiKey=made["id"], includeValue=True)["value"] == made["value"]
    (listed,) = api.gateway.get_api_keys(nameQuery=api.name)["items"]
    assert "value" not in listed
    (listed,) = api.gateway.get_api_keys(nameQuery=api.name, includeValues=True)["items"]
    assert listed["value"] == made["value"]


def test_keys_that_aws_refuses(api: Api) -> None:
    """Less than 20 letters; a value that another key has."""
    api.gateway.create_api_key(name="first", value="a-value-that-is-taken")
    for value, code in (("too-short", "BadRequestException"), ("a-value-that-is-taken", "ConflictException")):
        with pytest.raises(ClientError) as caught:
            api.gateway.create_api_key(name="second", value=value)
        assert caught.value.response["Error"]["Code"] == code


def test_a_plan_takes_only_keys_and_stages_that_there_are(api: Api) -> None:
    """NotFound, and a key is in one plan for a stage."""
    plan = api.key()
    for wrong in ("nobody", plan["id"]):
        with pytest.raises(ClientError, match=r"Invalid API Key identifier|already"):
            api.gateway.create_usage_plan_key(usagePlanId=plan["plan"], keyId=wrong, keyType="API_KEY")
    with pytest.raises(ClientError, match="API Stage not found"):
        api.gateway.create_usage_plan(name="p", apiStages=[{"apiId": api.id, "stage": "other"}])


def test_a_signed_route_wants_a_signature_and_a_right(hands: Hands, api: Api, user: dict[str, str]) -> None:
    """Unsigned, wrongly signed, without the right, with another path's, with it: each as AWS answers."""
    assert api.call("GET", "/signed").words == (403, "Missing Authentication Token")
    bad = api.signed("GET", "/signed", user, "wrong")
    assert (bad.status, bad.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")
    middle = f"arn:aws:execute-api:{hands.cloud.region}"
    who = f"arn:aws:iam::{hands.account}:user/{user['UserName']}"
    called = f"{middle}:********{hands.account[-4:]}:{api.id}/v1/GET/signed"
    reason = "because no identity-based policy allows the execute-api:Invoke action"
    refused = f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {called} {reason}"
    assert api.signed("GET", "/signed", user).json == {"Message": refused}
    let(hands, user, Action="execute-api:Invoke", Resource=f"{middle}:{hands.account}:{api.id}/v1/GET/other")
    assert api.signed("GET", "/signed", user).words == (403, refused)
    let(hands, user, Action="execute-api:Invoke", Resource=f"{middle}:{hands.account}:{api.id}/v1/GET/signed")
    assert api.signed("GET", "/signed", user).status == 200
    assert api.signed("GET", "/nothing", user).words == (403, "Missing Authentication Token")


def test_a_deny_of_the_apis_policy_wins(hands: Hands, api: Api, user: dict[str, str], function: str) -> None:
    """Over the caller's own allowance, and over no authorization at all."""
    let(hands, user, Action="execute-api:Invoke", Resource="*")
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
    }
    deny = {
        **everybody,
        "Effect": "Deny",
        "Resource": ["execute-api:/*/GET/signed", "execute-api:/*/GET/open"],
    }
    policy = [{"op": "replace", "path": "/policy", "value": hands.document(everybody, deny)}]
    api.gateway.update_rest_api(restApiId=api.id, patchOperations=policy)
    api.deploy()
    for answer in (api.signed("GET", "/signed", user), api.call("GET", "/open")):
        assert answer.status == 403
        assert "with an explicit deny" in answer.words[1]


def test_nobody_without_the_right_makes_keys(hands: Hands, api: Api, user: dict[str, str]) -> None:
    """apigateway:POST on /apikeys, as AWS names it."""
    mine = hands.client("apigateway", user["AccessKeyId"], user["SecretAccessKey"])
    with pytest.raises(ClientError, match="apigateway:POST"):
        mine.create_api_key(name="k")
    let(hands, user, Action="apigateway:POST", Resource=f"arn:aws:apigateway:{hands.cloud.region}::/apikeys")
    assert mine.create_api_key(name="k")["value"]
