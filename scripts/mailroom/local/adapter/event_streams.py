"""What Pinpoint does to the rest of the cloud: it writes to streams, with a session of the role that an
application gave it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..engine.pinpoint.permissions import PRINCIPAL
from ..engine.refused import Refused
from .role_clients import RoleClients
from .roles import Assume

AT_ONCE = 500
"""Records that PutRecordBatch and PutRecords take."""


class RoleEventStreams:
    """See engine.pinpoint.state.Cloud. Speaks to the cloud behind at `endpoint`."""

    def __init__(self, endpoint: str, assume: Assume) -> None:
        self._clients = RoleClients(endpoint, PRINCIPAL, assume)
        self._unchecked = RoleClients(endpoint, PRINCIPAL, assume, checked=False)

    def try_stream(self, region: str, app_arn: str, role: str, stream_arn: str) -> None:
        """See Cloud.try_stream. Whether it may write is found out by a call without records: IAM is asked
        before the service finds that there are none."""
        from botocore.exceptions import ClientError

        service, name = stream_arn.split(":")[2], stream_arn.rpartition("/")[2]
        with _as_refused():
            if service == "firehose":
                given: dict[str, Any] = {"DeliveryStreamName": name}
                describe, put = "describe_delivery_stream", "put_record_batch"
            else:
                given = {"StreamName": name}
                describe, put = "describe_stream", "put_records"
            call = self._unchecked.call
            call(service, region, role, app_arn, lambda client: getattr(client, describe)(**given))
            try:
                call(service, region, role, app_arn, lambda client: getattr(client, put)(**given, Records=[]))
            except ClientError as problem:
                if "AccessDenied" in problem.response["Error"]["Code"]:
                    raise

    def put_records(
        self, region: str, app_arn: str, role: str, stream_arn: str, records: Sequence[tuple[str, bytes]]
    ) -> None:
        """See Cloud.put_records."""
        service, name = stream_arn.split(":")[2], stream_arn.rpartition("/")[2]
        for start in range(0, len(records), AT_ONCE):
            some = records[start : start + AT_ONCE]

            def put(client: Any, some: Sequence[tuple[str, bytes]] = some) -> tuple[int, Any]:
                if service == "firehose":
                    batch = [{"Data": data} for _, data in some]
                    answer = client.put_record_batch(DeliveryStreamName=name, Records=batch)
                    return answer["FailedPutCount"], answer["RequestResponses"]
                keyed = [{"Data": data, "PartitionKey": key} for key, data in some]
                answer = client.put_records(StreamName=name, Records=keyed)
                return answer["FailedRecordCount"], answer["Records"]

            with _as_refused():
                failed, said = self._clients.call(service, region, role, app_arn, put)
            if failed:
                raise Refused(json.dumps(said)[:300])


@contextmanager
def _as_refused() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as problem:
        raise Refused(str(problem)) from problem
