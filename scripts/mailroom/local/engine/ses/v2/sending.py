"""SendEmail: simple, raw, or from a template."""

from __future__ import annotations

from typing import Any

from ...handlebars import TemplateError
from ...protocol.messages import Operation, ServiceError
from ...protocol.model import not_built
from .. import templates
from ..checks import check_account
from ..drafts import Draft, Filling, send_raw, send_simple, send_template
from ..own_headers import OwnHeaders
from ..refusals import Kind, Refusal
from ..state import Region
from .templates import find_template

NOT_BUILT = ("TenantName", "EndpointId", "ConfigurationOverrides")


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendEmail."""
    refuse_what_is_not_built("SendEmail", params)
    check_account(region)
    content = params["Content"]
    if len(content) != 1:
        raise ServiceError("BadRequestException", "Content must be one of Simple, Raw or Template.")
    draft = Draft(
        params.get("FromEmailAddress", ""),
        params.get("Destination", {}),
        "api-v2",
        params.get("ReplyToAddresses", []),
        params.get("FeedbackForwardingEmailAddress", ""),
        params.get("ConfigurationSetName", ""),
        tag_pairs(params.get("EmailTags", [])),
        params.get("ListManagementOptions"),
        arns=identity_arns(params),
    )
    if "Raw" in content:
        return {"MessageId": send_raw(region, draft, content["Raw"]["Data"]).id}
    if not draft.source:
        raise ServiceError("BadRequestException", "Source cannot be empty")
    if "Simple" in content:
        return {"MessageId": send_simple(region, draft, content["Simple"]).id}
    return {"MessageId": send_template(region, draft, filling(region, content["Template"])).id}


def refuse_what_is_not_built(operation: str, params: dict[str, Any]) -> None:
    """Say so where a call asks for what would otherwise be left out in silence. Raises ServiceError."""
    for member in NOT_BUILT:
        if params.get(member):
            raise not_built("sesv2", f"{operation} with {member}")


def identity_arns(params: dict[str, Any]) -> OwnHeaders:
    """The identities that a call names by their ARNs."""
    return OwnHeaders(
        source_arn=params.get("FromEmailAddressIdentityArn", ""),
        return_path_arn=params.get("FeedbackForwardingEmailAddressIdentityArn", ""),
    )


def tag_pairs(tags: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Message tags as the engine keeps them."""
    return [(tag["Name"], tag["Value"]) for tag in tags]


def filling(region: Region, template: dict[str, Any]) -> Filling:
    """SESv2's Template: a stored one by name or ARN, or one that comes with the call. Raises ServiceError."""
    given = [member for member in ("TemplateName", "TemplateArn", "TemplateContent") if member in template]
    if len(given) != 1:
        words = "Template must be one of TemplateName, TemplateArn or TemplateContent."
        raise Refusal(Kind.BAD_REQUEST, words)
    data = templates.read_data(template.get("TemplateData"))
    more: dict[str, Any] = {
        member: template[member] for member in ("Headers", "Attachments") if member in template
    }
    if "TemplateContent" in given:
        try:
            templates.check_inline(template["TemplateContent"])
        except TemplateError as problem:
            raise Refusal(Kind.BAD_REQUEST, str(problem)) from None
        return Filling("", template["TemplateContent"], data, more)
    name = template.get("TemplateName") or template["TemplateArn"].rpartition("template/")[2]
    return Filling(name, find_template(region, name)["Content"], data, more)


OPERATIONS: dict[str, Operation] = {"SendEmail": send}
