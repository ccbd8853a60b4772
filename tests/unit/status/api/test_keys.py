"""`mailroom status key`: keys are made in API Gateway, put into the plan, shown once, revoked."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from mailroom import environment
from mailroom.errors import MailroomError
from mailroom.status import app

PLAN = "plan-1"
MADE_AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


class ApiGateway:
    """Remembers keys and the plan they are in, as API Gateway does."""

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Any]] = {}
        self.in_plan: list[str] = []
        self.refusing = False

    def get_usage_plan(self, usagePlanId: str) -> dict[str, Any]:
        assert usagePlanId == PLAN
        return {"id": PLAN, "name": "test-status"}

    def create_api_key(self, name: str, description: str, enabled: bool) -> dict[str, Any]:
        number = f"k{len(self.keys) + 1}"
        made = {
            "id": number,
            "name": name,
            "enabled": enabled,
            "createdDate": MADE_AT,
            "value": f"value-of-{number}",
        }
        self.keys[number] = made
        return made

    def create_usage_plan_key(self, usagePlanId: str, keyId: str, keyType: str) -> None:
        assert (usagePlanId, keyType) == (PLAN, "API_KEY")
        if self.refusing:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "CreateUsagePlanKey")
        self.in_plan.append(keyId)

    def get_api_key(self, apiKey: str, includeValue: bool) -> dict[str, Any]:
        assert includeValue is False
        return {name: value for name, value in self.keys[apiKey].items() if name != "value"}

    def delete_api_key(self, apiKey: str) -> None:
        del self.keys[apiKey]
        self.in_plan = [key for key in self.in_plan if key != apiKey]

    def get_paginator(self, operation: str) -> Any:
        assert operation == "get_usage_plan_keys"
        return self

    def paginate(self, usagePlanId: str) -> list[dict[str, Any]]:
        """One a page, and an empty page has no `items` at all."""
        return [*({"items": [{"id": key}]} for key in self.in_plan), {}]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> ApiGateway:
    found = ApiGateway()
    outputs = {"status_api_url": "https://api.example/v1", "status_usage_plan_id": PLAN}

    class Applied:
        name = "test"

        def output(self, name: str) -> Any:
            return outputs[name]

        def client(self, service: str) -> Any:
            assert service == "apigateway"
            return found

    Applied.outputs = outputs  # type: ignore[attr-defined]
    monkeypatch.setattr(environment.Environment, "load", lambda env, name="default": Applied())
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["key", *arguments])


def test_a_key_is_made_in_the_plan_and_shown_once(gateway: ApiGateway) -> None:
    """Its value alone is on stdout; the list has no values."""
    result = run("create", "shop")
    assert result.stdout == "value-of-k1\n"
    assert gateway.in_plan == ["k1"]
    assert gateway.keys["k1"]["name"] == "test-status-shop"
    listed = run("list")
    assert listed.stdout.split() == ["shop", "k1", "since", "2026-11-27T09:00:00+00:00"]
    assert "value-of" not in run("list", "--json").output


def test_for_programs(gateway: ApiGateway) -> None:
    """--json of all three."""
    assert json.loads(run("create", "shop", "--json").stdout) == {
        "name": "shop",
        "id": "k1",
        "value": "value-of-k1",
    }
    key = {"name": "shop", "id": "k1", "created": "2026-11-27T09:00:00+00:00", "enabled": True}
    assert json.loads(run("list", "--json").stdout) == [key]
    assert json.loads(run("revoke", "shop", "--json").stdout) == key
    assert json.loads(run("list", "--json").stdout) == []


@pytest.mark.parametrize("given", ["shop", "k1"])
def test_a_key_is_revoked_by_name_or_id(gateway: ApiGateway, given: str) -> None:
    """It is gone from the account, not only from the plan."""
    run("create", "shop")
    run("create", "desk")
    assert run("revoke", given).stdout == "revoked: shop (k1)\n"
    assert list(gateway.keys) == gateway.in_plan == ["k2"]


def test_a_key_that_no_plan_takes_is_not_left_behind(gateway: ApiGateway) -> None:
    """Nobody would find it."""
    gateway.refusing = True
    assert isinstance(run("create", "shop").exception, ClientError)
    assert gateway.keys == {}


@pytest.mark.parametrize(
    ("arguments", "says", "hint"),
    [
        (
            ["create", "shop"],
            "test has a key shop, whose value is shown only once",
            "mailroom status key revoke shop",
        ),
        (["create", "a shop"], "1 to 64 letters", "mailroom status key create shop"),
        (["create", "-x"], "", ""),
        (["revoke", "desk"], "test has no key desk", "mailroom status key list"),
    ],
)
def test_what_cannot_be_done_is_told(gateway: ApiGateway, arguments: list[str], says: str, hint: str) -> None:
    """With the next command to try; nothing has changed."""
    run("create", "shop")
    result = run(*arguments)
    assert result.exit_code != 0
    if says:
        assert isinstance(result.exception, MailroomError)
        assert says in result.exception.message
        assert hint in result.exception.hint
    assert list(gateway.keys) == ["k1"]


def test_where_callers_are_signed_there_are_no_keys(gateway: ApiGateway) -> None:
    """And it says how to ask then."""
    environment.Environment.load("test").outputs["status_usage_plan_id"] = None
    result = run("list")
    assert isinstance(result.exception, MailroomError)
    assert "takes no keys" in result.exception.message
    assert "mailroom status show" in result.exception.hint
