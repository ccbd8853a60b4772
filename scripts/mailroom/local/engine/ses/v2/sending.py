"""SendEmail, raw and simple."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ...protocol.model import not_built
from ..addresses import all_bare, bare
from ..compose import compose, headers_of
from ..feedback import return_address
from ..sending import Outgoing, accept
from ..state import Region


def recipients_of(destination: dict[str, Any]) -> list[str]:
    """The bare addresses of a Destination; what is no address stays as it is, to be refused by name."""
    lists = (destination.get(f"{kind}Addresses", []) for kind in ("To", "Cc", "Bcc"))
    return [bare(address) or address for addresses in lists for address in addresses]


def from_raw(message: bytes) -> tuple[str, list[str]]:
    """Sender and recipients as the headers of a raw message name them."""
    headers = headers_of(message)
    listed = [str(value) for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])]
    return bare(str(headers.get("From", ""))), all_bare(listed)


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendEmail."""
    content, destination = params["Content"], params.get("Destination", {})
    recipients = recipients_of(destination)
    if len(content) != 1:
        raise ServiceError("BadRequestException", "Content must be one of Simple, Raw or Template.")
    if "Raw" in content:
        message = content["Raw"]["Data"]
        sender, named = from_raw(message)
        sender, recipients = bare(params.get("FromEmailAddress", "")) or sender, recipients or named
    elif "Simple" in content:
        sender = bare(params.get("FromEmailAddress", ""))
        message = compose(
            params.get("FromEmailAddress", ""),
            destination,
            content["Simple"],
            params.get("ReplyToAddresses", []),
        )
    else:
        raise not_built("sesv2", "SendEmail with a template")
    sent = accept(
        region,
        Outgoing(
            sender,
            recipients,
            message,
            "api-v2",
            params.get("ConfigurationSetName") or _default_set(region, sender),
            tags=[(tag["Name"], tag["Value"]) for tag in params.get("EmailTags", [])],
            operation="SendRawEmail" if "Raw" in content else "SendEmail",
            feedback_to=return_address(
                params.get("FeedbackForwardingEmailAddress", ""),
                params.get("FromEmailAddress", ""),
                raw=content.get("Raw", {}).get("Data", b""),
            ),
        ),
    )
    return {"MessageId": sent.id}


def _default_set(region: Region, sender: str) -> str:
    """The configuration set that the sender's identity uses where the call names none."""
    for name in (sender, sender.rpartition("@")[2]):
        if name in region.identities:
            return region.identities[name].get("ConfigurationSetName") or ""
    return ""


OPERATIONS: dict[str, Operation] = {"SendEmail": send}
