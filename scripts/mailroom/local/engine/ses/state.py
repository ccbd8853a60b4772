"""What SES remembers, per Region, and the few things it needs from the world around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from ..refused import Missing as Missing
from ..refused import Refused as Refused
from .store import MailStore

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class Cloud(Protocol):
    """What SES needs from the rest of the local AWS."""

    def write_object(
        self,
        region: str,
        source_arn: str,
        bucket: str,
        key: str,
        body: bytes,
        metadata: Mapping[str, str] | None = None,
        role_arn: str = "",
    ) -> None:
        """Put an S3 object as ses.amazonaws.com on behalf of `source_arn`, or with a session of a role;
        raises Refused, and Missing where there is no such bucket."""

    def generate_data_key(
        self, region: str, source_arn: str, key_arn: str, context: Mapping[str, str], role_arn: str = ""
    ) -> tuple[bytes, bytes]:
        """A data key of 256 bits from KMS, plain and encrypted under a key with an encryption context, as
        write_object; raises Refused."""

    def publish(
        self,
        region: str,
        source_arn: str,
        topic_arn: str,
        subject: str,
        message: str,
        role_arn: str = "",
    ) -> None:
        """Publish to an SNS topic as ses.amazonaws.com on behalf of `source_arn`, or with a session of a
        role; raises Refused. An empty subject is none."""

    def may_invoke(self, region: str, source_arn: str, function_arn: str) -> None:
        """Try out whether `invoke` would be let in, without a call; raises Refused."""

    def invoke(
        self, region: str, source_arn: str, function_arn: str, event: dict[str, Any], *, wait: bool
    ) -> Any:
        """Call a Lambda function as ses.amazonaws.com on behalf of `source_arn`: its answer where we wait
        for it, else None. Raises Refused where SES may not, or where the function failed."""

    def try_stream(self, region: str, source_arn: str, role_arn: str, stream_arn: str) -> None:
        """Raise Refused where there is no such Firehose stream, or where SES may not assume the role on
        behalf of `source_arn`. Nothing is put."""

    def put_record(self, region: str, source_arn: str, role_arn: str, stream_arn: str, data: bytes) -> None:
        """Put a record into a Firehose stream with a session of the role, as ses.amazonaws.com on behalf of
        `source_arn`; raises Refused where SES may not assume it or it may not put."""

    def put_metric(self, region: str, name: str, dimensions: Mapping[str, str], when: datetime) -> None:
        """Count one for a metric of AWS/SES."""

    def put_event(self, region: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Put an event of the source aws.ses on EventBridge's default bus; raises Refused."""


Later = Callable[[Callable[[], None]], None]
"""Runs a piece of work after the answer has gone out. The default does it at once, as tests like it."""


def _at_once(work: Callable[[], None]) -> None:
    work()


@dataclass
class Account:
    """The switches of an account in a Region. The sandbox is off unless asked for; a domain is verified as it
    is made, unless SES is to look into DNS first (`checks_dns`)."""

    sending_enabled: bool = True
    sandbox: bool = False
    checks_dns: bool = False
    suppressed_reasons: list[str] = field(default_factory=lambda: ["BOUNCE", "COMPLAINT"])
    vdm: dict[str, Any] = field(default_factory=lambda: {"VdmEnabled": "DISABLED"})
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class Region:
    """SES in one Region. The values are dictionaries shaped as the API answers them."""

    name: str
    account_id: str
    mail: MailStore
    cloud: Cloud
    clock: Callable[[], datetime]
    later: Later
    account: Account
    identities: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, str]] = field(default_factory=dict)
    private_keys: dict[str, RSAPrivateKey] = field(default_factory=dict)
    """The keys that customers brought (BYODKIM), by identity: apart from what the API answers."""
    configuration_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    event_destinations: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    suppressed: dict[str, dict[str, Any]] = field(default_factory=dict)
    rule_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    active_rule_set: str | None = None
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    notifications: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def arn(self, kind: str, name: str) -> str:
        """The ARN of an identity, a configuration set, …"""
        return f"arn:aws:ses:{self.name}:{self.account_id}:{kind}/{name}"

    def rule_arn(self, rule_set: str, rule: str) -> str:
        """The ARN of a receipt rule, as bucket policies name it in aws:SourceArn."""
        return f"arn:aws:ses:{self.name}:{self.account_id}:receipt-rule-set/{rule_set}:receipt-rule/{rule}"


class Ses:
    """All Regions. `lock` is held while an operation runs; the loop of the cloud never waits for it."""

    def __init__(
        self,
        account_id: str,
        mail: MailStore,
        cloud: Cloud,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        later: Later = _at_once,
        *,
        sandbox: bool = False,
        checks_dns: bool = False,
    ) -> None:
        self.account_id = account_id
        self.mail = mail
        self.cloud = cloud
        self.clock = clock
        self.later = later
        self.sandbox = sandbox
        self.checks_dns = checks_dns
        self.lock = threading.RLock()
        # Another lock: an operation may wait for S3 while a door, in the loop that serves S3, asks for one.
        self._making = threading.Lock()
        self._regions: dict[str, Region] = {}

    def region(self, name: str) -> Region:
        """SES in this Region; made when first asked for."""
        with self._making:
            if name not in self._regions:
                self._regions[name] = Region(
                    name,
                    self.account_id,
                    self.mail,
                    self.cloud,
                    self.clock,
                    self.later,
                    Account(sandbox=self.sandbox, checks_dns=self.checks_dns),
                )
            return self._regions[name]

    @property
    def regions(self) -> Mapping[str, Region]:
        """The Regions that were asked for so far."""
        return dict(self._regions)

    def reset(self) -> None:
        """Forget everything, sent mail too."""
        with self.lock:
            self._regions.clear()
            self.mail.clear()
