"""Firehose by a role: whose session puts, and what happens when it is over."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom import paths
from mailroom.local.adapter import roles
from mailroom.local.adapter.service_writes import AwsCloud
from mailroom.local.engine.refused import Refused

ROOT = paths.TERRAFORM.parent
ROLE = "arn:aws:iam::000000000000:role/firehose"
STREAM = "arn:aws:firehose:eu-west-1:000000000000:deliverystream/events"
SET = "arn:aws:ses:eu-west-1:000000000000:configuration-set/told"


def failure(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


@dataclass
class Aws:
    """A cloud that knows which session asks; sessions can be over, streams missing."""

    over: set[str] = field(default_factory=set)
    code: str = "ExpiredTokenException"
    failed: int = 0
    streams: tuple[str, ...] = ("events",)
    put: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opened: list[tuple[str, str, str]] = field(default_factory=list)

    def assume(self, service: str, role: str, source_arn: str) -> dict[str, str]:
        if role != ROLE:
            raise Refused(f"role {role} does not trust {service}")
        self.opened.append((service, role, source_arn))
        return {"aws_access_key_id": f"session-{len(self.opened)}"}

    def client(self, service: str, region: str, credentials: Mapping[str, str]) -> Any:
        return Firehose(self, credentials["aws_access_key_id"])


@dataclass
class Firehose:
    aws: Aws
    key: str

    def put_record_batch(self, **batch: Any) -> dict[str, Any]:
        if self.key in self.aws.over:
            raise failure(self.aws.code, "PutRecordBatch")
        self.aws.put.append((self.key, batch))
        return {"FailedPutCount": self.aws.failed, "RequestResponses": ["ServiceUnavailable"]}

    def describe_delivery_stream(self, **named: str) -> None:
        if named["DeliveryStreamName"] not in self.aws.streams:
            raise failure("ResourceNotFoundException", "DescribeDeliveryStream")


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def cloud(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AwsCloud:
    made = AwsCloud("http://127.0.0.1:1", "000000000000", assume=aws.assume)
    root = {"aws_access_key_id": "root"}
    monkeypatch.setattr(
        made, "_make_client", lambda service, region, by=root: aws.client(service, region, by)
    )
    monkeypatch.setattr(made, "client", lambda service, region: aws.client(service, region, root))
    return made


def put(cloud: AwsCloud, role: str = ROLE) -> None:
    cloud.put_record("eu-west-1", SET, role, STREAM, b"{}\n")


def test_records_are_put_with_one_session_of_the_role(cloud: AwsCloud, aws: Aws) -> None:
    """Opened once on behalf of the configuration set; the record goes by PutRecordBatch, as it is."""
    put(cloud)
    put(cloud)
    assert aws.opened == [("ses.amazonaws.com", ROLE, SET)]
    batch = {"DeliveryStreamName": "events", "Records": [{"Data": b"{}\n"}]}
    assert aws.put == [("session-1", batch), ("session-1", batch)]


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"]
)
def test_a_session_that_is_over_is_opened_again(code: str, cloud: AwsCloud, aws: Aws) -> None:
    """A reset cloud, or an hour gone by, loses no event."""
    aws.code = code
    put(cloud)
    aws.over = {"session-1"}
    put(cloud)
    assert [key for key, _ in aws.put] == ["session-1", "session-2"]


@pytest.mark.parametrize(
    ("change", "role", "words"),
    [
        ({"code": "AccessDeniedException", "over": {"session-1"}}, ROLE, "AccessDenied"),
        ({"over": {"session-1", "session-2"}}, ROLE, "ExpiredToken"),
        ({"failed": 1}, ROLE, "ServiceUnavailable"),
        ({}, "arn:aws:iam::000000000000:role/other", "does not trust"),
    ],
)
def test_what_the_role_may_not_is_refused(
    change: dict[str, Any], role: str, words: str, cloud: AwsCloud, aws: Aws
) -> None:
    """A policy, a session that cannot be had, a record that Firehose did not take, a role of somebody else."""
    for name, value in change.items():
        setattr(aws, name, value)
    with pytest.raises(Refused, match=words):
        put(cloud, role)


def test_a_stream_is_tried_without_a_record(cloud: AwsCloud, aws: Aws) -> None:
    """The role must be assumable and the stream be there; nothing is put."""
    cloud.try_stream("eu-west-1", SET, ROLE, STREAM)
    with pytest.raises(Refused, match="does not trust"):
        cloud.try_stream("eu-west-1", SET, "arn:aws:iam::000000000000:role/other", STREAM)
    aws.streams = ()
    with pytest.raises(Refused, match="ResourceNotFound"):
        cloud.try_stream("eu-west-1", SET, ROLE, STREAM)
    assert aws.put == []


class LocalStack:
    """One role, and a session for whoever asks."""

    def __init__(self, service: str, trust: Any) -> None:
        self.service, self.trust = service, trust

    def get_role(self, *, RoleName: str) -> dict[str, Any]:
        assert (self.service, RoleName) == ("iam", "firehose")
        return {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": self.trust}}

    def assume_role(self, **asked: str) -> dict[str, Any]:
        assert (self.service, asked) == ("sts", {"RoleArn": ROLE, "RoleSessionName": "ses"})
        return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}}


def assumed(principal: str, role: str = ROLE, **condition: Any) -> dict[str, str]:
    """What SES gets for a role of a LocalStack that trusts a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [{**statement, **condition}]}
    assume = roles.by_the_api("000000000000", lambda service: LocalStack(service, trust))
    return assume("ses.amazonaws.com", role, SET)


def test_a_localstack_is_asked_for_the_session_by_its_api() -> None:
    """Its credentials are boto3's, under boto3's names."""
    assert assumed("ses.amazonaws.com", Condition={"StringEquals": {"aws:SourceArn": SET}}) == {
        "aws_access_key_id": "a",
        "aws_secret_access_key": "b",
        "aws_session_token": "c",
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"principal": "lambda.amazonaws.com"},
        {"principal": "ses.amazonaws.com", "role": "arn:aws:iam::111122223333:role/firehose"},
        {"principal": "ses.amazonaws.com", "Condition": {"StringEquals": {"aws:SourceArn": f"{SET}s"}}},
    ],
)
def test_a_localstack_s_role_must_trust_ses_too(asked: dict[str, Any]) -> None:
    """LocalStack gives a session to anybody, so the trust policy is read before."""
    with pytest.raises(Refused, match=r"does not trust ses\.amazonaws\.com"):
        assumed(**asked)


def test_a_localstack_s_records_need_no_emulator() -> None:
    """Of the embedded one no service is imported on the way, only how a policy is read."""
    code = """
        import sys
        from tests.unit.local import test_roles
        test_roles.assumed("ses.amazonaws.com")
        print([name for name in sys.modules if name.startswith("ministack.services")])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"
