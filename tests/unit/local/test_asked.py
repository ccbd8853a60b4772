"""What IAM is asked in a cloud, in AWS's words, and what is remembered of it."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import cbor2
import pytest
from ministack.core import iam_evaluator
from typer.testing import CliRunner

from mailroom.local import app, cloud
from mailroom.local.patches import circumstances, github_claims, resources
from mailroom.local.permissions import MOST, PATH, Permissions, name_of, without_ids

ROLE = "arn:aws:iam::000000000000:role/mailroom-dev-inbound"
SESSION = "arn:aws:sts::000000000000:assumed-role/mailroom-dev-inbound/github"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:mailroom-dev-inbound"
BOUNDARY = "arn:aws:iam::000000000000:policy/mailroom-dev-boundary"


@pytest.fixture
def request_of() -> Iterator[Any]:
    """Makes a request the one that is being answered."""
    before = iam_evaluator._signed_request.get()

    def pin(body: bytes) -> None:
        request = iam_evaluator.SignedRequest("ASIA", "POST", "/", {}, {}, body)
        iam_evaluator._signed_request.set(request)

    yield pin
    iam_evaluator._signed_request.set(before)


def listed(address: str) -> Any:
    return json.loads(urllib.request.urlopen(address + PATH, timeout=10).read())


def test_questions_are_remembered_once_and_can_be_forgotten(address: str, backend: Any) -> None:
    """The same question twice is one; GET lists them sorted, DELETE forgets them, anything else is refused."""
    assert listed(address) == []
    for resource in ("b", "a", "a"):
        backend.hears(SESSION, "s3:GetObject", resource, resource == "a")
    assert listed(address) == [
        {
            "who": "mailroom-dev-inbound",
            "action": "s3:GetObject",
            "resource": resource,
            "allowed": resource == "a",
        }
        for resource in ("a", "b")
    ]
    forget = urllib.request.Request(address + PATH, method="DELETE")
    assert json.loads(urllib.request.urlopen(forget, timeout=10).read()) == []
    assert Permissions().respond("POST").status == 405


def test_what_is_remembered_has_a_bound() -> None:
    """A cloud that runs for days does not grow by its questions."""
    permissions = Permissions()
    for number in range(MOST + 5):
        permissions.note(SESSION, "s3:GetObject", str(number), True)
    assert len(json.loads(permissions.respond("GET").body)) == MOST


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        (SESSION, "mailroom-dev-inbound"),
        ("arn:aws:iam::000000000000:role/path/mailroom-dev-inbound", "mailroom-dev-inbound"),
        ("arn:aws:iam::000000000000:user/ann", "ann"),
        ("arn:aws:iam::000000000000:root", "root"),
    ],
)
def test_a_session_counts_as_its_role(principal: str, name: str) -> None:
    """Who asked is the name that a policy is attached to."""
    assert name_of(principal) == name


@pytest.mark.parametrize(
    ("resource", "plain"),
    [
        ("arn:aws:kms:eu-west-1:0:key/67006c35-4e74-495f-b529-000765e5d06a", "arn:aws:kms:eu-west-1:0:key/(uuid)"),
        ("arn:aws:route53:::hostedzone/ZN7HNE6OVGRKS5", "arn:aws:route53:::hostedzone/(id)"),
        ("/apis/4a5b4ef3/routes/512ed22b", "/apis/(id)/routes/(id)"),
        ("/apis/4a5b4ef3/stages/$default", "/apis/(id)/stages/$default"),
        ("/restapis/e7f67376ab/resources/3d725e/methods/GET", "/restapis/(id)/resources/(id)/methods/GET"),
        ("/restapis/e7f67376/stages/v1", "/restapis/(id)/stages/v1"),
        (f"arn:aws:mobiletargeting:r:0:apps/{'0a' * 16}/eventstream", "arn:aws:mobiletargeting:r:0:apps/(id)/eventstream"),
        (f"b/plans/dev/{'a' * 40}/12/0123456789abcdef.json", "b/plans/dev/(commit)/(serial)/(plan).json"),
        ("arn:aws:sqs:eu-west-1:000000000000:mailroom-dev-inbound",) * 2,
    ],
)  # fmt: skip
def test_a_resource_without_its_numbers_is_the_same_in_every_cloud(resource: str, plain: str) -> None:
    """Names stay, what AWS or git numbers goes."""
    assert without_ids(resource) == plain


def test_the_command_shows_who_asked_for_what(
    address: str, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One role or all of them, for people or for programs."""
    found = SimpleNamespace(aws=address, name="default")
    monkeypatch.setattr(cloud, "running", lambda name: found)
    assert listed(address) == []
    backend.hears(SESSION, "s3:GetObject", "a", False)
    backend.hears("arn:aws:iam::000000000000:user/ann", "sqs:SendMessage", "q", True)
    shown = CliRunner().invoke(app, ["permissions"]).output
    assert "refused  mailroom-dev-inbound  s3:GetObject  a" in shown
    assert "allowed  ann  sqs:SendMessage  q" in shown
    ann = json.loads(CliRunner().invoke(app, ["permissions", "ann", "--json"]).output)
    assert [one["action"] for one in ann] == ["sqs:SendMessage"]
    assert "Nobody has asked" in CliRunner().invoke(app, ["permissions", "--forget"]).output


JSON = "application/x-amz-json-1.1"


@pytest.mark.parametrize(
    ("service", "target", "members", "resource"),
    [
        ("kms", "CreateAlias", {"AliasName": "alias/x", "TargetKeyId": "k"}, "kms:eu-west-1:0:alias/x"),
        ("kms", "DescribeKey", {"KeyId": "k"}, ""),
        ("events", "PutRule", {"Name": "r", "EventBusName": "default"}, "events:eu-west-1:0:rule/r"),
        ("events", "PutTargets", {"Rule": "r"}, "events:eu-west-1:0:rule/r"),
        ("events", "RemoveTargets", {"Rule": "r", "EventBusName": "b"}, "events:eu-west-1:0:rule/b/r"),
        ("events", "PutEvents", {"Entries": []}, ""),
        ("dynamodb", "ListTagsOfResource", {"ResourceArn": "arn:aws:t"}, "t"),
        ("events", "TagResource", {"ResourceARN": "arn:aws:r", "Tags": []}, "r"),
        ("glue", "GetTable", {"DatabaseName": "d", "Name": "t"}, "glue:eu-west-1:0:table/d/t"),
        ("glue", "CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}}, "glue:eu-west-1:0:table/d/t"),
        ("glue", "GetTables", {"DatabaseName": "d"}, "glue:eu-west-1:0:database/d"),
        ("glue", "CreateDatabase", {"DatabaseInput": {"Name": "d"}}, "glue:eu-west-1:0:database/d"),
        ("glue", "GetDatabases", {}, "glue:eu-west-1:0:catalog"),
        ("athena", "StartQueryExecution", {"QueryString": "SELECT 1"}, "athena:eu-west-1:0:workgroup/primary"),
        ("athena", "GetWorkGroup", {"WorkGroup": "g"}, "athena:eu-west-1:0:workgroup/g"),
        ("athena", "ListWorkGroups", {}, ""),
        ("glue", "GetDatabase", {"Name": "d"}, "glue:eu-west-1:0:database/d"),
        ("glue", "GetPartitionIndexes", {"DatabaseName": "d", "TableName": "t"}, "glue:eu-west-1:0:table/d/t"),
        ("glue", "GetTags", {"ResourceArn": "arn:aws:glue:eu-west-1:0:database/d"}, "glue:eu-west-1:0:database/d"),
        ("athena", "CreateWorkGroup", {"Name": "w"}, "athena:eu-west-1:0:workgroup/w"),
        ("athena", "CreateNamedQuery", {"Name": "q", "WorkGroup": "w"}, "athena:eu-west-1:0:workgroup/w"),
        ("athena", "ListTagsForResource", {"ResourceARN": "arn:aws:athena:w"}, "athena:w"),
    ],
)  # fmt: skip
def test_iam_is_asked_about_the_thing_itself(service: str, target: str, members: Any, resource: str) -> None:
    """Aliases, rules and tagged things are named as the service authorization reference names them; what the emulator
    names rightly is left to it."""
    extract = resources._resource(lambda *_: "the emulator's")
    headers = {"x-amz-target": f"Service.{target}", "content-type": JSON}
    found = extract(service, "POST", "/", headers, json.dumps(members).encode(), {}, "eu-west-1", "0")
    assert found == (f"arn:aws:{resource}" if resource else "the emulator's")


@pytest.mark.parametrize(
    ("service", "form", "resource"),
    [
        ("sns", {"Action": "GetSubscriptionAttributes", "SubscriptionArn": "arn:aws:sns:r:0:topic:id"}, "arn:aws:sns:r:0:topic"),
        ("sns", {"Action": "Unsubscribe", "SubscriptionArn": "PendingConfirmation"}, "the emulator's"),
        ("sns", {"Action": "ListTagsForResource", "ResourceArn": "arn:aws:sns:r:0:topic"}, "arn:aws:sns:r:0:topic"),
        ("monitoring", {"Action": "DeleteAlarms", "AlarmNames.member.1": "a"}, "arn:aws:cloudwatch:eu-west-1:0:alarm:a"),
        ("monitoring", {"Action": "PutMetricAlarm", "AlarmName": "a"}, "arn:aws:cloudwatch:eu-west-1:0:alarm:a"),
        ("monitoring", {"Action": "PutDashboard", "DashboardName": "d"}, "arn:aws:cloudwatch::0:dashboard/d"),
        ("monitoring", {"Action": "GetMetricData"}, "the emulator's"),
        ("monitoring", {"Action": "DeleteDashboards", "DashboardNames.member.1": "d"}, "arn:aws:cloudwatch::0:dashboard/d"),
    ],
)  # fmt: skip
def test_iam_is_asked_about_the_thing_itself_by_form(
    service: str, form: dict[str, str], resource: str
) -> None:
    """The same for the services that speak forms: a subscription counts as its topic."""
    extract = resources._resource(lambda *_: "the emulator's")
    assert extract(service, "POST", "/", {}, urlencode(form).encode(), form, "eu-west-1", "0") == resource


def test_a_dashboard_is_named_in_cbor() -> None:
    """What boto3 speaks with CloudWatch; the name may be one of a list."""
    extract = resources._resource(lambda *_: "the emulator's")
    path = "/service/GraniteServiceVersion20100801/operation/DeleteDashboards"
    body = cbor2.dumps({"DashboardNames": ["d"]})
    headers = {"content-type": "application/cbor"}
    found = extract("monitoring", "POST", path, headers, body, {}, "eu-west-1", "0")
    assert found == "arn:aws:cloudwatch::0:dashboard/d"


def test_what_is_in_something_is_asked_on_all_of_it() -> None:
    """A table of Glue on its database and the catalog; nothing else of the kind."""
    middle = "arn:aws:glue:eu-west-1:0"
    assert circumstances.beside("glue:GetTable", f"{middle}:table/d/t") == [
        f"{middle}:database/d",
        f"{middle}:catalog",
    ]
    assert circumstances.beside("glue:GetDatabase", f"{middle}:database/d") == [f"{middle}:catalog"]
    assert circumstances.beside("glue:GetDatabases", f"{middle}:catalog") == []
    assert circumstances.beside("s3:GetObject", "arn:aws:s3:::b/k") == []


@pytest.mark.parametrize("service", ["s3", "monitoring", "lambda"])
def test_a_body_that_is_no_text_is_left_alone(service: str) -> None:
    """An object's bytes, or CBOR, are not read for names."""
    extract = resources._resource(lambda *_: "the emulator's")
    assert (
        extract(service, "PUT", "/b/k", {}, b"PK\x03\x04\xb5\xff", {}, "eu-west-1", "0") == "the emulator's"
    )


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "/2015-03-31/event-source-mappings/uuid", "GetEventSourceMapping"),
        ("PUT", "/2015-03-31/event-source-mappings/uuid", "UpdateEventSourceMapping"),
        ("DELETE", "/2015-03-31/event-source-mappings/uuid", "DeleteEventSourceMapping"),
        ("GET", "/2015-03-31/event-source-mappings", "theirs"),
        ("DELETE", "/2017-10-31/functions/f/concurrency", "DeleteFunctionConcurrency"),
        ("GET", "/2019-09-30/functions/f/concurrency", "GetFunctionConcurrency"),
        ("PUT", "/2017-10-31/functions/f/concurrency", "theirs"),
        ("POST", "/2015-03-31/functions", "theirs"),
    ],
)
def test_lambda_s_actions_have_their_names(method: str, path: str, action: str) -> None:
    """One mapping is not the list of them, and giving concurrency back is not setting it."""
    assert resources._lambda(lambda *_: "theirs")(method, path) == action


def test_a_boundary_is_a_condition_of_making_a_role(request_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new role's boundary is the one that the request gives, later the one that the role has; without one there is no
    such key, so a condition on it is not met."""
    from ministack.services import iam

    monkeypatch.setattr(iam, "_roles", {"mailroom-dev-inbound": {"PermissionsBoundary": BOUNDARY}})
    request_of(b"Action=PutRolePolicy&RoleName=mailroom-dev-inbound")
    assert circumstances.more_keys("iam:PutRolePolicy", ROLE) == {"iam:permissionsboundary": BOUNDARY}
    assert circumstances.more_keys("iam:PutRolePolicy", f"{ROLE}-other") == {}
    assert circumstances.more_keys("iam:GetRole", ROLE) == {}
    request_of(urlencode({"Action": "CreateRole", "PermissionsBoundary": BOUNDARY}).encode())
    assert circumstances.more_keys("iam:CreateRole", f"{ROLE}-new") == {"iam:permissionsboundary": BOUNDARY}


@pytest.mark.parametrize("name", [FUNCTION, "mailroom-dev-inbound"])
def test_a_mapping_is_its_function_s(name: str, request_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A condition on the function holds for a new mapping, by name or ARN, and for one that is there."""
    from ministack.core import responses
    from ministack.services import lambda_svc

    monkeypatch.setattr(lambda_svc, "_esms", {"uuid": {"FunctionArn": FUNCTION}})
    monkeypatch.setattr(responses, "get_region", lambda: "eu-west-1")
    monkeypatch.setattr(responses, "get_account_id", lambda: "000000000000")
    request_of(json.dumps({"FunctionName": name}).encode())
    assert circumstances.more_keys("lambda:CreateEventSourceMapping", "*") == {"lambda:functionarn": FUNCTION}
    request_of(b"")
    mapping = "arn:aws:lambda:eu-west-1:000000000000:event-source-mapping:uuid"
    assert circumstances.more_keys("lambda:DeleteEventSourceMapping", mapping) == {
        "lambda:functionarn": FUNCTION
    }
    assert circumstances.more_keys("lambda:DeleteEventSourceMapping", f"{mapping}x") == {}


@pytest.mark.parametrize(
    ("action", "body", "asked"),
    [
        ("lambda:CreateFunction", {"Role": ROLE}, [(ROLE, "lambda.amazonaws.com")]),
        ("lambda:UpdateFunctionConfiguration", {"Timeout": 7}, []),
        ("firehose:CreateDeliveryStream", {"ExtendedS3DestinationConfiguration": {"RoleARN": ROLE}}, [(ROLE, "firehose.amazonaws.com")]),
        ("lambda:GetFunction", {"Role": ROLE}, []),
        ("apigateway:PATCH", {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]}, [(ROLE, "apigateway.amazonaws.com")]),
        ("apigateway:PATCH", {"patchOperations": [{"op": "replace", "path": "/name", "value": ROLE}]}, []),
    ],
)  # fmt: skip
def test_a_role_that_is_handed_over_must_be_passed(
    action: str, body: dict[str, Any], asked: list[tuple[str, str]], request_of: Any
) -> None:
    """IAM is asked for iam:PassRole to the service that gets the role, and its refusal is the call's, in AWS's words."""
    request_of(json.dumps(body).encode())
    seen: list[tuple[str, str]] = []

    def enforce(caller: str, what: str, service: str, region: str, role: str, context: dict[str, str]) -> Any:
        assert (caller, what) == ("ASIA", "iam:PassRole")
        seen.append((role, context["iam:passedtoservice"]))
        return SimpleNamespace(principal_arn=SESSION)

    refusal = circumstances.refusal(enforce, "ASIA", circumstances.handed(action), "eu-west-1")
    assert seen == asked
    assert (refusal is None) == (not asked)
    if refusal:
        assert refusal.message.startswith(
            f"User: {SESSION} is not authorized to perform: iam:PassRole on resource: {ROLE}"
        )


def test_github_s_claims_are_condition_keys() -> None:
    """Branch and environment of GitHub's token can be asked for in a trust policy; another provider's cannot."""
    claims = {"sub": "repo:o/r:environment:dev", "ref": "refs/heads/main", "environment": "dev", "email": "x"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    host = github_claims.HOST

    def of(provider: str) -> Any:
        principal = github_claims._principal(lambda *_: (provider, {f"{host}:sub": claims["sub"]}))
        return principal(f"header.{body}.signature", "", ROLE)[1]

    assert of(f"arn:aws:iam::000000000000:oidc-provider/{host}") == {
        f"{host}:sub": claims["sub"], f"{host}:ref": "refs/heads/main", f"{host}:environment": "dev",
    }  # fmt: skip
    assert of("accounts.google.com") == {f"{host}:sub": claims["sub"]}
