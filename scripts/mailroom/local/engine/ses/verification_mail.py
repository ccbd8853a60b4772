"""Custom verification e-mails: templates for them, and one sent ("Using custom verification email templates",
SES developer guide).

Errors have v1's names. The mail has no link to click: here an identity is verified as soon as it is made.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ..protocol.messages import ServiceError
from . import mailboxes
from .addresses import identity_for
from .checks import check_account
from .drafts import Draft, send_simple
from .identities import new_identity
from .state import Region
from .store import Sent

MAXIMUM_TEMPLATES = 50
DISCLAIMER = (
    "If you did not request to verify this email address, please disregard this message. If you have any "
    "concerns, please forward this message to the following "
    '<a href="mailto:ses-enforcement@amazon.com">email address</a> along with your questions or comments.'
)
MEMBERS = (
    "TemplateName", "FromEmailAddress", "TemplateSubject", "TemplateContent", "SuccessRedirectionURL",
    "FailureRedirectionURL",
)  # fmt: skip


def find(region: Region, name: str) -> dict[str, Any]:
    """A template; ServiceError where there is none."""
    if name not in region.verification_templates:
        words = f"Custom verification email template <{name}> does not exist"
        raise ServiceError("CustomVerificationEmailTemplateDoesNotExist", words)
    return region.verification_templates[name]


def create(region: Region, params: dict[str, Any]) -> None:
    """Store a template. Raises ServiceError."""
    name = params["TemplateName"]
    if name in region.verification_templates:
        words = f"Custom verification email template <{name}> already exists"
        raise ServiceError("CustomVerificationEmailTemplateAlreadyExists", words)
    if len(region.verification_templates) >= MAXIMUM_TEMPLATES:
        raise ServiceError("LimitExceeded", f"More than {MAXIMUM_TEMPLATES} templates are not allowed.")
    _put(region, {member: params[member] for member in MEMBERS})


def update(region: Region, params: dict[str, Any]) -> None:
    """Change a template; what is not given stays. Raises ServiceError."""
    _put(region, {**find(region, params["TemplateName"]), **_given(params)})


def forget(region: Region, name: str) -> None:
    """Delete a template and its tags; nothing happens where there is none."""
    region.verification_templates.pop(name, None)
    region.tags.pop(arn(region, name), None)


def arn(region: Region, name: str) -> str:
    """The ARN of a template."""
    return region.arn("custom-verification-email-template", name)


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {member: params[member] for member in MEMBERS if member in params}


def _put(region: Region, template: dict[str, Any]) -> None:
    if identity_for(region, template["FromEmailAddress"]) is None:
        words = f"The from email address <{template['FromEmailAddress']}> is not verified"
        raise ServiceError("FromEmailAddressNotVerified", words)
    for kind in ("Success", "Failure"):
        address = urlsplit(template[f"{kind}RedirectionURL"])
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ServiceError("InvalidParameterValue", f"The {kind.lower()} redirection URL is invalid")
    region.verification_templates[template["TemplateName"]] = template


def send(region: Region, params: dict[str, Any], via: str) -> Sent:
    """Make the address an identity, and send it the mail. Raises ServiceError."""
    check_account(region)
    address = params["EmailAddress"]
    if mailboxes.violation(address):
        raise ServiceError("InvalidParameterValue", f"Invalid email address<{address}>.")
    template = find(region, params["TemplateName"])
    if region.account.sandbox:
        words = "Production access is needed to send custom verification e-mails."
        raise ServiceError("ProductionAccessNotGranted", words)
    html = f"{template['TemplateContent']}<p>{DISCLAIMER}</p>"
    draft = Draft(
        template["FromEmailAddress"],
        {"ToAddresses": [address]},
        via,
        configuration_set=params.get("ConfigurationSetName", ""),
    )
    simple = {"Subject": {"Data": template["TemplateSubject"]}, "Body": {"Html": {"Data": html}}}
    sent = send_simple(region, draft, simple)
    if address not in region.identities:
        new_identity(region, address)
    return sent
