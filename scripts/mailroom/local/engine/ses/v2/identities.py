"""Identities, their settings and their policies."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from .. import sending_policies
from ..addresses import find_identity
from ..identities import beginning, check_name, forget_identity, new_identity, set_signing
from ..signers import dkim_of
from ..state import Region
from .configuration_sets import find_configuration_set
from .paging import page
from .tags import set_tags, tags_of


def create(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """CreateEmailIdentity."""
    name = params["EmailIdentity"]
    if name in region.identities:
        raise ServiceError("AlreadyExistsException", f"Email identity {name} already exist.")
    check_name(name)
    if params.get("ConfigurationSetName"):
        find_configuration_set(region, params["ConfigurationSetName"])
    record = new_identity(region, name, params.get("DkimSigningAttributes"))
    if params.get("ConfigurationSetName"):
        record["ConfigurationSetName"] = params["ConfigurationSetName"]
    set_tags(region, region.arn("identity", name), params.get("Tags"))
    return {
        "IdentityType": record["IdentityType"],
        "VerifiedForSendingStatus": record["VerifiedForSendingStatus"],
        "DkimAttributes": dkim_of(region, name),
    }


def get(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetEmailIdentity."""
    name = params["EmailIdentity"]
    record = find_identity(region, name)
    return {
        **record,
        "DkimAttributes": dkim_of(region, name),
        "Policies": dict(region.policies.get(name, {})),
        "Tags": tags_of(region, region.arn("identity", name)),
    }


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteEmailIdentity."""
    find_identity(region, params["EmailIdentity"])
    forget_identity(region, params["EmailIdentity"])


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListEmailIdentities."""
    found = {
        name: record
        for name, record in region.identities.items()
        if _fits(name, record, params.get("Filter", {}))
    }
    rows, token = page(list(found.items()), list(found), params)
    return {
        "EmailIdentities": [
            {
                "IdentityType": record["IdentityType"],
                "IdentityName": name,
                "SendingEnabled": record["VerifiedForSendingStatus"],
                "VerificationStatus": record["VerificationStatus"],
            }
            for name, record in rows
        ],
        "NextToken": token,
    }


def _fits(name: str, record: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Whether an identity is what a list's Filter asks for."""
    return (
        wanted.get("IDENTITY_NAME_CONTAINS", "") in name
        and wanted.get("IDENTITY_TYPE", record["IdentityType"]) == record["IdentityType"]
        and wanted.get("VERIFICATION_STATUS", record["VerificationStatus"]) == record["VerificationStatus"]
    )


def put_mail_from(region: Region, params: dict[str, Any]) -> None:
    """PutEmailIdentityMailFromAttributes; without a domain the setting is taken off."""
    name, domain = params["EmailIdentity"], params.get("MailFromDomain")
    record = find_identity(region, name)
    attributes = {"BehaviorOnMxFailure": params.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE")}
    if domain:
        check_mail_from(name, domain, "BadRequestException")
        attributes.update(MailFromDomain=domain, MailFromDomainStatus=beginning(region))
    record["MailFromAttributes"] = attributes


def check_mail_from(identity: str, domain: str, code: str) -> None:
    """Refuse a MAIL FROM domain that is not below the identity's. Raises ServiceError."""
    if not domain.endswith(f".{identity.rpartition('@')[2]}"):
        words = f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain <{identity}>"
        raise ServiceError(code, words)


def put_feedback(region: Region, params: dict[str, Any]) -> None:
    """PutEmailIdentityFeedbackAttributes."""
    record = find_identity(region, params["EmailIdentity"])
    record["FeedbackForwardingStatus"] = params.get("EmailForwardingEnabled", False)


def put_dkim(region: Region, params: dict[str, Any]) -> None:
    """PutEmailIdentityDkimAttributes."""
    record = find_identity(region, params["EmailIdentity"])
    record["DkimAttributes"]["SigningEnabled"] = params.get("SigningEnabled", False)


def put_dkim_signing(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """PutEmailIdentityDkimSigningAttributes."""
    name = params["EmailIdentity"]
    record = find_identity(region, name)
    signing = params.get("SigningAttributes", {})
    origin = params["SigningAttributesOrigin"]
    if origin == "EXTERNAL" and not signing.get("DomainSigningSelector"):
        raise ServiceError("BadRequestException", "Signing attributes are required for the EXTERNAL origin.")
    set_signing(region, name, {**signing, "DomainSigningAttributesOrigin": origin})
    dkim = record["DkimAttributes"]
    answer = {"DkimStatus": dkim["Status"], "DkimTokens": dkim.get("Tokens", [])}
    return {**answer, "SigningHostedZone": dkim.get("SigningHostedZone")}


def put_configuration_set(region: Region, params: dict[str, Any]) -> None:
    """PutEmailIdentityConfigurationSetAttributes; without a name the default is taken off."""
    record = find_identity(region, params["EmailIdentity"])
    name = params.get("ConfigurationSetName")
    if name:
        find_configuration_set(region, name)
    record["ConfigurationSetName"] = name


def get_policies(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetEmailIdentityPolicies."""
    find_identity(region, params["EmailIdentity"])
    return {"Policies": dict(region.policies.get(params["EmailIdentity"], {}))}


def create_policy(region: Region, params: dict[str, Any]) -> None:
    """CreateEmailIdentityPolicy."""
    find_identity(region, params["EmailIdentity"])
    policies = region.policies.setdefault(params["EmailIdentity"], {})
    if params["PolicyName"] in policies:
        raise ServiceError("AlreadyExistsException", f"Policy {params['PolicyName']} already exists.")
    policies[params["PolicyName"]] = checked_policy(params["Policy"], "BadRequestException")


def update_policy(region: Region, params: dict[str, Any]) -> None:
    """UpdateEmailIdentityPolicy."""
    policies = region.policies.get(params["EmailIdentity"], {})
    if params["PolicyName"] not in policies:
        raise ServiceError("NotFoundException", f"Policy {params['PolicyName']} does not exist.", 404)
    policies[params["PolicyName"]] = checked_policy(params["Policy"], "BadRequestException")


def delete_policy(region: Region, params: dict[str, Any]) -> None:
    """DeleteEmailIdentityPolicy; one that is not there is deleted already."""
    find_identity(region, params["EmailIdentity"])
    region.policies.get(params["EmailIdentity"], {}).pop(params["PolicyName"], None)


def checked_policy(policy: str, code: str) -> str:
    """The policy, which must be one: IAM reads it at every send. Raises ServiceError."""
    wrong = sending_policies.violation(policy)
    if wrong:
        raise ServiceError(code, wrong)
    return policy


OPERATIONS: dict[str, Operation] = {
    "CreateEmailIdentity": create,
    "GetEmailIdentity": get,
    "DeleteEmailIdentity": delete,
    "ListEmailIdentities": list_all,
    "PutEmailIdentityMailFromAttributes": put_mail_from,
    "PutEmailIdentityFeedbackAttributes": put_feedback,
    "PutEmailIdentityDkimAttributes": put_dkim,
    "PutEmailIdentityDkimSigningAttributes": put_dkim_signing,
    "PutEmailIdentityConfigurationSetAttributes": put_configuration_set,
    "GetEmailIdentityPolicies": get_policies,
    "CreateEmailIdentityPolicy": create_policy,
    "UpdateEmailIdentityPolicy": update_policy,
    "DeleteEmailIdentityPolicy": delete_policy,
}
