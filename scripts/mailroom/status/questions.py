"""What the status API knows, as commands ask it: messages, lists over their pages, refusals in words.

Recipients go in a body, as the API wants it: no address is in a URL.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.status.asking import KEY_VARIABLE, Answer, Api

_TRIES = 4
_LONGEST_WAIT_SECONDS = 20.0
_MOST_A_PAGE = 100


class Unknown(MailroomError):
    """What was asked for is not there, or not yet."""


@dataclass(frozen=True)
class Questions:
    """Asks the API of an environment; with its key, or signed where it has no key."""

    api: Api

    @classmethod
    def load(cls, env: str, name: str, key: str) -> "Questions":
        """The API of an environment by its name; see `of`."""
        return cls.of(Environment.load(env, name), key, name)

    @classmethod
    def of(cls, environment: Environment, key: str, name: str = "default") -> "Questions":
        """The API of an environment. Raises MailroomError where there is none, or where a key is wanting.

        `name` is that of the local cloud, for the command that makes one.
        """
        env, url = environment.name, environment.output("status_api_url")
        signed = environment.outputs.get("status_usage_plan_id") is None
        if not signed and not key:
            where = f" --env {env}" if env != "local" else f" --name {name}" if name != "default" else ""
            raise MailroomError(
                f"The status API of {env} wants an API key: {KEY_VARIABLE} is not set.",
                f"export {KEY_VARIABLE}=$(mailroom status key create NAME --json{where} | jq -r .value)",
            )
        region = environment.output("region")
        return cls(Api(url, region, environment.session, "" if signed else key))

    def message(self, message_id: str) -> dict[str, Any]:
        """A message with its recipients. Raises Unknown where it is not known."""
        return self.ask(f"/messages/{quote(message_id, safe='')}")

    def items(self, path: str, asked: Mapping[str, str], most: int, *, post: bool = False) -> Iterator[Any]:
        """The first `most` items of a list, over its pages."""
        cursor: dict[str, str] = {}
        while most > 0:
            page = {**asked, **cursor, "limit": min(most, _MOST_A_PAGE)}
            answer = self.ask(path, body=page) if post else self.ask(path, query=page)
            yield from answer["items"][:most]
            most -= len(answer["items"])
            if not answer["cursor"]:
                return
            cursor = {"cursor": answer["cursor"]}

    def ask(self, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The answer to GET `path`, or to POST where there is a body; after a 429 it is asked again.

        Raises MailroomError with the API's own sentence.
        """
        method, data = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
        headers = {"accept": "application/json", **({"content-type": "application/json"} if data else {})}
        asked = urlencode(query or {}, quote_via=quote)
        for number in range(_TRIES):
            answer = self.api.ask(method, path, asked, data, headers)
            if answer.status != 429:
                break
            if number < _TRIES - 1:
                time.sleep(_pause(answer, number))
        if answer.status == 200:
            return json.loads(answer.body)
        raise self._told(answer)

    def _told(self, answer: Answer) -> MailroomError:
        try:
            sentence = str(json.loads(answer.body)["message"])
        except (ValueError, KeyError, TypeError):
            sentence = f"status {answer.status}"
        hints = {
            403: "mailroom status key list" if self.api.key else "aws sts get-caller-identity",
            404: "mailroom status show --recipient ADDRESS",
        }
        kind = Unknown if answer.status == 404 else MailroomError
        return kind(f"The status API says: {sentence}", hints.get(answer.status, ""))


def _pause(answer: Answer, number: int) -> float:
    """As long as the answer asks for, else longer each time; with a bound."""
    told = answer.headers.get("retry-after", "")
    return min(float(told) if told.isdigit() else 2.0**number, _LONGEST_WAIT_SECONDS)
