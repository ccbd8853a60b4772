"""What GuardDuty remembers, and the few things it needs from the cloud around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


class Cloud(Protocol):
    """What GuardDuty needs from the rest of the local AWS. What it does, it does as the role of a plan."""

    def may_assume(self, role: str) -> bool:
        """Whether a role's trust policy lets GuardDuty's malware protection assume it."""

    def read_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None
    ) -> AbstractContextManager[Iterable[bytes]]:
        """The content of an object, piece by piece; raises Refused."""

    def tag_object(
        self, region: str, role: str, bucket: str, key: str, version: str | None, tag: tuple[str, str]
    ) -> None:
        """Add a tag to those of an object; raises Refused."""


@dataclass
class Region:
    """GuardDuty in one Region. A plan is shaped as GetMalwareProtectionPlan answers it."""

    name: str
    account_id: str
    cloud: Cloud
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)

    def arn(self, plan_id: str) -> str:
        """The ARN of a plan."""
        return f"arn:aws:guardduty:{self.name}:{self.account_id}:malware-protection-plan/{plan_id}"


class GuardDuty:
    """All Regions. `lock` is held while an operation runs."""

    def __init__(self, account_id: str, cloud: Cloud, later: Callable[[Callable[[], None]], None]) -> None:
        self.account_id = account_id
        self.cloud = cloud
        self.later = later
        self.lock = threading.RLock()
        self._regions: dict[str, Region] = {}

    def region(self, name: str) -> Region:
        """GuardDuty in this Region; made when first asked for."""
        with self.lock:
            return self._regions.setdefault(name, Region(name, self.account_id, self.cloud))

    def regions(self) -> list[Region]:
        """The Regions that were asked for so far."""
        with self.lock:
            return list(self._regions.values())

    def reset(self) -> None:
        """Forget every plan."""
        with self.lock:
            self._regions.clear()


def now() -> datetime:
    """When a plan is made."""
    return datetime.now(UTC)
