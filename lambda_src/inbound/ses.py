"""Sending by SESv2, and what each of its errors says about whether the mail was accepted."""

import re
from collections.abc import Mapping
from typing import Any

from botocore import exceptions

from lambda_src.inbound.ports import AddressRefused, NotAccepted, SendError, TooFast, Unknown

_THROTTLED = ("TooManyRequestsException", "Throttling", "ThrottlingException")
_BY_RATE = re.compile(r"(?i)rate")
# SES's words for an address that it will never take (BadRequestException, in v1 InvalidParameterValue).
_BAD_ADDRESS = re.compile(
    r"(?i)illegal address|missing final '@domain'|domain (?:contains|starts|ends)"
    r"|local (?:address|part) (?:contains|starts|ends)|user name is missing|invalid email address"
)
# Raised before a request is written: no connection, no credentials, a request that boto3 refuses to build.
_NEVER_SENT = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyConnectionError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ParamValidationError,
    exceptions.NoRegionError,
)


class SesMailer:
    """`client` must make one attempt a call: a repeated lost answer would be a second mail (FACTS)."""

    def __init__(self, client: Any, sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, raw: bytes, recipient: str, tags: Mapping[str, str]) -> str:
        """One SendEmail with raw content; SES's message id. Raises SendError."""
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": raw}},
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
            )
        except exceptions.ClientError as problem:
            raise refusal(problem.response) from problem
        except _NEVER_SENT as problem:
            raise NotAccepted(type(problem).__name__) from problem
        except exceptions.BotoCoreError as problem:
            raise Unknown(type(problem).__name__) from problem
        return answer["MessageId"]


def refusal(response: Mapping[str, Any]) -> SendError:
    """The meaning of an error answer. A 4xx is a refusal; after a 5xx nobody knows."""
    code = response["Error"].get("Code", "unknown")
    message = response["Error"].get("Message", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _THROTTLED:
        return TooFast(code, message) if _BY_RATE.search(message) else NotAccepted(code, message)
    if code == "BadRequestException" and _BAD_ADDRESS.search(message):
        return AddressRefused(code, message)
    return NotAccepted(code, message) if 400 <= status < 500 else Unknown(code, message)
