"""What `init` has to know, and what Terraform would refuse of it: refused here, before a file is written."""

import re
import secrets
from dataclasses import dataclass

from lambda_src.shared.addresses import is_address
from mailroom.environment import LOCAL
from mailroom.errors import MailroomError
from mailroom.inbound.rotate import ALPHABET, FORM, LENGTH
from mailroom.init import regions

# As terraform/variables.tf has them: `environment` and local.domain_form.
NAME = re.compile(r"[a-z][a-z0-9-]{0,11}[a-z0-9]")
# As terraform/bootstrap/bootstrap.yaml has it: the parameter Environment.
BOOTSTRAPPED = re.compile(r"(?!(?:state|preview|plan|deploy|read)$)[a-z][a-z0-9]{1,12}")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
ACCOUNT = re.compile(r"[0-9]{12}")


class Wrong(ValueError):
    """An answer that Terraform, or SES, would refuse; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Answers:
    """Everything that the environment's two files are made of."""

    environment: str
    account_id: str
    region: str
    domain: str
    receipt_address: str
    sender: str
    alarm_emails: tuple[str, ...] = ()
    join_rule_set: str = ""
    trial: bool = False


def environment(text: str, *, trial: bool = False) -> str:
    """A name for an environment's files; what is no trial has a bootstrap too, which takes fewer names.

    Raises MailroomError.
    """
    if text == LOCAL:
        raise MailroomError(
            "The environment local needs no init: it runs in a local cloud.", "mailroom local up"
        )
    if not NAME.fullmatch(text):
        raise MailroomError(
            f"{text!r}: an environment's name has 2 to 13 small letters, digits and hyphens, a letter first.",
            "mailroom init dev",
        )
    if not trial and not BOOTSTRAPPED.fullmatch(text):
        raise MailroomError(
            f"{text!r}: the bootstrap stack takes 2 to 13 small letters and digits, no hyphen, and none of "
            "state, preview, plan, deploy, read: what it names would be somebody else's too.",
            f"mailroom init dev (or, for a trial: mailroom init {text} --local-state)",
        )
    return text


def account_id(text: str) -> str:
    """An AWS account's id. Raises Wrong."""
    if not ACCOUNT.fullmatch(text.strip()):
        raise Wrong("an AWS account's id has 12 digits")
    return text.strip()


def region(text: str) -> str:
    """A Region where SES receives. Raises Wrong."""
    known = regions.receiving()
    if text.strip() not in known:
        raise Wrong(f"SES receives mail in {', '.join(known)}")
    return text.strip()


def domain(text: str) -> str:
    """A domain that may send, in lower case without a dot at its end. Raises Wrong."""
    name = text.strip().lower().removesuffix(".")
    if not DOMAIN.fullmatch(name) or len(name) > 200:
        raise Wrong("it takes a domain of yours such as mail.example.com, in ASCII (xn--… for others)")
    return name


def suggested_address(at: str) -> str:
    """A receipt address that nobody guesses (99 bits), at `in.` below the domain."""
    return f"{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}@in.{at}"


def receipt_address(text: str, at: str) -> str:
    """Where mail will come in: at the domain `at` or below it. Raises Wrong."""
    address = _address(text)
    if not FORM.fullmatch(address):
        raise Wrong("it takes letters, digits and . _ + - before the @")
    _check_below(address, at, "SES receives only for domains that it knows")
    return address


def sender(text: str, at: str, receipt: str) -> str:
    """Whom mail will come from: at the domain `at` or below it, and not the receipt address. Raises Wrong."""
    address = _address(text)
    _check_below(address, at, "SES sends only for domains that it knows")
    if _unlabelled(address) == _unlabelled(receipt):
        raise Wrong("it must not be the receipt address: what is sent would be received again")
    return address


def email(text: str) -> str:
    """An address that alarms go to. Raises Wrong."""
    if not is_address(text.strip()):
        raise Wrong("this is no e-mail address")
    return text.strip()


def _address(text: str) -> str:
    address = text.strip().lower()
    if not is_address(address):
        raise Wrong("this is no e-mail address")
    return address


def _check_below(address: str, at: str, why: str) -> None:
    if not f".{address.rpartition('@')[2]}".endswith(f".{at}"):
        raise Wrong(f"it must be at {at} or below it, since {why}")


def _unlabelled(address: str) -> str:
    local, _, at = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{at}"
