"""One message as the deployed API tells of it, and the call by which anybody reads the same."""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.status.asking import KEY_VARIABLE, Api

FOUND, UNKNOWN, REFUSED, TOO_MANY = 200, 404, 403, 429
NOBODY = "mailroom-drill-nobody"
"""A message id that nobody sends."""


@dataclass(frozen=True)
class Reader:
    """The API of an environment. `keys` says whether it wants a key, and not a signature."""

    environment: Environment
    api: Api
    keys: bool

    @classmethod
    def of(cls, environment: Environment) -> "Reader":
        """Raises MailroomError where there is no API, or where it wants a key and there is none at hand."""
        reader = cls(environment, Api.of(environment), bool(environment.outputs.get("status_usage_plan_id")))
        if reader.keys and not reader.api.key:
            raise MailroomError(f"The API of {environment.name} wants a key.", reader._get_a_key())
        return reader

    def check(self) -> None:
        """See that it answers at all. Raises MailroomError where it does not let us in."""
        self.message(NOBODY)

    def message(self, message_id: str) -> list[dict[str, Any]]:
        """The message's items, one for each recipient; [] where it is unknown, or the API busy.

        Raises MailroomError where the API lets us not in, or answers what it should not.
        """
        answer = self.api.ask("GET", _path(message_id))
        if answer.status == FOUND:
            found: list[dict[str, Any]] = json.loads(answer.body)["recipients"]
            return found
        if answer.status in (UNKNOWN, TOO_MANY):
            return []
        if answer.status == REFUSED:
            who = "aws sts get-caller-identity (it needs execute-api:Invoke)"
            hint = self._get_a_key() if self.keys else who
            raise MailroomError(f"The API of {self.environment.name} refuses: {_said(answer.body)}", hint)
        raise MailroomError(
            f"The API of {self.environment.name} answers {answer.status}: {_said(answer.body)}",
            f"aws logs tail /aws/lambda/{self.environment.output('status_api_function_name')}",
        )

    def call(self, message_id: str) -> str:
        """The call that reads the message back, to be pasted: with the key where keys are used."""
        if self.keys:
            url = shlex.quote(f"{self.api.url}{_path(message_id)}")
            return f"curl -sS -H {shlex.quote(f'x-api-key: {self.api.key}')} {url}"
        return f"mailroom status show {shlex.quote(message_id)} --env {self.environment.name}"

    def _get_a_key(self) -> str:
        return f"export {KEY_VARIABLE}=… (mailroom status key create NAME --env {self.environment.name})"


def _path(message_id: str) -> str:
    return f"/messages/{quote(message_id, safe='')}"


def _said(body: bytes) -> str:
    """The error's own words; the body as it is where it has none."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")
