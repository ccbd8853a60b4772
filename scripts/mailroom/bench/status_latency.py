"""How long an event takes to be visible: from SES's time in it to the API's answer, mail by mail."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lambda_src.status.view import seconds
from mailroom.bench.rows import Row
from mailroom.demo.watch import until
from mailroom.environment import Environment
from mailroom.status.asking import Api
from mailroom.status.keys import Keys
from mailroom.status.questions import Questions

COUNT = 200
AT_ONCE = 4
PAUSE_SECONDS = 0.3
"""Between a sender's mails: some meet the function as it gathers a batch, some as it begins one."""
TO = "success@simulator.amazonses.com"
LOOK_SECONDS = 0.02
END_SECONDS = 60.0


@dataclass(frozen=True)
class Road:
    """What a mail is sent by and found again with."""

    environment: Environment
    sesv2: Any
    dynamodb: Any
    questions: Questions

    def mail(self, number: int) -> float:
        """Send one mail; seconds from its Delivery event until the API has told of it."""
        time.sleep(PAUSE_SECONDS * (number % 7) / 7)
        content = {"Subject": {"Data": "latency"}, "Body": {"Text": {"Data": "x"}}}
        message_id = self.sesv2.send_email(
            FromEmailAddress=self.environment.output("sender_address"),
            Destination={"ToAddresses": [TO]},
            Content={"Simple": content},
            ConfigurationSetName=self.environment.output("configuration_set"),
        )["MessageId"]
        # The table is looked at and not the API, which would refuse so many questions.
        until(f"{message_id} to be delivered", lambda: self._is_delivered(message_id), END_SECONDS)
        (item,) = self.questions.message(message_id)["recipients"]
        return time.time() - seconds(item["delivered"])

    def _is_delivered(self, message_id: str) -> bool | None:
        time.sleep(LOOK_SECONDS)
        key = {"message_id": {"S": message_id}, "recipient": {"S": TO}}
        found = self.dynamodb.get_item(
            TableName=self.environment.output("status_table"), Key=key, ConsistentRead=True
        )
        return "delivered" in found.get("Item", {}) or None


def rows(environment: Environment, say: Callable[[str], object], count: int = COUNT) -> Iterator[Row]:
    """The median and the 95th percentile; no goals, since they are the machine's and the batch window's."""
    say(f"{count} mails, from the event to the API's answer")
    keys = Keys(environment)
    key = keys.create(f"bench-{secrets.token_hex(4)}")
    try:
        api = Api(
            environment.output("status_api_url"), environment.output("region"), environment.session, key.value
        )
        sesv2, dynamodb = (
            environment.client(name, max_pool_connections=AT_ONCE) for name in ("sesv2", "dynamodb")
        )
        road = Road(environment, sesv2, dynamodb, Questions(api))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            taken = sorted(pool.map(road.mail, range(count)))
    finally:
        keys.revoke(key.id)
    beside = f"{taken[0] * 1000:,.0f} to {taken[-1] * 1000:,.0f} ms"
    measure = "status: event to visible"
    yield Row(measure, "median", statistics.median(taken) * 1000, "ms", beside=beside)
    yield Row(measure, "95 of 100", taken[int(0.95 * (len(taken) - 1))] * 1000, "ms", beside=f"{count} mails")
