"""The query API as it is applied: who is let in, what it lists, and what strangers' tools make of it."""

import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lambda_src.status.rest.routes import ROUTES
from mailroom.demo.watch import until
from mailroom.status import app
from mailroom.status.asking import Api
from tests.integration.status.conftest import SECONDS, Status

REFUSED, THROTTLED = 403, 429
ROUTES_WITH_KEY = [
    (method, resource.replace("{message_id}", "m-1"))
    for resource, methods in ROUTES.items()
    for method in methods
    if resource != "/openapi.json"
]
LISTED = 30


@pytest.fixture(scope="module")
def stranger(status: Status) -> Api:
    """The API, asked by somebody without a key."""
    api = Api.of(status.environment)
    return replace(api, key="", session=None)


def ask(api: Api, method: str, path: str, key: str = "", **query: Any) -> tuple[int, Any]:
    """Status and body; `key` goes as it is, "" goes too: nothing is signed."""
    body = json.dumps({"recipient": "ann@example.org"}).encode() if method == "POST" else b""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.ask(method, path, asked, body, {"x-api-key": key})
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_KEY)
@pytest.mark.parametrize("key", ["", "wrong", "0" * 40])
def test_nothing_is_read_without_a_key(stranger: Api, method: str, path: str, key: str) -> None:
    """403 in the form of all errors, by every route that reads."""
    code, said = ask(stranger, method, path, key)
    assert code == REFUSED
    assert said["error"] == "forbidden"
    assert set(said) == {"error", "message"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("path", ["/failures", "/messages", "/messages/m-1"])
def test_other_methods_are_refused_with_a_key_and_without(
    status: Status, stranger: Api, method: str, path: str
) -> None:
    """403 for strangers, 405 for whoever may ask: no method is a way around the key."""
    assert ask(stranger, method, path)[0] == REFUSED
    assert ask(stranger, method, path, status.questions.api.key)[0] == 405


@pytest.mark.parametrize("path", ["/", "/assets/app.js", "/openapi.json"])
def test_the_page_and_the_description_are_open(stranger: Api, path: str) -> None:
    """Neither holds anybody's data."""
    assert stranger.ask("GET", path, headers={"x-api-key": ""}).status == 200


def test_a_key_opens_until_it_is_revoked(status: Status, stranger: Api) -> None:
    """`mailroom status key` makes it, the API takes it, and after `revoke` no more."""
    where = ("--name", status.cloud.name, "--json")
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = json.loads(_mailroom("key", "create", name, *where))
    assert ask(stranger, "GET", "/failures", made["value"])[0] == 200
    assert name in [key["name"] for key in json.loads(_mailroom("key", "list", *where))]
    assert made["value"] not in _state(status)
    _mailroom("key", "revoke", name, *where)
    assert ask(stranger, "GET", "/failures", made["value"])[0] == REFUSED


def _state(status: Status) -> str:
    """Terraform's state, as it lies in its bucket."""
    s3 = status.client("s3")
    (bucket,) = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].endswith("-state")]
    held = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    (key,) = [one for one in held if one.endswith(".tfstate")]
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


def _mailroom(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.exception or done.output
    return done.stdout


@pytest.fixture(scope="module")
def signed(status: Status) -> Iterator[Api]:
    """The same API as an environment with `authorization = "iam"` has it: a stage of its own, whose copy of the
    methods wants signatures. The applied stage keeps its own copy."""
    gateway, api_id = status.client("apigateway"), status.output("status_api_id")
    methods = [
        (resource["id"], verb)
        for resource in gateway.get_resources(restApiId=api_id, limit=500, embed=["methods"])["items"]
        for verb, method in resource.get("resourceMethods", {}).items()
        if method["apiKeyRequired"]
    ]
    assert methods
    try:
        _change(gateway, api_id, methods, "AWS_IAM", "false", "403")
        deployed = gateway.create_deployment(restApiId=api_id, stageName="signed")
    finally:
        _change(gateway, api_id, methods, "NONE", "true", "404")
    url = status.output("status_api_url").replace("/v1/", "/signed/")
    yield Api(url, status.output("region"), status.environment.session)
    gateway.delete_stage(restApiId=api_id, stageName="signed")
    gateway.delete_deployment(restApiId=api_id, deploymentId=deployed["id"])


def _change(
    gateway: Any, api_id: str, methods: list[tuple[str, str]], kind: str, wants_key: str, unsigned: str
) -> None:
    """What `authorization` changes in Terraform: the methods, and the answer to a call without a signature."""

    def changes(**values: str) -> list[dict[str, str]]:
        return [{"op": "replace", "path": f"/{path}", "value": value} for path, value in values.items()]

    for resource, verb in methods:
        wanted = changes(authorizationType=kind, apiKeyRequired=wants_key)
        gateway.update_method(restApiId=api_id, resourceId=resource, httpMethod=verb, patchOperations=wanted)
    kept = ("responseParameters", "responseTemplates")
    asked = {"restApiId": api_id, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    answer = gateway.get_gateway_response(**asked)
    gateway.put_gateway_response(**asked, statusCode=unsigned, **{name: answer[name] for name in kept})


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_KEY)
def test_where_callers_are_signed_nobody_else_reads(signed: Api, method: str, path: str) -> None:
    """Neither without a signature nor with anybody's key."""
    assert ask(signed, method, path)[0] == REFUSED


def test_a_signed_caller_reads(signed: Api) -> None:
    """The operator's own credentials are enough, over the path, the query and the body."""
    for method, path, query, body in (
        ("GET", "/failures", "limit=1&since=7d", b""),
        ("GET", "/messages", "campaign_id=a%20b", b""),
        ("POST", "/messages/search", "", b'{"recipient": "ann@example.org"}'),
    ):
        answer = signed.ask(method, path, query, body)
        assert answer.status == 200, answer.body
    assert signed.ask("GET", "/messages/no%20such", "").status == 400


@pytest.fixture(scope="module")
def campaign(status: Status) -> list[str]:
    """Messages of one campaign in the table, by their place in its list; every third has failed."""
    name = f"campaign-{uuid.uuid4().hex[:8]}"
    bodies = [json.dumps(_event(name, number)) for number in range(LISTED)]
    status.put_in_queue(*bodies)
    status.quiet()
    ids = [f"{name}-{number:02}" for number in range(LISTED)]
    until("the campaign to be listed", lambda: len(_all(status, campaign_id=name)) == LISTED, SECONDS)
    return [name, *ids]


def _event(campaign: str, number: int) -> dict[str, Any]:
    """SES's event about the message with this number, each a second after the one before."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 600 + number))
    recipient = f"{campaign}@example.org"
    mail = {
        "timestamp": at,
        "messageId": f"{campaign}-{number:02}",
        "source": "news@example.com",
        "destination": [recipient],
        "tags": {"campaign_id": [campaign], "reference": [f"{campaign}-{number % 2}"]},
    }
    if number % 3:
        told = {
            "timestamp": at,
            "recipients": [recipient],
            "smtpResponse": "250 ok",
            "processingTimeMillis": 5,
        }
        return {"eventType": "Delivery", "mail": mail, "delivery": told}
    people = [{"emailAddress": recipient, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "timestamp": at,
        "bouncedRecipients": people,
    }
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce}


def _all(applied: Status, path: str = "/messages", **query: Any) -> list[str]:
    """The ids of a whole list, page by page."""
    found: list[str] = []
    while True:
        code, said = ask(applied.questions.api, "GET", path, applied.questions.api.key, **query)
        assert code == 200, said
        found += [item["message_id"] for item in said["items"]]
        if said["cursor"] is None:
            return found
        query["cursor"] = said["cursor"]


@pytest.mark.parametrize("limit", [4, 100])
def test_lists_are_whole_and_in_order(status: Status, campaign: list[str], limit: int) -> None:
    """Over shards and pages, by every index: a campaign, its failures, a reference, the latest failures."""
    name, *ids = campaign
    assert _all(status, campaign_id=name, limit=limit) == ids
    assert _all(status, campaign_id=name, status="hardbounce", limit=limit) == ids[::3]
    assert _all(status, reference=f"{name}-1", limit=limit) == ids[1::2]
    failures = [one for one in _all(status, "/failures", limit=limit) if one.startswith(name)]
    assert failures == ids[::3][::-1]


def test_a_recipients_messages_newest_first(status: Status, campaign: list[str]) -> None:
    """By `mailroom status show --recipient`, which asks by POST."""
    name, *ids = campaign
    where = ("--name", status.cloud.name, "--json", "--limit", "100")
    shown = json.loads(_mailroom("show", "--recipient", f"{name}@EXAMPLE.org", *where))
    assert [item["message_id"] for item in shown] == ids[::-1]


def test_a_message_in_the_terminal(status: Status, campaign: list[str]) -> None:
    """`mailroom status show ID`, with the server's answer in plain words."""
    shown = _mailroom("show", campaign[1], "--name", status.cloud.name)
    assert "hardbounce" in shown
    assert "There is no such mailbox at that domain." in shown


def test_logs_hold_no_address(status: Status, campaign: list[str]) -> None:
    """Neither the function's nor the API's own: requests by recipient leave no trace of whom."""
    address = f"{campaign[0]}@example.org"
    ask(status.questions.api, "GET", "/messages", status.questions.api.key, reference=address)
    logs = status.client("logs")
    function = f"/aws/lambda/{status.output('status_api_function_name')}"

    def lines(group: str) -> list[str]:
        return [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]

    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/")["logGroups"]
    accessed = [found["logGroupName"] for found in groups if "status" in found["logGroupName"]]
    assert accessed
    for group in (function, *accessed):
        until(
            f"a request in {group}",
            lambda log=group: any("/messages" in line for line in lines(log)),
            SECONDS,
        )
        assert not [line for line in lines(group) if address in line or "example.org" in line]


def test_rates_count_what_was_delivered_and_failed(status: Status, campaign: list[str]) -> None:
    """From the metric that the function wrote of the campaign's messages."""
    failed = len(range(0, LISTED, 3))

    def counted() -> bool | None:
        _, said = ask(status.questions.api, "GET", "/rates", status.questions.api.key, hours=2)
        sums = {name: sum(row["email"][name] for row in said["items"]) for name in ("delivered", "failed")}
        return (sums["delivered"] >= LISTED - failed and sums["failed"] >= failed) or None

    until("the rates to count the campaign", counted, SECONDS)


@dataclass(frozen=True)
class Slow:
    """A key of a plan of its own, which allows few requests."""

    key: str
    per_second: int


@pytest.fixture(scope="module")
def slow(status: Status) -> Iterator[Slow]:
    gateway, name = status.client("apigateway"), f"slow-{uuid.uuid4().hex[:8]}"
    stage = {"apiId": status.output("status_api_id"), "stage": "v1"}
    limits = {"rateLimit": 8.0, "burstLimit": 8}
    plan = gateway.create_usage_plan(name=name, apiStages=[stage], throttle=limits)
    key = gateway.create_api_key(name=name, enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    yield Slow(key["value"], 8)
    gateway.delete_api_key(apiKey=key["id"])
    changes = [{"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}]
    gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=changes)
    gateway.delete_usage_plan(usagePlanId=plan["id"])


needs_wrk = pytest.mark.skipif(not shutil.which("wrk"), reason="no wrk here: apt-get install wrk")


@needs_wrk
def test_below_its_limit_the_api_answers_everything(status: Status, slow: Slow, campaign: list[str]) -> None:
    """Four callers that rest for a second: 200 and nothing else."""
    counts = wrk(status, slow, campaign[1], callers=4, rest_ms=1000)
    assert set(counts) == {"200"}


@needs_wrk
def test_above_its_limit_it_says_429_and_nothing_else(
    status: Status, slow: Slow, campaign: list[str]
) -> None:
    """As many as get through are answered; the others are told to wait, and nobody gets an error."""
    counts = wrk(status, slow, campaign[1], callers=16, rest_ms=0)
    assert set(counts) == {"200", str(THROTTLED)}


def wrk(status: Status, slow: Slow, message_id: str, callers: int, rest_ms: int) -> dict[str, int]:
    """Answers by status, of a message asked for again and again for some seconds; no socket error."""
    script = Path(__file__).with_name("counts.lua")
    url = f"{status.output('status_api_url')}/messages/{message_id}"
    done = subprocess.run(
        ["wrk", "-t1", f"-c{callers}", "-d6s", "--timeout", "30s", "-s", script, "-H", f"x-api-key: {slow.key}", url,
         "--", str(rest_ms)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["errors"] == 0, done.stdout
    return found["statuses"]


def test_schemathesis_finds_nothing(status: Status, campaign: list[str], tmp_path: Path) -> None:
    """All its checks, as it comes, from the description that the API serves itself. It keeps below the throttle,
    since a 429 would hide what it looks for."""
    tool = Path(sys.executable).with_name("st")
    description = f"{status.output('status_api_url')}/openapi.json"
    key = f"x-api-key: {status.questions.api.key}"
    done = subprocess.run(
        [tool, "run", description, "-H", key, "-n", "8", "--rate-limit", "40/s", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=420,
    )  # fmt: skip
    assert "No issues found" in done.stdout, done.stdout[-6000:]
    assert done.returncode == 0
