"""`mailroom inbound doctor`: the known troubles of an address, in the order in which a mail meets them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mailroom.errors import MailroomError
from mailroom.inbound.doctor import receiving, sending, working
from mailroom.inbound.doctor.patient import Patient, Result

Check = tuple[str, Callable[[Patient], Result]]

RECEIVING: tuple[Check, ...] = (
    ("Region receives", receiving.region),
    ("domain known to SES", receiving.domain),
    ("MX record", receiving.mx),
    ("rule set active", receiving.rule_set),
    ("our rule", receiving.rule),
    ("rules before ours", receiving.rules_before),
    ("TLS", receiving.tls),
    ("IP filters", receiving.ip_filters),
    ("former addresses", receiving.former),
    ("bucket lets SES write", working.bucket_policy),
    ("bucket tells the queue", working.notification),
    ("queue feeds the function", working.mapping),
    ("function may run", working.concurrency),
    ("functions answer", working.functions),
    ("SES's set-up object", working.setup_notification),
    ("dead letters", working.dead_letters),
    ("SES's Send events", working.send_events),
    ("sends in doubt", working.doubts),
)
SENDING: tuple[Check, ...] = (
    ("sender verified", sending.sender),
    ("DKIM", sending.dkim),
    ("MAIL FROM", sending.mail_from),
    ("account may send", sending.account),
    ("configuration set sends", sending.configuration_set),
    ("quota", sending.quota),
)
RECIPIENT: tuple[Check, ...] = (
    ("recipient allowed", sending.allowed),
    ("recipient suppressed", sending.suppressed),
    ("recipient in the sandbox", sending.recipient_in_sandbox),
)


def examine(patient: Patient) -> list[Result]:
    """Every check that fits the address: what mail meets on its way in and out, or to a recipient."""
    checks = (*RECEIVING, *SENDING, ("sandbox", sending.sandbox))
    if not patient.receives:
        checks = (*SENDING, *RECIPIENT)
    return [_look(name, check, patient) for name, check in checks]


def as_row(result: Result) -> dict[str, Any]:
    """A result for programs."""
    return asdict(result)


def _look(name: str, check: Callable[[Patient], Result], patient: Patient) -> Result:
    """One check. What AWS, DNS or a missing output refuses ends this check and no other."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        result = check(patient)
    except ClientError as problem:
        error = problem.response["Error"]
        says = f"{problem.operation_name}: {error.get('Code')}: {error.get('Message', '')}"
        result = Result("unknown", says, "look whether your credentials may make this call")
    except BotoCoreError as problem:
        result = Result("unknown", str(problem), "look at your network and your AWS settings")
    except MailroomError as problem:
        result = Result("unknown", problem.message, problem.hint)
    return Result(result.state, result.says, result.do, name)
