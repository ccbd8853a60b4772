"""Does mail reach SES, and does our receipt rule get it?"""

from datetime import UTC, datetime
from typing import Any

from mailroom.inbound.doctor.patient import Patient, Result, ok, trouble, unseen

_NO_RULE = ("our rule is not there", "look at the checks above first")


def region(patient: Patient) -> Result:
    """SES receives in some Regions only; where it does, its host has an address."""
    host = _host(patient)
    if patient.dns.exists(host):
        return ok(f"SES receives in {patient.region}")
    return trouble(
        f"there is no {host}: SES receives no mail in {patient.region}",
        "choose a Region where SES receives, such as eu-west-1 (modules/inbound lists them)",
    )


def domain(patient: Patient) -> Result:
    """SES takes mail only for a verified domain, or below one."""
    found = patient.identity(patient.domain)
    if found is None:
        return trouble(
            f"SES knows neither {patient.domain} nor a domain above it",
            f"make apply ENV={patient.environment.name}",
        )
    name, identity = found
    if identity.get("VerifiedForSendingStatus"):
        return ok(f"{name} is verified")
    status = identity.get("VerificationStatus", "not verified")
    return trouble(f"{name} is not verified ({status}): its DKIM records are missing", _records(patient))


def mx(patient: Patient) -> Result:
    """The MX record must lead to SES in this Region, and nowhere else first."""
    hosts, wanted = patient.dns.mx(patient.domain), _host(patient)
    if not hosts:
        return trouble(
            f"{patient.domain} has no MX record: mail for it goes nowhere",
            f"10 {wanted}: {_records(patient)}",
        )
    names = ", ".join(f"{preference} {host}" for preference, host in hosts)
    if hosts[0][1] == wanted:
        return ok(f"{patient.domain} leads to {names}")
    return trouble(
        f"{patient.domain} leads to {names}: mail does not come to SES in {patient.region} first",
        f"10 {wanted}: {_records(patient)}",
    )


def rule_set(patient: Patient) -> Result:
    """One rule set is active in an account and Region, and it must be the one with our rule."""
    wanted = patient.environment.outputs.get("rule_set_name")
    name = patient.active.get("Metadata", {}).get("Name")
    if wanted and not patient.rule_set:
        return trouble(f"there is no rule set {wanted}", f"make apply ENV={patient.environment.name}")
    if not name:
        return trouble(
            "no rule set is active: SES refuses all mail",
            f"aws ses set-active-receipt-rule-set --rule-set-name {wanted or 'NAME'}",
        )
    if name == wanted or (wanted is None and patient.our_rule):
        return ok(f"{name} is active")
    return trouble(
        f"another rule set is active: {name}" + (f", not {wanted}" if wanted else ""),
        f'join it (inbound.rule_set = {{ join = "{name}" }}), or ask its owner before you activate ours',
    )


def rule(patient: Patient) -> Result:
    """Our rule must be in its rule set, on, and name the address. Whether the set is active is said above."""
    apply = f"make apply ENV={patient.environment.name}"
    if not patient.rule_set:
        return unseen(*_NO_RULE)
    where = patient.rule_set["Metadata"]["Name"]
    if patient.our_rule is None:
        return trouble(f"no rule of the rule set {where} writes to our raw bucket", apply)
    name = patient.our_rule["Name"]
    if not patient.our_rule.get("Enabled"):
        return trouble(f"the rule {name} is switched off", apply)
    if catches(patient.our_rule, patient.address):
        return ok(f"{name} of {where} takes this address")
    return trouble(
        f"the rule {name} does not take {patient.address}: SES refuses its mail",
        f"look for a typing error, or for an address whose days are over; then {apply}",
    )


def rules_before(patient: Patient) -> Result:
    """Rules run in their order, and a stop in one before ours keeps the mail from it."""
    if patient.our_rule is None:
        return unseen(*_NO_RULE)
    also = []
    for before in patient.rule_set["Rules"]:
        if before["Name"] == patient.our_rule["Name"]:
            break
        if not before.get("Enabled") or not catches(before, patient.address):
            continue
        if word := _stops(before):
            return trouble(
                f"the rule {before['Name']} comes first, takes this address and {word}",
                "take the address out of it, or move it: aws ses set-receipt-rule-position",
            )
        also.append(before["Name"])
    return ok(
        f"taken by these first, which pass it on: {', '.join(also)}" if also else "none takes this address"
    )


def tls(patient: Patient) -> Result:
    """With Require a sender that speaks no TLS is refused; with Optional, mail may come in the clear."""
    if patient.our_rule is None:
        return unseen(*_NO_RULE)
    if patient.our_rule.get("TlsPolicy") == "Require":
        return ok("required: a device that does not speak STARTTLS is refused (550 5.7.1)")
    return trouble("not required: mail may come in the clear", f"make apply ENV={patient.environment.name}")


def ip_filters(patient: Patient) -> Result:
    """SES's IP filters hold for the whole account: a block refuses a sender before any rule is looked at.

    An address that is allowed comes through a block around it:
    https://docs.aws.amazon.com/ses/latest/DeveloperGuide/receiving-email-ip-filters.html
    """
    found = patient.client("ses").list_receipt_filters().get("Filters", [])
    blocks, allowed = _filters(found, "Block"), _filters(found, "Allow")
    if not blocks:
        return ok("nobody is blocked")
    says = f"blocked in this account: {', '.join(blocks)}; allowed: {', '.join(allowed) or 'none'}"
    if not allowed and any(block.startswith("0.0.0.0/0 ") for block in blocks):
        return trouble(f"{says}: SES refuses all mail", "aws ses delete-receipt-filter --filter-name NAME")
    return unseen(says, "look whether the device's IP address, or its relay's, is among the blocked")


def former(patient: Patient) -> Result:
    """A former receipt address works until its last day, which the environment's file names."""
    today = datetime.now(UTC).date().isoformat()
    day = patient.former.get(patient.address)
    if day is None:
        until = ", ".join(f"{name} until {last}" for name, last in patient.former.items() if last >= today)
        return ok(f"taken as well: {until}" if until else "none")
    if day >= today:
        return ok(f"this is a former address: it works until {day}; now it is {patient.receipt_address}")
    return trouble(
        f"this former address worked until {day}", f"let the device send to {patient.receipt_address}"
    )


def catches(rule: dict[str, Any], address: str) -> bool:
    """Whether a receipt rule takes an address: no recipients mean all; a domain, `.domain`, or an address.

    SES takes a label (name+label@domain) for the name without it.
    """
    local, _, domain = address.lower().rpartition("@")
    names = {f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}", domain}
    wanted = [recipient.lower() for recipient in rule.get("Recipients", [])]
    return not wanted or any(one in names or (one.startswith(".") and domain.endswith(one)) for one in wanted)


def _stops(rule: dict[str, Any]) -> str:
    for action in rule.get("Actions", []):
        if "StopAction" in action:
            return "stops"
        if "BounceAction" in action:
            return "answers with a bounce"
        if action.get("LambdaAction", {}).get("InvocationType") == "RequestResponse":
            return "lets a Lambda function decide whether to stop"
    return ""


def _filters(found: list[dict[str, Any]], policy: str) -> list[str]:
    """The filters of a policy, as `range (name)`."""
    return [
        f"{entry['IpFilter']['Cidr']} ({entry['Name']})"
        for entry in found
        if entry["IpFilter"]["Policy"] == policy
    ]


def _host(patient: Patient) -> str:
    return f"inbound-smtp.{patient.region}.amazonaws.com"


def _records(patient: Patient) -> str:
    return f"mailroom sending records --env {patient.environment.name}"
