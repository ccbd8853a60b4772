"""SendEmail and SendRawEmail of v1: at most 10 MB, and v1's own names for what is wrong."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..addresses import bare
from ..compose import compose
from ..feedback import return_address
from ..sending import MAXIMUM_BYTES_V1, Outgoing, accept
from ..state import Region
from ..v2.sending import from_raw, recipients_of

V1_NAMES = {
    "NotFoundException": "ConfigurationSetDoesNotExist",
    "BadRequestException": "InvalidParameterValue",
    "SendingPausedException": "AccountSendingPausedException",
}


def _accept(
    region: Region, params: dict[str, Any], sender: str, recipients: list[str], raw: bytes
) -> dict[str, Any]:
    outgoing = Outgoing(
        sender,
        recipients,
        raw,
        "api-v1",
        params.get("ConfigurationSetName", ""),
        MAXIMUM_BYTES_V1,
        [(tag["Name"], tag["Value"]) for tag in params.get("Tags", [])],
        operation="SendRawEmail" if "RawMessage" in params else "SendEmail",
        feedback_to=return_address(params.get("ReturnPath", ""), params.get("Source", ""), raw=raw),
    )
    try:
        return {"MessageId": accept(region, outgoing).id}
    except ServiceError as error:
        raise ServiceError(V1_NAMES.get(error.code, error.code), error.message) from error


def send_raw(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendRawEmail; sender and recipients come from the headers where the call does not name them."""
    message = params["RawMessage"]["Data"]
    sender, named = from_raw(message)
    recipients = [bare(address) or address for address in params.get("Destinations", [])] or named
    return _accept(region, params, bare(params.get("Source", "")) or sender, recipients, message)


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendEmail."""
    message = compose(
        params["Source"], params["Destination"], params["Message"], params.get("ReplyToAddresses", [])
    )
    return _accept(region, params, bare(params["Source"]), recipients_of(params["Destination"]), message)


OPERATIONS: dict[str, Operation] = {"SendRawEmail": send_raw, "SendEmail": send}
