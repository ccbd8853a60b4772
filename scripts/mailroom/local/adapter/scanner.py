"""What GuardDuty does to the rest of the cloud: with a session of its plan's role, so IAM is asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ..engine.guardduty.permissions import PRINCIPAL
from ..engine.refused import Refused
from . import clients, roles

PIECE_BYTES = 1024 * 1024


class RoleCloud:
    """See engine.guardduty.state.Cloud. Speaks to the embedded emulator at `endpoint`."""

    def __init__(self, endpoint: str, account_id: str) -> None:
        self.endpoint = endpoint
        self.account_id = account_id
        self._clients: dict[tuple[str, str], Any] = {}

    def may_assume(self, role: str) -> bool:
        """See Cloud.may_assume."""
        source = f"arn:aws:guardduty:*:{self.account_id}:malware-protection-plan/*"
        return roles.trusts(self.account_id, PRINCIPAL, role, source)

    @contextmanager
    def read_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None
    ) -> Iterator[Iterable[bytes]]:
        """See Cloud.read_object."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client(region, role).get_object(**_named(bucket, key, version))
            yield answer["Body"].iter_chunks(PIECE_BYTES)
        except (BotoCoreError, ClientError) as problem:
            raise Refused(str(problem)) from problem

    def tag_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None, tag: tuple[str, str]
    ) -> None:
        """See Cloud.tag_object. A role that may not read the tags would put its own in their place: it may
        not tag either."""
        from botocore.exceptions import BotoCoreError, ClientError

        client, named = self._client(region, role), _named(bucket, key, version)
        try:
            others = [one for one in client.get_object_tagging(**named)["TagSet"] if one["Key"] != tag[0]]
            client.put_object_tagging(
                **named, Tagging={"TagSet": [*others, {"Key": tag[0], "Value": tag[1]}]}
            )
        except (BotoCoreError, ClientError) as problem:
            raise Refused(str(problem)) from problem

    def _client(self, region: str, role: str) -> Any:
        """An S3 client with a session of the role."""
        if (region, role) not in self._clients:
            session = roles.open_session(self.account_id, role, "GuardDutyMalwareProtection")
            self._clients[region, role] = clients.make(self.endpoint, "s3", region, session)
        return self._clients[region, role]


def _named(bucket: str, key: str, version: str | None) -> dict[str, str]:
    named = {"Bucket": bucket, "Key": key}
    return {**named, "VersionId": version} if version else named
