"""Questions to a deployed status API: signed by the operator's credentials, or with a key."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from mailroom.environment import Environment
from mailroom.errors import MailroomError

KEY_VARIABLE = "MAILROOM_STATUS_KEY"
PATIENCE_SECONDS = 35  # API Gateway itself gives up after 29
_SERVICE = "execute-api"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotReached(MailroomError):
    """There is no answer at all; `message` says why."""


@dataclass
class Api:
    """A status API at `url` (without a slash at its end). With a `key` requests carry it; else they are
    signed (SigV4) by `session`'s credentials for `region`."""

    url: str
    region: str
    session: Any
    key: str = ""
    _http: Any = field(default=None, repr=False)

    @classmethod
    def of(cls, environment: Environment) -> "Api":
        """The API that is applied in an environment. Raises MailroomError where there is none."""
        url = str(environment.output("status_api_url")).rstrip("/")
        region = str(environment.output("region"))
        return cls(url, region, environment.session, os.environ.get(KEY_VARIABLE, "").strip())

    def ask(
        self,
        method: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] = _NONE,
    ) -> Answer:
        """The API's answer to a request. `path` begins with a slash and is percent-encoded, as `query` is.

        A key of the caller's own, in the header `x-api-key`, goes before ours. Raises NotReached.
        """
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError, HTTPClientError

        # A signature is over %20; browsers write a space in a query as +.
        asked = urlencode(parse_qsl(query, keep_blank_values=True), quote_via=quote)
        url = f"{self.url}{path}{f'?{asked}' if asked else ''}"
        given = {name.lower(): value for name, value in headers.items()}
        if self.key:
            given.setdefault("x-api-key", self.key)
        request = AWSRequest(method=method, url=url, data=body, headers=given)
        try:
            if "x-api-key" not in given:
                self._sign(request)
            answer = self._connection().send(request.prepare())
        except (BotoCoreError, HTTPClientError) as problem:
            raise NotReached(f"{self.url} was not reached: {problem}") from None
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    def _sign(self, request: Any) -> None:
        from botocore.auth import SigV4Auth

        credentials = self.session.get_credentials()
        if credentials is None:
            raise NotReached(
                "There are no AWS credentials here, and the API wants a signed request or a key.",
                f"aws sso login (or aws configure, or {KEY_VARIABLE}=…)",
            )
        SigV4Auth(credentials.get_frozen_credentials(), _SERVICE, self.region).add_auth(request)

    def _connection(self) -> Any:
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        if self._http is None:
            self._http = URLLib3Session(
                verify=os.environ.get("AWS_CA_BUNDLE") or True,
                proxies=get_environ_proxies(self.url),
                timeout=PATIENCE_SECONDS,
            )
        return self._http
