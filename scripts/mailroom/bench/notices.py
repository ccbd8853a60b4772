"""What the notice topic told, collected by a queue that is subscribed to it."""

import json
from typing import Any

from mailroom.demo.watch import NOTICE_QUEUE, Watch
from mailroom.environment import Environment


class Notices:
    """Every notice since this was made, by the object key of its mail."""

    def __init__(self, environment: Environment) -> None:
        Watch(environment).listen()
        self._sqs = environment.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=NOTICE_QUEUE)["QueueUrl"]
        self._told: dict[str, list[str]] = {}

    def told(self) -> dict[str, list[str]]:
        """Object key -> the reasons of its notices (codes), oldest first."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                attributes: dict[str, Any] = json.loads(message["Body"]).get("MessageAttributes", {})
                if "object_key" in attributes:
                    reasons = self._told.setdefault(attributes["object_key"]["Value"], [])
                    reasons.append(attributes["reason"]["Value"])
        return self._told
