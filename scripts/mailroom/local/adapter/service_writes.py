"""What SES does to the rest of the cloud, as the service principal ses.amazonaws.com.

The write itself is made with the account's own key, which may do everything; whether SES might have made it
is asked of the bucket's policy, and of its key's, before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from ..engine.records import Record
from ..engine.ses.state import Refused
from .policies import allows
from .zones import zone_records

SERVICE = "ses.amazonaws.com"
PutEvent = Callable[[str, dict[str, Any]], None]
"""Puts an entry of PutEvents on a bus of a Region as an AWS service, which a caller of the API may not."""


class AwsCloud:
    """See engine.ses.state.Cloud. Speaks to the backend at `endpoint` as the account's root.

    `put` is how events of AWS's own services get on a bus; without it the API is asked (LocalStack lets a
    caller do it). `root_key` is the access key, and the secret, of the account's root.
    """

    def __init__(
        self, endpoint: str, account_id: str, put: PutEvent | None = None, root_key: str = "test"
    ) -> None:
        self.endpoint = endpoint
        self.account_id = account_id
        self.root_key = root_key
        self._put = put or self._put_by_the_api
        self._client = cache(self._make_client)

    def _make_client(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.root_key,
            aws_secret_access_key=self.root_key,
            config=Config(
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 2},
            ),
        )

    def zones(self) -> Iterator[Record]:
        """Every record of the account's hosted zones; raises what boto3 raises."""
        return zone_records(self._client("route53", "us-east-1"))

    def write_object(
        self,
        region: str,
        source_arn: str,
        bucket: str,
        key: str,
        body: bytes,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """See Cloud.write_object."""
        with _as_refused():
            self._check_bucket(region, source_arn, bucket, key)
            self._check_key(region, source_arn, bucket)
            self._client("s3", region).put_object(
                Bucket=bucket, Key=key, Body=body, Metadata=dict(metadata or {})
            )

    def publish(self, region: str, source_arn: str, topic_arn: str, subject: str, message: str) -> None:
        """See Cloud.publish. A topic with a customer key needs that key's word too."""
        with _as_refused():
            sns = self._client("sns", region)
            found = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
            policy = found.get("Policy")
            if not allows(policy, SERVICE, "sns:Publish", topic_arn, source_arn, self.account_id, region):
                raise Refused(f"the policy of topic {topic_arn} does not let {SERVICE} publish")
            if found.get("KmsMasterKeyId"):
                self._check_key_policy(region, source_arn, found["KmsMasterKeyId"])
            named = {"Subject": subject} if subject else {}
            sns.publish(TopicArn=topic_arn, Message=message, **named)

    def invoke(
        self, region: str, source_arn: str, function_arn: str, event: dict[str, Any], *, wait: bool
    ) -> Any:
        """See Cloud.invoke."""
        with _as_refused():
            client = self._client("lambda", region)
            policy = self._function_policy(client, function_arn)
            action = "lambda:InvokeFunction"
            if not allows(policy, SERVICE, action, function_arn, source_arn, self.account_id, region):
                raise Refused(f"the policy of function {function_arn} does not let {SERVICE} invoke it")
            answer = client.invoke(
                FunctionName=function_arn,
                InvocationType="RequestResponse" if wait else "Event",
                Payload=json.dumps(event).encode(),
            )
            payload = answer["Payload"].read()
            if answer.get("FunctionError"):
                raise Refused(f"{function_arn} failed: {payload.decode(errors='replace')[:300]}")
            return json.loads(payload) if wait and payload else None

    def put_record(self, region: str, role_arn: str, stream_arn: str, data: bytes) -> None:
        """See Cloud.put_record."""
        raise Refused("Firehose is not reached yet")

    def put_metric(self, region: str, name: str, dimensions: Mapping[str, str], when: datetime) -> None:
        """See Cloud.put_metric."""
        listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        datum = {"MetricName": name, "Dimensions": listed, "Timestamp": when, "Value": 1.0, "Unit": "Count"}
        with _as_refused():
            self._client("cloudwatch", region).put_metric_data(Namespace="AWS/SES", MetricData=[datum])

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """See Cloud.put_event."""
        entry = {
            "Source": "aws.ses",
            "DetailType": detail_type,
            "Resources": resources,
            "Detail": json.dumps(detail),
        }
        self._put(region, entry)

    def _put_by_the_api(self, region: str, entry: dict[str, Any]) -> None:
        with _as_refused():
            answer = self._client("events", region).put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise Refused(str(answer["Entries"]))

    def _function_policy(self, client: Any, function_arn: str) -> str | None:
        try:
            return client.get_policy(FunctionName=function_arn)["Policy"]
        except client.exceptions.ResourceNotFoundException:
            return None

    def _check_bucket(self, region: str, source_arn: str, bucket: str, key: str) -> None:
        from botocore.exceptions import ClientError

        try:
            policy = self._client("s3", region).get_bucket_policy(Bucket=bucket)["Policy"]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "NoSuchBucketPolicy":
                raise
            policy = None
        resource = f"arn:aws:s3:::{bucket}/{key}"
        if not allows(policy, SERVICE, "s3:PutObject", resource, source_arn, self.account_id, region):
            raise Refused(f"the policy of bucket {bucket} does not let {SERVICE} put {key} for {source_arn}")

    def _check_key(self, region: str, source_arn: str, bucket: str) -> None:
        """A bucket with a customer key: its policy must let SES make data keys; aws/s3 never does."""
        from botocore.exceptions import ClientError

        try:
            rules = self._client("s3", region).get_bucket_encryption(Bucket=bucket)
        except ClientError:
            return
        default = rules["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        if not default["SSEAlgorithm"].startswith("aws:kms"):
            return
        named = default.get("KMSMasterKeyID")
        if not named:
            raise Refused(f"bucket {bucket} is encrypted with aws/s3, which {SERVICE} cannot use")
        self._check_key_policy(region, source_arn, named)

    def _check_key_policy(self, region: str, source_arn: str, named: str) -> None:
        kms = self._client("kms", region)
        found = kms.describe_key(KeyId=named)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=found["KeyId"], PolicyName="default")["Policy"]
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            if not allows(policy, SERVICE, action, found["Arn"], source_arn, self.account_id, region):
                raise Refused(
                    f"the policy of key {named} does not let {SERVICE} use {action} for {source_arn}"
                )


@contextmanager
def _as_refused() -> Iterator[None]:
    """AWS's errors as the engine's word for no."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as problem:
        raise Refused(str(problem)) from problem
