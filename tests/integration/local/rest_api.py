"""A REST API made by boto3, and who calls it."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.integration.local.conftest import Hands

ECHO = """
import json

def handle(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""
"""A function that answers with its event."""


@dataclass(frozen=True)
class Answered:
    """What a caller got. Header names are in lower case; one that came twice is a list."""

    status: int
    headers: dict[str, Any]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def words(self) -> tuple[int, Any]:
        """Status and message, as a refusal is told by."""
        return self.status, self.json.get("message", self.json.get("Message"))


@dataclass
class Api:
    """A REST API; routes are added, then deployed to stage v1."""

    hands: Hands
    name: str = field(default_factory=lambda: f"api-{uuid.uuid4().hex[:8]}")
    id: str = ""
    stage: str = "v1"
    resources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = self.gateway.create_rest_api(name=self.name)
        self.id, self.resources[""] = made["id"], made["rootResourceId"]

    @property
    def gateway(self) -> Any:
        return self.hands.client("apigateway")

    def _resource(self, path: str) -> str:
        path = path.rstrip("/")
        if path not in self.resources:
            above, _, part = path.rpartition("/")
            made = self.gateway.create_resource(
                restApiId=self.id, parentId=self._resource(above), pathPart=part
            )
            self.resources[path] = made["id"]
        return self.resources[path]

    def function(self, code: str = ECHO, *, allowed: bool = True) -> str:
        """A function that this API may call; its ARN."""
        name = f"f-{uuid.uuid4().hex[:8]}"
        self.hands.function(name, code)
        functions = self.hands.client("lambda")
        if allowed:
            source = f"arn:aws:execute-api:{self.hands.cloud.region}:{self.hands.account}:{self.id}/*/*"
            functions.add_permission(
                FunctionName=name,
                StatementId="api",
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
                SourceArn=source,
            )
        arn: str = functions.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        return arn

    def route(self, verb: str, path: str, function: str, *, timeout: int = 29000, **method: Any) -> None:
        """A method whose calls a function answers."""
        where = {"restApiId": self.id, "resourceId": self._resource(path), "httpMethod": verb}
        self.gateway.put_method(**{"authorizationType": "NONE", **where, **method})
        region = self.hands.cloud.region
        self.gateway.put_integration(
            **where,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations",
            timeoutInMillis=timeout,
        )

    def deploy(self) -> str:
        """Serve what there is; the deployment's id."""
        made: str = self.gateway.create_deployment(restApiId=self.id, stageName=self.stage)["id"]
        return made

    def change_stage(self, *changes: tuple[str, str]) -> None:
        operations = [{"op": "replace", "path": path, "value": value} for path, value in changes]
        self.gateway.update_stage(restApiId=self.id, stageName=self.stage, patchOperations=operations)

    def key(self, **plan: Any) -> dict[str, Any]:
        """An API key in a usage plan for this API's stage; `plan` is its throttle, its quota."""
        stages = [{"apiId": self.id, "stage": self.stage}]
        made = self.gateway.create_usage_plan(name=self.name, apiStages=stages, **plan)["id"]
        key: dict[str, Any] = self.gateway.create_api_key(name=self.name, enabled=True)
        self.gateway.create_usage_plan_key(usagePlanId=made, keyId=key["id"], keyType="API_KEY")
        return {**key, "plan": made}

    @property
    def base(self) -> str:
        return f"/restapis/{self.id}/{self.stage}/_user_request_"

    def call(
        self, verb: str, path: str, body: bytes = b"", headers: Iterable[tuple[str, str]] = (), key: str = ""
    ) -> Answered:
        """Call the API by plain HTTP; the path is sent as it is."""
        connection = http.client.HTTPConnection(self.hands.cloud.aws.removeprefix("http://"))
        sent = [*headers, *([("x-api-key", key)] if key else [])]
        connection.putrequest(verb, self.base + path, skip_accept_encoding=True)
        for name, value in sent:
            if name.lower() != "host":
                connection.putheader(name, value)
        if body or verb in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        found: dict[str, Any] = {}
        for name, value in answer.getheaders():
            known = found.get(name.lower())
            found[name.lower()] = (
                value if known is None else [*([known] if isinstance(known, str) else known), value]
            )
        return Answered(answer.status, found, answer.read())

    def signed(self, verb: str, path: str, key: dict[str, str], secret: str = "") -> Answered:
        """Call the API signed by an access key."""
        request = AWSRequest(verb, self.hands.cloud.aws + self.base + path)
        who = Credentials(key["AccessKeyId"], secret or key["SecretAccessKey"])
        SigV4Auth(who, "execute-api", self.hands.cloud.region).add_auth(request)
        return self.call(verb, path, headers=request.headers.items())
