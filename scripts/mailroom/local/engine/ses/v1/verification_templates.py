"""Custom verification e-mails, by v1."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation
from .. import verification_mail
from ..state import Region
from ..v2.paging import page
from .sending import v1_names


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetCustomVerificationEmailTemplate."""
    return verification_mail.find(region, params["TemplateName"])


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListCustomVerificationEmailTemplates."""
    stored = region.verification_templates
    size = {"PageSize": params.get("MaxResults"), "NextToken": params.get("NextToken")}
    rows, token = page(list(stored.values()), list(stored), size)
    shown = [{member: row[member] for member in row if member != "TemplateContent"} for row in rows]
    return {"CustomVerificationEmailTemplates": shown, "NextToken": token}


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteCustomVerificationEmailTemplate; one that is not there is deleted already."""
    verification_mail.forget(region, params["TemplateName"])


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendCustomVerificationEmail."""
    with v1_names():
        return {"MessageId": verification_mail.send(region, params, "api-v1").id}


OPERATIONS: dict[str, Operation] = {
    "CreateCustomVerificationEmailTemplate": verification_mail.create,
    "GetCustomVerificationEmailTemplate": get,
    "ListCustomVerificationEmailTemplates": list_all,
    "UpdateCustomVerificationEmailTemplate": verification_mail.update,
    "DeleteCustomVerificationEmailTemplate": delete,
    "SendCustomVerificationEmail": send,
}
