"""Hands for tests of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ARN = "arn:aws:sms-voice:eu-west-1:000000000000:"
SUCCESS = "+14254147755"


def request(client: Any, kind: str = "SIMULATOR", country: str = "US", **more: Any) -> dict[str, Any]:
    """A number, as the API answers it."""
    found: dict[str, Any] = client.request_phone_number(
        IsoCountryCode=country,
        MessageType="TRANSACTIONAL",
        NumberCapabilities=["SMS"],
        NumberType=kind,
        **more,
    )
    return found


def send(client: Any, to: str, **more: Any) -> str:
    answer: str = client.send_text_message(DestinationPhoneNumber=to, MessageBody="Hello there", **more)[
        "MessageId"
    ]
    return answer


def refused(work: Callable[[], Any]) -> tuple[str, str]:
    """The code and the reason with which some work is refused."""
    with pytest.raises(ClientError) as caught:
        work()
    return caught.value.response["Error"]["Code"], caught.value.response.get("Reason", "")
