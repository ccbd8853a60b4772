"""An environment that is healthy, made of what AWS answers, and how a test breaks it and asks the doctor."""

import copy
import json
from typing import Any

from botocore.exceptions import ClientError

from mailroom.errors import MailroomError
from mailroom.inbound.doctor import examine
from mailroom.inbound.doctor.patient import Patient, Result

ADDRESS, RECIPIENT = "reports@in.mail.example", "ann@x.example"
OUTPUTS = {
    "region": "eu-west-1",
    "account_id": "111111111111",
    "receipt_address": ADDRESS,
    "sender_address": "mailroom@mail.example",
    "configuration_set": "m-inbound",
    "rule_set_name": "m",
    "rule_name": "m-inbound",
    "raw_bucket": "m-raw",
    "ledger_table": "m-ledger",
    "inbound_queue_url": "https://sqs/1/m-inbound",
    "inbound_dead_letter_queue_url": "https://sqs/1/m-inbound-dead-letters",
    "inbound_sends_queue_url": "https://sqs/1/m-inbound-sends",
    "inbound_function_name": "m-inbound",
}
OUR_RULE = {
    "Name": "m-inbound",
    "Enabled": True,
    "TlsPolicy": "Require",
    "Recipients": [ADDRESS],
    "Actions": [{"S3Action": {"BucketName": "m-raw", "ObjectKeyPrefix": "incoming/"}}],
}
POLICY = {
    "Effect": "Allow",
    "Principal": {"Service": "ses.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::m-raw/incoming/*",
    "Condition": {
        "StringEquals": {
            "aws:SourceAccount": "111111111111",
            "aws:SourceArn": "arn:aws:ses:eu-west-1:111111111111:receipt-rule-set/m:receipt-rule/m-inbound",
        }
    },
}
HEALTHY: dict[str, Any] = {
    "ses.describe_active_receipt_rule_set": {"Metadata": {"Name": "m"}, "Rules": [OUR_RULE]},
    "ses.describe_receipt_rule_set": {"Metadata": {"Name": "m"}, "Rules": [OUR_RULE]},
    "ses.list_receipt_filters": {"Filters": []},
    "lambda.get_function_concurrency": {},
    "sesv2.get_email_identity": {
        "mail.example": {
            "VerifiedForSendingStatus": True,
            "VerificationStatus": "SUCCESS",
            "DkimAttributes": {"Status": "SUCCESS", "SigningEnabled": True},
            "MailFromAttributes": {"MailFromDomain": "bounce.mail.example", "MailFromDomainStatus": "SUCCESS"},
        }
    },
    "sesv2.get_account": {
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 3.0, "MaxSendRate": 14.0},
    },
    "sesv2.get_configuration_set": {"SendingOptions": {"SendingEnabled": True}},
    "sesv2.get_suppressed_destination": {},
    "s3.get_bucket_policy": {"Policy": json.dumps({"Statement": [POLICY]})},
    "s3.get_bucket_notification_configuration": {
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:eu-west-1:1:m-inbound", "Events": ["s3:ObjectCreated:*"]}]
    },
    "s3.list_objects_v2": {"Contents": [{"Key": "incoming/1"}]},
    "s3.head_object": {"ContentLength": 1},
    "sqs.get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
    "lambda.list_event_source_mappings": {
        "EventSourceMappings": [{"EventSourceArn": "arn:aws:sqs:eu-west-1:1:m-inbound", "State": "Enabled", "UUID": "u"}]
    },
    "lambda.get_function_configuration": {"Environment": {"Variables": {"ALLOWED_RECIPIENT_DOMAINS": ""}}},
    "dynamodb.query": {"Items": []},
    "events.describe_rule": {"State": "ENABLED"},
}  # fmt: skip


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said AWS"}}, operation)


class FakeClient:
    """Answers from the world; what is looked up by a name is not found unless the world has it."""

    def __init__(self, service: str, world: dict[str, Any]) -> None:
        self._service, self._world = service, world

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            answer = self._world[f"{self._service}.{operation}"]
            if isinstance(answer, Exception):
                raise answer
            if operation in ("get_email_identity", "get_suppressed_destination"):
                name = request.get("EmailIdentity") or request.get("EmailAddress")
                if name not in answer:
                    raise refused("NotFoundException", operation)
                return answer[name]
            return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        client = self

        class Pages:
            def paginate(self, **request: Any) -> list[Any]:
                return [getattr(client, operation)(**request)]

        return Pages()


class FakeDns:
    def __init__(self, world: dict[str, Any]) -> None:
        self._world = world

    def mx(self, domain: str) -> list[tuple[int, str]]:
        found = self._world["dns"]
        if isinstance(found, Exception):
            raise found
        return found.get(domain, [])

    def exists(self, host: str) -> bool:
        return host in self._world["hosts"]


class FakeEnvironment:
    name = "dev"

    def __init__(self, world: dict[str, Any]) -> None:
        self.outputs, self._world = world["outputs"], world

    def output(self, name: str) -> Any:
        if name not in self.outputs:
            raise MailroomError(f"dev has no {name}: the capability is switched off.")
        return self.outputs[name]

    def client(self, service: str) -> FakeClient:
        return FakeClient(service, self._world)


def healthy() -> dict[str, Any]:
    """A healthy environment, to be broken in one place."""
    host = "inbound-smtp.eu-west-1.amazonaws.com"
    more = {"outputs": OUTPUTS, "dns": {"in.mail.example": [(10, host)]}, "hosts": [host], "former": {}}
    return copy.deepcopy({**HEALTHY, **more, "failed": {}})


def look(world: dict[str, Any], address: str = ADDRESS) -> dict[str, Result]:
    patient = Patient(FakeEnvironment(world), address, world["former"])  # type: ignore[arg-type]
    patient.__dict__["dns"] = FakeDns(world)
    return {result.name: result for result in examine(patient)}


def put(world: dict[str, Any], path: str, value: Any) -> None:
    """Set a place such as `sesv2.get_account/SendingEnabled`, or with None take it away."""
    *way, last = path.split("/")
    for name in way:
        world = world[int(name) if isinstance(world, list) else name]
    if value is None:
        del world[last]
    else:
        world[last] = value


ACTIVE = "ses.describe_active_receipt_rule_set"
IDENTITY = "sesv2.get_email_identity/mail.example"
BEFORE = {"Name": "theirs", "Enabled": True, "Recipients": [], "Actions": []}
