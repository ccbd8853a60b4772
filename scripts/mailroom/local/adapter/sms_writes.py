"""What End User Messaging SMS does to the rest of the cloud: events on the default bus and messages to topics
as the service, records and log lines by the roles that it was given."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..engine.refused import Refused
from ..engine.sms.permissions import PRINCIPAL
from .role_clients import RoleClients
from .roles import Assume
from .service_checks import Checks

SOURCE = "aws.sms-voice"
LOG_STREAM = "sms-voice"


class ServiceTexts:
    """See engine.sms.state.Cloud. `put` puts an event on the default bus as an AWS service, `client` makes a
    client of a service in a Region for the account's root."""

    def __init__(
        self,
        endpoint: str,
        account_id: str,
        put: Callable[[str, dict[str, Any]], None],
        client: Callable[[str, str], Any],
        assume: Assume,
    ) -> None:
        self._put = put
        self._client = client
        self._checks = Checks(client, account_id, PRINCIPAL)
        self._clients = RoleClients(endpoint, PRINCIPAL, assume)

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """See Cloud.put_event."""
        entry = {"Source": SOURCE, "DetailType": detail_type, "Resources": resources}
        self._put(region, {**entry, "Detail": json.dumps(detail)})

    def publish(self, region: str, source_arn: str, topic_arn: str, message: str) -> None:
        """See Cloud.publish."""
        with _as_refused():
            self._checks.topic(region, source_arn, topic_arn)
            self._client("sns", region).publish(TopicArn=topic_arn, Message=message)

    def put_record(self, region: str, source_arn: str, role: str, stream_arn: str, data: bytes) -> None:
        """See Cloud.put_record."""
        named = {"DeliveryStreamName": stream_arn.rpartition("/")[2], "Records": [{"Data": data}]}
        with _as_refused():
            answer = self._clients.call(
                "firehose", region, role, source_arn, lambda client: client.put_record_batch(**named)
            )
        if answer["FailedPutCount"]:
            raise Refused(str(answer["RequestResponses"]))

    def put_log(self, region: str, source_arn: str, role: str, group_arn: str, message: str) -> None:
        """See Cloud.put_log."""
        named = {"logGroupName": group_arn.split(":")[6], "logStreamName": LOG_STREAM}
        event = {"timestamp": int(time.time() * 1000), "message": message}

        def write(client: Any) -> None:
            with suppress(client.exceptions.ResourceAlreadyExistsException):
                client.create_log_stream(**named)
            client.put_log_events(**named, logEvents=[event])

        with _as_refused():
            self._clients.call("logs", region, role, source_arn, write)


@contextmanager
def _as_refused() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as problem:
        raise Refused(str(problem)) from problem
