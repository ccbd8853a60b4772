"""Does SES send for us, and to this recipient?"""

from mailroom.inbound.doctor.patient import Patient, Result, ok, trouble, unless_missing

SUPPORT = "https://console.aws.amazon.com/ses/home#/account"


def sender(patient: Patient) -> Result:
    """Without a verified identity SES answers every send with its 554."""
    address = patient.output("sender_address")
    found = patient.identity(address)
    if found and found[1].get("VerifiedForSendingStatus"):
        return ok(f"{address}, by {found[0]}")
    return trouble(
        f"{address} is not verified; SES answers: 554 Message rejected: Email address is not verified. The"
        f" following identities failed the check in region {patient.region.upper()}: {address}",
        f"set the DKIM records: mailroom sending records --env {patient.environment.name}",
    )


def dkim(patient: Patient) -> Result:
    """Mail without a DKIM signature of the sender's domain fails DMARC, and ends as junk."""
    found = patient.identity(patient.output("sender_address"))
    if found is None:
        return trouble("there is no identity to sign for", f"make apply ENV={patient.environment.name}")
    attributes = found[1].get("DkimAttributes", {})
    if attributes.get("Status") == "SUCCESS" and attributes.get("SigningEnabled", True):
        return ok(f"{found[0]} signs")
    return trouble(
        f"DKIM of {found[0]}: {attributes.get('Status', 'none')}"
        + ("" if attributes.get("SigningEnabled", True) else ", signing is switched off"),
        f"mailroom sending records --check --env {patient.environment.name}",
    )


def mail_from(patient: Patient) -> Result:
    """The MAIL FROM domain of our own makes SPF match; while it is pending SES uses its own."""
    found = patient.identity(patient.output("sender_address"))
    attributes = found[1].get("MailFromAttributes", {}) if found else {}
    name = attributes.get("MailFromDomain")
    if not name:
        return ok("none of our own: SES uses amazonses.com, SPF does not match, DKIM alone carries DMARC")
    status = attributes.get("MailFromDomainStatus")
    if status == "SUCCESS":
        return ok(name)
    return trouble(
        f"{name} is {status}: SPF does not match"
        + (", and SES refuses to send" if attributes.get("BehaviorOnMxFailure") == "REJECT_MESSAGE" else ""),
        f"set its MX and TXT records: mailroom sending records --env {patient.environment.name}",
    )


def account(patient: Patient) -> Result:
    """AWS, or somebody here, can pause an account's sending."""
    status = patient.account.get("EnforcementStatus", "HEALTHY")
    if not patient.account.get("SendingEnabled"):
        return trouble(
            f"sending is paused in this account and Region ({status})",
            "aws sesv2 put-account-sending-attributes --sending-enabled; when it was AWS, answer its case",
        )
    if status != "HEALTHY":
        return trouble(f"AWS reviews this account: {status}", f"{SUPPORT}: read the case and answer it")
    return ok("it may")


def configuration_set(patient: Patient) -> Result:
    """A configuration set can be paused by itself."""
    name = patient.output("configuration_set")
    found = unless_missing(lambda: patient.ses.get_configuration_set(ConfigurationSetName=name))
    if found is None:
        return trouble(f"there is no configuration set {name}", f"make apply ENV={patient.environment.name}")
    if found.get("SendingOptions", {}).get("SendingEnabled", True):
        return ok(name)
    return trouble(
        f"{name} is paused",
        f"aws sesv2 put-configuration-set-sending-options --configuration-set-name {name} --sending-enabled",
    )


def quota(patient: Patient) -> Result:
    """SES bounds the mails of 24 hours; what is over waits in our queue and then dies."""
    limits = patient.account.get("SendQuota", {})
    most, sent = limits.get("Max24HourSend", -1), limits.get("SentLast24Hours", 0)
    words = f"{sent:.0f} of {most:.0f} mails in 24 hours, {limits.get('MaxSendRate', 0):.0f} a second"
    if most < 0:
        return ok("no bound")
    if sent >= most:
        return trouble(f"used up: {words}", f"ask for more: {SUPPORT}")
    return ok(words)


def sandbox(patient: Patient) -> Result:
    """In the sandbox only verified addresses get mail."""
    if patient.account.get("ProductionAccessEnabled"):
        return ok("the account is out of it")
    return trouble(
        "the account is in SES's sandbox: only verified addresses get mail, every other is refused (554)",
        f"ask for production access: {SUPPORT}",
    )


def recipient_in_sandbox(patient: Patient) -> Result:
    """In the sandbox a recipient must be verified, too."""
    if patient.account.get("ProductionAccessEnabled"):
        return ok("the account is out of it")
    found = patient.identity(patient.address)
    if found and found[1].get("VerifiedForSendingStatus"):
        return ok(f"the account is in SES's sandbox, and {found[0]} is verified")
    return trouble(
        f"the account is in SES's sandbox and {patient.address} is not verified: SES refuses its mail (554)",
        f"ask for production access: {SUPPORT}; or"
        f" aws sesv2 create-email-identity --email-identity {patient.address}",
    )


def suppressed(patient: Patient) -> Result:
    """SES takes a mail to a suppressed address, and never delivers it."""
    answer = unless_missing(lambda: patient.ses.get_suppressed_destination(EmailAddress=patient.given))
    if answer is None:
        return ok(f"{patient.address} is not on the account's suppression list")
    found = answer["SuppressedDestination"]
    since = found["LastUpdateTime"].strftime("%Y-%m-%d %H:%M")
    why = {
        "BOUNCE": "its server said for good that it does not exist",
        "COMPLAINT": "its reader marked a mail as spam",
    }
    return trouble(
        f"{patient.address} is suppressed since {since}: {found['Reason']}, {why.get(found['Reason'], '?')}",
        "when the reason is gone (after a complaint: when they ask for it): "
        f"aws sesv2 delete-suppressed-destination --email-address {patient.given}",
    )


def allowed(patient: Patient) -> Result:
    """The environment's file can name the domains that get mail."""
    from lambda_src.shared.addresses import in_domains

    function = patient.output("inbound_function_name")
    answer = patient.client("lambda").get_function_configuration(FunctionName=function)
    listed = answer["Environment"]["Variables"].get("ALLOWED_RECIPIENT_DOMAINS", "")
    domains = tuple(name.strip().lower() for name in listed.split(",") if name.strip())
    if not domains:
        return ok("every domain is")
    if in_domains(patient.address, domains):
        return ok(f"{patient.domain} is")
    return trouble(
        f"{patient.domain} is not among the allowed domains ({', '.join(domains)})",
        "add it to inbound.allowed_recipient_domains in the environment's file, then "
        f"make apply ENV={patient.environment.name}",
    )
