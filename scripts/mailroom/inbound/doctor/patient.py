"""What the doctor looks at: one address in one environment, and what AWS says of it, asked once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mailroom.environment import Environment
from mailroom.inbound.doctor.dns import Dns, RealDns
from mailroom.inbound.ledger import Ledger

OK, TROUBLE, UNKNOWN = "ok", "trouble", "unknown"


@dataclass(frozen=True)
class Result:
    """What a check found: `state` is ok, trouble or unknown (cannot be seen); `do` is the next step."""

    state: str
    says: str
    do: str = ""
    name: str = ""


def ok(says: str) -> Result:
    """Nothing to do."""
    return Result(OK, says)


def trouble(says: str, do: str) -> Result:
    """Found, with the way out."""
    return Result(TROUBLE, says, do)


def unseen(says: str, do: str) -> Result:
    """Cannot be told from here, or follows from what another check says."""
    return Result(UNKNOWN, says, do)


_MISSING = (
    "NotFoundException",
    "NoSuchBucketPolicy",
    "ResourceNotFoundException",
    "RuleSetDoesNotExist",
)


def unless_missing(call: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What the call answers; None where AWS says that there is no such thing."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in _MISSING:
            raise
        return None


class Patient:
    """An address, in lower case and as it was `given`, and where it lives. AWS's errors come out."""

    def __init__(self, environment: Environment, address: str, former: dict[str, str]) -> None:
        """`former` maps each former receipt address to its last day, YYYY-MM-DD (the environment's file)."""
        self.environment = environment
        self.given = address
        self.address = address.lower()
        self.domain = self.address.rpartition("@")[2]
        self.former = {name.lower(): day for name, day in former.items()}

    @cached_property
    def receipt_address(self) -> str:
        """The address that receives, as applied."""
        return self.environment.output("receipt_address").lower()

    @property
    def receives(self) -> bool:
        """Whether this is an address of ours that receives, or is meant to: else it is a recipient's."""
        ours = self.receipt_address.rpartition("@")[2]
        return self.address == self.receipt_address or self.address in self.former or self.domain == ours

    @cached_property
    def region(self) -> str:
        """The Region that everything is in."""
        return self.environment.output("region")

    @cached_property
    def dns(self) -> Dns:
        """The world's DNS, or the local cloud's."""
        return RealDns(self.environment.dns)

    def output(self, name: str) -> Any:
        """A Terraform output."""
        return self.environment.output(name)

    def client(self, service: str) -> Any:
        """A boto3 client."""
        return self.environment.client(service)

    @cached_property
    def ses(self) -> Any:
        """SES's version 2 API."""
        return self.client("sesv2")

    @cached_property
    def account(self) -> dict[str, Any]:
        """SES's account in this Region."""
        return self.ses.get_account()

    @cached_property
    def ledger(self) -> Ledger:
        """The environment's ledger."""
        return Ledger(self.client("dynamodb"), self.output("ledger_table"))

    @cached_property
    def active(self) -> dict[str, Any]:
        """The active rule set: its Metadata and Rules; {} where none is active."""
        answer = self.client("ses").describe_active_receipt_rule_set()
        return answer if answer.get("Metadata") else {}

    @cached_property
    def rule_set(self) -> dict[str, Any]:
        """The rule set that holds our rule, active or not: its Metadata and Rules; {} where it is not there.

        Without the output `rule_set_name`: the active one.
        """
        name = self.environment.outputs.get("rule_set_name")
        if name in (None, self.active.get("Metadata", {}).get("Name")):
            return self.active
        ses = self.client("ses")
        return unless_missing(lambda: ses.describe_receipt_rule_set(RuleSetName=name)) or {}

    @cached_property
    def our_rule(self) -> dict[str, Any] | None:
        """Our rule in its rule set: by its name, else the one that writes to our raw bucket."""
        bucket, rules = self.output("raw_bucket"), self.rule_set.get("Rules", [])
        ours = [
            rule
            for rule in rules
            if any(
                action.get("S3Action", {}).get("BucketName") == bucket for action in rule.get("Actions", [])
            )
        ]
        named = [rule for rule in ours if rule["Name"] == self.environment.outputs.get("rule_name")]
        return next(iter(named or ours), None)

    def identity(self, address: str) -> tuple[str, dict[str, Any]] | None:
        """The SES identity that speaks for an address: itself, its domain, or one above; None: there is none.

        A verified one is over one that is not: an address is good when its domain is.
        """
        domain = address.rpartition("@")[2]
        labels = domain.split(".")
        parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
        found = [(name, answer) for name in (address, *parents) if (answer := self._identity(name))]
        verified = [entry for entry in found if entry[1].get("VerifiedForSendingStatus")]
        return next(iter(verified or found), None)

    def _identity(self, name: str) -> dict[str, Any] | None:
        return unless_missing(lambda: self.ses.get_email_identity(EmailIdentity=name))
