"""API keys of the status API, in the usage plan that Terraform made.

Terraform makes no keys, since it would keep their values in its state. A key's name in API Gateway is the
plan's and its own, since an account's keys are all in one list.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any, NamedTuple

from mailroom.environment import Environment
from mailroom.errors import MailroomError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class ApiKey(NamedTuple):
    """A key without its value; `created` is ISO 8601, UTC."""

    name: str
    id: str
    created: str
    enabled: bool


class Created(NamedTuple):
    """A key just made: the one time that its value is shown."""

    name: str
    id: str
    value: str


class Keys:
    """The keys of an environment's API."""

    def __init__(self, environment: Environment) -> None:
        self._env = environment.name
        environment.output("status_api_url")  # says so where status is switched off
        plan = environment.outputs.get("status_usage_plan_id")
        if plan is None:
            raise MailroomError(
                f"The status API of {environment.name} takes no keys: its callers are signed"
                ' (status.api.authorization = "iam").',
                "mailroom status show ID (signs by itself)",
            )
        self._plan: str = plan
        self._gateway = environment.client("apigateway")

    def create(self, name: str) -> Created:
        """A new key that may call the API. Raises MailroomError for a name that is taken, or none."""
        if not _NAME.fullmatch(name):
            raise MailroomError(
                f"{name}: a key's name is 1 to 64 letters, digits, _ . and -.",
                "mailroom status key create shop",
            )
        if any(key.name == name for key in self.all()):
            raise MailroomError(
                f"{self._env} has a key {name}, whose value is shown only once.",
                f"mailroom status key revoke {name}, or take another name",
            )
        made = self._gateway.create_api_key(
            name=self._prefix() + name, description="Made by mailroom status key create.", enabled=True
        )
        try:
            self._gateway.create_usage_plan_key(usagePlanId=self._plan, keyId=made["id"], keyType="API_KEY")
        except BaseException:  # Ctrl-C too: a key in no plan opens nothing, and nobody would find it
            self._gateway.delete_api_key(apiKey=made["id"])
            raise
        return Created(name, made["id"], made["value"])

    def all(self) -> Iterator[ApiKey]:
        """Every key of the plan, by whomever it was made."""
        prefix = self._prefix()
        for page in self._gateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=self._plan):
            for found in page.get("items", []):
                key = self._gateway.get_api_key(apiKey=found["id"], includeValue=False)
                created = key["createdDate"].astimezone(UTC).isoformat(timespec="seconds")
                yield ApiKey(key["name"].removeprefix(prefix), key["id"], created, bool(key["enabled"]))

    def revoke(self, name: str) -> ApiKey:
        """Delete the key of this name, or with this id. Raises MailroomError for none or several."""
        found = [key for key in self.all() if name in (key.name, key.id)]
        if len(found) != 1:
            why = "has several keys" if found else "has no key"
            raise MailroomError(f"{self._env} {why} {name}.", "mailroom status key list (ids will do, too)")
        self._gateway.delete_api_key(apiKey=found[0].id)
        return found[0]

    def _prefix(self) -> str:
        plan: dict[str, Any] = self._gateway.get_usage_plan(usagePlanId=self._plan)
        return f"{plan['name']}-"
