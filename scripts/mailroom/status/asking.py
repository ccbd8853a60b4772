"""Questions to the deployed status API: with a key, or signed, as its environment's authorization asks.

A key comes from the person; where callers are signed, the person's own AWS credentials do it. Recipients go
in a body, as the API wants it: no address is in a URL.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from mailroom.environment import Environment
from mailroom.errors import MailroomError

KEY_VARIABLE = "MAILROOM_STATUS_KEY"
_SECONDS = 35  # API Gateway gives up after 29
_TRIES = 4
_LONGEST_WAIT_SECONDS = 20.0
_MOST_A_PAGE = 100


@dataclass(frozen=True)
class StatusApi:
    """The API of an environment, and how this caller is let in."""

    environment: Environment
    url: str
    key: str
    """"" where callers are signed."""

    @classmethod
    def load(cls, env: str, name: str, key: str) -> "StatusApi":
        """The API of an environment. Raises MailroomError where there is none, or where a key is wanting."""
        environment = Environment.load(env, name)
        url = environment.output("status_api_url")
        signed = environment.outputs.get("status_usage_plan_id") is None
        if not signed and not key:
            where = f" --env {env}" if env != "local" else f" --name {name}" if name != "default" else ""
            raise MailroomError(
                f"The status API of {env} wants an API key: {KEY_VARIABLE} is not set.",
                f"export {KEY_VARIABLE}=$(mailroom status key create NAME --json{where} | jq -r .value)",
            )
        return cls(environment, url, "" if signed else key)

    def message(self, message_id: str) -> dict[str, Any]:
        """A message with its recipients. Raises MailroomError, also where it is not known."""
        return self.ask(f"messages/{quote(message_id, safe='')}")

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
        address = f"{self.url}/{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        for number in range(_TRIES):
            request = Request(address, data, self._headers(address, data))
            try:
                with urlopen(request, timeout=_SECONDS) as answer:
                    return json.load(answer)
            except HTTPError as problem:
                if problem.code != 429 or number == _TRIES - 1:
                    raise self._told(problem) from None
                time.sleep(_pause(problem.headers, number))
            except (URLError, TimeoutError, ValueError) as problem:
                reason = getattr(problem, "reason", problem)
                raise MailroomError(f"The status API did not answer at {self.url}: {reason}") from None
        raise AssertionError("every try answers or raises")

    def _headers(self, address: str, data: bytes | None) -> dict[str, str]:
        headers = {"accept": "application/json"}
        if data is not None:
            headers["content-type"] = "application/json"
        return {**headers, "x-api-key": self.key} if self.key else self._signed(address, data, headers)

    def _signed(self, address: str, data: bytes | None, headers: dict[str, str]) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        credentials = self.environment.session.get_credentials()
        if credentials is None:
            raise MailroomError("There are no AWS credentials here.", "aws sso login (or aws configure)")
        region = self.environment.output("region")
        request = AWSRequest("GET" if data is None else "POST", address, headers, data)
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)
        return dict(request.headers.items())

    def _told(self, problem: HTTPError) -> MailroomError:
        try:
            said = json.load(problem)
            sentence = str(said["message"])
        except (ValueError, KeyError, TypeError):
            sentence = f"status {problem.code}"
        hints = {
            403: "mailroom status key list" if self.key else "aws sts get-caller-identity",
            404: "mailroom status show --recipient ADDRESS",
        }
        return MailroomError(f"The status API says: {sentence}", hints.get(problem.code, ""))


def _pause(headers: Message, number: int) -> float:
    """As long as the answer asks for, else longer each time; with a bound."""
    told = headers.get("retry-after", "")
    return min(float(told) if told.isdigit() else 2.0**number, _LONGEST_WAIT_SECONDS)
