"""Whether a service may do what it is about to do: asked of the policies of buckets, keys, topics and
functions, since the call itself is made by the account's root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.ses.state import Refused
from .policies import allows

SERVICE = "ses.amazonaws.com"
USES_OF_A_KEY = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service that writes to something encrypted needs of its key."""


class Checks:
    """Each raises Refused, or boto3's error where the thing is not there. `client` makes a client of a
    service in a Region, for the account's root; `service` is the principal that is asked about."""

    def __init__(self, client: Callable[[str, str], Any], account_id: str, service: str = SERVICE) -> None:
        self._client = client
        self.account_id = account_id
        self.service = service

    def bucket(self, region: str, source_arn: str, bucket: str, key: str) -> None:
        """s3:PutObject of a key, and the bucket's own encryption."""
        from botocore.exceptions import ClientError

        try:
            policy = self._client("s3", region).get_bucket_policy(Bucket=bucket)["Policy"]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "NoSuchBucketPolicy":
                raise
            policy = None
        resource = f"arn:aws:s3:::{bucket}/{key}"
        if not allows(policy, self.service, "s3:PutObject", resource, source_arn, self.account_id, region):
            raise Refused(
                f"the policy of bucket {bucket} does not let {self.service} put {key} for {source_arn}"
            )
        self._encryption(region, source_arn, bucket)

    def _encryption(self, region: str, source_arn: str, bucket: str) -> None:
        """A bucket with a customer key: its policy must let the service make data keys; aws/s3 never does."""
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
            raise Refused(f"bucket {bucket} is encrypted with aws/s3, which {self.service} cannot use")
        self.key(region, source_arn, named)

    def key(
        self,
        region: str,
        source_arn: str,
        named: str,
        actions: Sequence[str] = USES_OF_A_KEY,
        context: Mapping[str, str] | None = None,
    ) -> None:
        """Uses of a KMS key, with the encryption context of the request."""
        kms = self._client("kms", region)
        found = kms.describe_key(KeyId=named)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=found["KeyId"], PolicyName="default")["Policy"]
        more = {f"kms:encryptioncontext:{name}".lower(): value for name, value in (context or {}).items()}
        for action in actions:
            if not allows(
                policy, self.service, action, found["Arn"], source_arn, self.account_id, region, more
            ):
                raise Refused(
                    f"the policy of key {named} does not let {self.service} use {action} for {source_arn}"
                )

    def topic(self, region: str, source_arn: str, topic_arn: str) -> None:
        """sns:Publish; a topic with a customer key needs that key's word too."""
        found = self._client("sns", region).get_topic_attributes(TopicArn=topic_arn)["Attributes"]
        policy = found.get("Policy")
        if not allows(policy, self.service, "sns:Publish", topic_arn, source_arn, self.account_id, region):
            raise Refused(f"the policy of topic {topic_arn} does not let {self.service} publish")
        if found.get("KmsMasterKeyId"):
            self.key(region, source_arn, found["KmsMasterKeyId"])

    def function(self, region: str, source_arn: str, function_arn: str) -> None:
        """lambda:InvokeFunction."""
        client = self._client("lambda", region)
        try:
            policy = client.get_policy(FunctionName=function_arn)["Policy"]
        except client.exceptions.ResourceNotFoundException:
            policy = None
        action = "lambda:InvokeFunction"
        if not allows(policy, self.service, action, function_arn, source_arn, self.account_id, region):
            raise Refused(f"the policy of function {function_arn} does not let {self.service} invoke it")
