"""Custom verification e-mails, by v2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...protocol.messages import Operation, ServiceError
from .. import verification_mail
from ..state import Region
from .paging import page
from .tags import set_tags, tags_of

V2_NAMES = {
    "CustomVerificationEmailTemplateDoesNotExist": "NotFoundException",
    "CustomVerificationEmailTemplateAlreadyExists": "AlreadyExistsException",
    "FromEmailAddressNotVerified": "NotFoundException",
    "InvalidParameterValue": "BadRequestException",
    "LimitExceeded": "LimitExceededException",
    "ProductionAccessNotGranted": "BadRequestException",
}


@contextmanager
def _v2_names() -> Iterator[None]:
    try:
        yield
    except ServiceError as error:
        raise ServiceError(V2_NAMES.get(error.code, error.code), error.message, error.status) from error


def create(region: Region, params: dict[str, Any]) -> None:
    """CreateCustomVerificationEmailTemplate."""
    with _v2_names():
        verification_mail.create(region, params)
    set_tags(region, verification_mail.arn(region, params["TemplateName"]), params.get("Tags"))


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetCustomVerificationEmailTemplate."""
    with _v2_names():
        found = verification_mail.find(region, params["TemplateName"])
    return {**found, "Tags": tags_of(region, verification_mail.arn(region, params["TemplateName"]))}


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListCustomVerificationEmailTemplates."""
    stored = region.verification_templates
    rows, token = page(list(stored.values()), list(stored), params)
    shown = [{member: row[member] for member in row if member != "TemplateContent"} for row in rows]
    return {"CustomVerificationEmailTemplates": shown, "NextToken": token}


def update(region: Region, params: dict[str, Any]) -> None:
    """UpdateCustomVerificationEmailTemplate."""
    with _v2_names():
        verification_mail.update(region, params)


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteCustomVerificationEmailTemplate."""
    with _v2_names():
        verification_mail.find(region, params["TemplateName"])
    verification_mail.forget(region, params["TemplateName"])


def send(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """SendCustomVerificationEmail."""
    with _v2_names():
        return {"MessageId": verification_mail.send(region, params, "api-v2").id}


OPERATIONS: dict[str, Operation] = {
    "CreateCustomVerificationEmailTemplate": create,
    "GetCustomVerificationEmailTemplate": get,
    "ListCustomVerificationEmailTemplates": list_all,
    "UpdateCustomVerificationEmailTemplate": update,
    "DeleteCustomVerificationEmailTemplate": delete,
    "SendCustomVerificationEmail": send,
}
