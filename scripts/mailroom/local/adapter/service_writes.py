"""What SES does to the rest of the cloud, as the service principal ses.amazonaws.com, or by a role it was
given.

A call as the service is made with the account's own key, which may do everything; whether SES might have made
it is asked of the policies before (service_checks).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from ..cloud import ROOT
from ..engine.records import Record
from ..engine.ses.receipt.envelope import SES_KEY
from ..engine.ses.state import Missing, Refused
from . import clients
from .role_clients import SESSION_OVER
from .roles import Assume, by_the_api
from .service_checks import SERVICE, Checks
from .zones import zone_records

PutEvent = Callable[[str, dict[str, Any]], None]
"""Puts an entry of PutEvents on a bus of a Region as an AWS service, which a caller of the API may not."""


class AwsCloud:
    """See engine.ses.state.Cloud. Speaks to the backend at `endpoint` as the account's root.

    `put` is how events of AWS's own services get on a bus, and `assume` how SES has a session of a role;
    without them the API is asked (LocalStack lets a caller do it). `root_key` is the access key, and the
    secret, of the account's root.
    """

    def __init__(
        self,
        endpoint: str,
        account_id: str,
        put: PutEvent | None = None,
        root_key: str = ROOT,
        assume: Assume | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.account_id = account_id
        self.root_key = root_key
        self.put = put or self._put_by_the_api
        self.client = cache(self._make_client)
        self._checks = Checks(self.client, account_id)
        self._nameless: dict[str, str] = {}
        self.assume = assume or by_the_api(account_id, lambda service: self.client(service, "us-east-1"))
        self._sessions: dict[tuple[str, str, str], Any] = {}

    def _make_client(self, service: str, region: str, credentials: Mapping[str, str] | None = None) -> Any:
        as_root = {"aws_access_key_id": self.root_key, "aws_secret_access_key": self.root_key}
        return clients.make(self.endpoint, service, region, credentials or as_root)

    def _by_role(self, service: str, region: str, source_arn: str, role_arn: str) -> Any:
        """A client with a new session of the role that a rule names."""
        return self._make_client(service, region, self.assume(SERVICE, role_arn, source_arn))

    def zones(self) -> Iterator[Record]:
        """Every record of the account's hosted zones; raises what boto3 raises."""
        return zone_records(self.client("route53", "us-east-1"))

    def write_object(
        self,
        region: str,
        source_arn: str,
        bucket: str,
        key: str,
        body: bytes,
        metadata: Mapping[str, str] | None = None,
        role_arn: str = "",
    ) -> None:
        """See Cloud.write_object."""
        with _as_refused():
            if role_arn:
                s3 = self._by_role("s3", region, source_arn, role_arn)
            else:
                self._checks.bucket(region, source_arn, bucket, key)
                s3 = self.client("s3", region)
            s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=dict(metadata or {}))

    def generate_data_key(
        self, region: str, source_arn: str, key_arn: str, context: Mapping[str, str], role_arn: str = ""
    ) -> tuple[bytes, bytes]:
        """See Cloud.generate_data_key."""
        with _as_refused():
            named = key_arn
            if key_arn.endswith(f":{SES_KEY}"):
                named = self._ses_key(region)
            elif not role_arn:
                self._checks.key(region, source_arn, key_arn, ("kms:GenerateDataKey",), context)
            by_role = self._by_role("kms", region, source_arn, role_arn) if role_arn else None
            made = (by_role or self.client("kms", region)).generate_data_key(
                KeyId=named, KeySpec="AES_256", EncryptionContext=dict(context)
            )
            return made["Plaintext"], made["CiphertextBlob"]

    def _ses_key(self, region: str) -> str:
        """The key that AWS makes for SES in an account when it is first asked for: its alias, or its id in a
        cloud that keeps the names of AWS's own keys to itself."""
        from botocore.exceptions import ClientError

        kms = self.client("kms", region)
        known = kms.get_paginator("list_aliases").paginate().build_full_result()["Aliases"]
        if any(one["AliasName"] == SES_KEY for one in known):
            return SES_KEY
        if region not in self._nameless:
            words = "Default key that protects my email messages when no other key is defined"
            key = kms.create_key(Description=words)["KeyMetadata"]["KeyId"]
            try:
                kms.create_alias(AliasName=SES_KEY, TargetKeyId=key)
            except ClientError:
                self._nameless[region] = key
        return self._nameless.get(region, SES_KEY)

    def publish(
        self,
        region: str,
        source_arn: str,
        topic_arn: str,
        subject: str,
        message: str,
        role_arn: str = "",
    ) -> None:
        """See Cloud.publish."""
        with _as_refused():
            if role_arn:
                sns = self._by_role("sns", region, source_arn, role_arn)
            else:
                self._checks.topic(region, source_arn, topic_arn)
                sns = self.client("sns", region)
            named = {"Subject": subject} if subject else {}
            sns.publish(TopicArn=topic_arn, Message=message, **named)

    def may_invoke(self, region: str, source_arn: str, function_arn: str) -> None:
        """See Cloud.may_invoke."""
        with _as_refused():
            self._checks.function(region, source_arn, function_arn)
            self.client("lambda", region).invoke(FunctionName=function_arn, InvocationType="DryRun")

    def invoke(
        self, region: str, source_arn: str, function_arn: str, event: dict[str, Any], *, wait: bool
    ) -> Any:
        """See Cloud.invoke."""
        with _as_refused():
            self._checks.function(region, source_arn, function_arn)
            answer = self.client("lambda", region).invoke(
                FunctionName=function_arn,
                InvocationType="RequestResponse" if wait else "Event",
                Payload=json.dumps(event).encode(),
            )
            payload = answer["Payload"].read()
            if answer.get("FunctionError"):
                raise Refused(f"{function_arn} failed: {payload.decode(errors='replace')[:300]}")
            return json.loads(payload) if wait and payload else None

    def try_stream(self, region: str, source_arn: str, role_arn: str, stream_arn: str) -> None:
        """See Cloud.try_stream."""
        with _as_refused():
            self._streams(region, source_arn, role_arn, fresh=True)
            self.client("firehose", region).describe_delivery_stream(
                DeliveryStreamName=stream_arn.rpartition("/")[2]
            )

    def put_record(self, region: str, source_arn: str, role_arn: str, stream_arn: str, data: bytes) -> None:
        """See Cloud.put_record. SES's records are put by PutRecordBatch, which is what AWS's example of the
        role's policy allows. A session is used until it is over, then another one is opened."""
        from botocore.exceptions import ClientError

        batch = {"DeliveryStreamName": stream_arn.rpartition("/")[2], "Records": [{"Data": data}]}
        with _as_refused():
            try:
                answer = self._streams(region, source_arn, role_arn).put_record_batch(**batch)
            except ClientError as problem:
                if problem.response["Error"]["Code"] not in SESSION_OVER:
                    raise
                answer = self._streams(region, source_arn, role_arn, fresh=True).put_record_batch(**batch)
        if answer["FailedPutCount"]:
            raise Refused(str(answer["RequestResponses"]))

    def _streams(self, region: str, source_arn: str, role_arn: str, *, fresh: bool = False) -> Any:
        """A Firehose client with a session of the role."""
        key = (region, source_arn, role_arn)
        if fresh or key not in self._sessions:
            credentials = self.assume(SERVICE, role_arn, source_arn)
            self._sessions[key] = self._make_client("firehose", region, credentials)
        return self._sessions[key]

    def put_metric(self, region: str, name: str, dimensions: Mapping[str, str], when: datetime) -> None:
        """See Cloud.put_metric."""
        listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        datum = {"MetricName": name, "Dimensions": listed, "Timestamp": when, "Value": 1.0, "Unit": "Count"}
        with _as_refused():
            self.client("cloudwatch", region).put_metric_data(Namespace="AWS/SES", MetricData=[datum])

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """See Cloud.put_event."""
        entry = {
            "Source": "aws.ses",
            "DetailType": detail_type,
            "Resources": resources,
            "Detail": json.dumps(detail),
        }
        self.put(region, entry)

    def _put_by_the_api(self, region: str, entry: dict[str, Any]) -> None:
        with _as_refused():
            answer = self.client("events", region).put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise Refused(str(answer["Entries"]))


@contextmanager
def _as_refused() -> Iterator[None]:
    """AWS's errors as the engine's word for no."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as problem:
        missing = problem.response["Error"]["Code"] == "NoSuchBucket"
        raise (Missing if missing else Refused)(str(problem)) from problem
    except BotoCoreError as problem:
        raise Refused(str(problem)) from problem
