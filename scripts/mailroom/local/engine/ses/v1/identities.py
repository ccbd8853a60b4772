"""Identities, as v1 names what v2 calls e-mail identities."""

from __future__ import annotations

from typing import Any

from ...protocol.messages import Operation, ServiceError
from ..identities import beginning, check_name, forget_identity, new_identity
from ..refusals import Refusal
from ..signers import dkim_of
from ..state import Region
from ..v2.identities import check_mail_from, checked_policy
from ..v2.paging import page


def _known(region: Region, name: str) -> dict[str, Any]:
    if name not in region.identities:
        raise ServiceError("InvalidParameterValue", f"Identity {name} does not exist.")
    return region.identities[name]


def _status(status: str) -> str:
    """A status as v1 writes it: NOT_STARTED is NotStarted."""
    return "".join(word.capitalize() for word in status.split("_"))


def _made(region: Region, name: str) -> dict[str, Any]:
    try:
        check_name(name)
    except Refusal as refused:
        raise refused.in_v1() from refused
    return region.identities.get(name) or new_identity(region, name)


def _domain(region: Region, name: str) -> dict[str, Any]:
    """The record of a domain; an address is none."""
    if "@" in name:
        raise ServiceError("InvalidParameterValue", f"Invalid domain name {name}.")
    return _made(region, name)


def verify_domain(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """VerifyDomainIdentity; verified at once, or by DNS: see `identities`."""
    dkim = _domain(region, params["Domain"])["DkimAttributes"]
    return {"VerificationToken": dkim["Tokens"][0]}


def verify_email(region: Region, params: dict[str, Any]) -> None:
    """VerifyEmailIdentity and VerifyEmailAddress."""
    if "@" not in params["EmailAddress"]:
        raise ServiceError("InvalidParameterValue", f"Invalid email address<{params['EmailAddress']}>.")
    _made(region, params["EmailAddress"])


def verify_domain_dkim(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """VerifyDomainDkim."""
    return {"DkimTokens": _domain(region, params["Domain"])["DkimAttributes"]["Tokens"]}


def delete(region: Region, params: dict[str, Any]) -> None:
    """DeleteIdentity; one that is not there is deleted already."""
    forget_identity(region, params["Identity"])


def list_all(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListIdentities."""
    wanted = {"Domain": "DOMAIN", "EmailAddress": "EMAIL_ADDRESS"}.get(params.get("IdentityType", ""))
    found = [name for name, record in region.identities.items() if wanted in (None, record["IdentityType"])]
    size = {"PageSize": params.get("MaxItems"), "NextToken": params.get("NextToken")}
    names, token = page(found, found, size)
    return {"Identities": names, "NextToken": token}


def list_addresses(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListVerifiedEmailAddresses."""
    return {"VerifiedEmailAddresses": list_all(region, {"IdentityType": "EmailAddress"})["Identities"]}


def delete_address(region: Region, params: dict[str, Any]) -> None:
    """DeleteVerifiedEmailAddress."""
    forget_identity(region, params["EmailAddress"])


def verification(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetIdentityVerificationAttributes; unknown identities are left out."""
    found = {}
    for name in params["Identities"]:
        if name in region.identities:
            found[name] = {"VerificationStatus": _status(region.identities[name]["VerificationStatus"])}
            if "@" not in name:
                found[name]["VerificationToken"] = region.identities[name]["DkimAttributes"]["Tokens"][0]
    return {"VerificationAttributes": found}


def dkim(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetIdentityDkimAttributes."""
    records = {name: dkim_of(region, name) for name in params["Identities"] if name in region.identities}
    return {
        "DkimAttributes": {
            name: {
                "DkimEnabled": record["SigningEnabled"],
                "DkimVerificationStatus": _status(record["Status"]),
                "DkimTokens": record.get("Tokens", []),
            }
            for name, record in records.items()
        }
    }


def set_dkim(region: Region, params: dict[str, Any]) -> None:
    """SetIdentityDkimEnabled."""
    _known(region, params["Identity"])["DkimAttributes"]["SigningEnabled"] = params.get("DkimEnabled", False)


def mail_from(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetIdentityMailFromDomainAttributes."""
    found = {}
    for name in params["Identities"]:
        if name in region.identities:
            stored = region.identities[name]["MailFromAttributes"]
            reject = stored["BehaviorOnMxFailure"] == "REJECT_MESSAGE"
            found[name] = {
                "MailFromDomain": stored.get("MailFromDomain", ""),
                "MailFromDomainStatus": _status(stored.get("MailFromDomainStatus", "SUCCESS")),
                "BehaviorOnMXFailure": "RejectMessage" if reject else "UseDefaultValue",
            }
    return {"MailFromDomainAttributes": found}


def set_mail_from(region: Region, params: dict[str, Any]) -> None:
    """SetIdentityMailFromDomain; without a domain the setting is taken off."""
    record = _known(region, params["Identity"])
    reject = params.get("BehaviorOnMXFailure") == "RejectMessage"
    attributes = {"BehaviorOnMxFailure": "REJECT_MESSAGE" if reject else "USE_DEFAULT_VALUE"}
    if params.get("MailFromDomain"):
        check_mail_from(params["Identity"], params["MailFromDomain"], "InvalidParameterValue")
        attributes.update(MailFromDomain=params["MailFromDomain"], MailFromDomainStatus=beginning(region))
    record["MailFromAttributes"] = attributes


def put_policy(region: Region, params: dict[str, Any]) -> None:
    """PutIdentityPolicy."""
    _known(region, params["Identity"])
    policy = checked_policy(params["Policy"], "InvalidPolicy")
    region.policies.setdefault(params["Identity"], {})[params["PolicyName"]] = policy


def get_policies(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """GetIdentityPolicies."""
    stored = region.policies.get(params["Identity"], {})
    return {"Policies": {name: stored[name] for name in params["PolicyNames"] if name in stored}}


def list_policies(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """ListIdentityPolicies."""
    return {"PolicyNames": sorted(region.policies.get(params["Identity"], {}))}


def delete_policy(region: Region, params: dict[str, Any]) -> None:
    """DeleteIdentityPolicy; one that is not there is deleted already."""
    region.policies.get(params["Identity"], {}).pop(params["PolicyName"], None)


OPERATIONS: dict[str, Operation] = {
    "VerifyDomainIdentity": verify_domain,
    "VerifyEmailIdentity": verify_email,
    "VerifyEmailAddress": verify_email,
    "VerifyDomainDkim": verify_domain_dkim,
    "DeleteIdentity": delete,
    "DeleteVerifiedEmailAddress": delete_address,
    "ListVerifiedEmailAddresses": list_addresses,
    "ListIdentities": list_all,
    "GetIdentityVerificationAttributes": verification,
    "GetIdentityDkimAttributes": dkim,
    "SetIdentityDkimEnabled": set_dkim,
    "GetIdentityMailFromDomainAttributes": mail_from,
    "SetIdentityMailFromDomain": set_mail_from,
    "PutIdentityPolicy": put_policy,
    "GetIdentityPolicies": get_policies,
    "ListIdentityPolicies": list_policies,
    "DeleteIdentityPolicy": delete_policy,
}
