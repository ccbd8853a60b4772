"""Where a worker can be struck while it works a mail: each of its AWS calls, before, after and instead."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailroom.bench import calls
from mailroom.errors import MailroomError
from mailroom.local import faults
from mailroom.local.cloud import LocalCloud
from mailroom.local.faults import Fault

# boto3's service of each operation that the function calls.
SERVICES: Mapping[str, str] = {
    "GetObject": "s3", "PutObject": "s3", "UpdateItem": "dynamodb", "TransactWriteItems": "dynamodb",
    "SendEmail": "sesv2", "Publish": "sns",
}  # fmt: skip
PUBLISH = "Publish"  # only a mail that ends as a notice makes this call
KILLS = ("kill-before", "kill-after")
FAULTS = ("lost-answer", "reset", "throttle", "error")
PATIENCE_SECONDS = 40.0  # longer than the lease of a worker that was struck


@dataclass(frozen=True)
class Strike:
    """What happens to the `nth` (from 1) call of an operation; `kill-answer` has no operation."""

    kind: str
    operation: str = "*"
    nth: int = 1

    @property
    def place(self) -> str:
        """What happens where, whichever call of the operation it is."""
        return self.kind if self.operation == "*" else f"{self.kind} at {self.operation}"

    def __str__(self) -> str:
        return f"{self.place} {self.nth}"

    def fault(self, function: str) -> Fault:
        """The same for `mailroom local fault`."""
        service = SERVICES.get(self.operation, "*")
        return Fault(self.kind, service, self.operation, function, skip=self.nth - 1)


def every_call(recipients: int, attachments: int) -> list[tuple[str, int]]:
    """Each call that the function makes for a new mail: its operation, and the how many-th of it.

    Raises MailroomError where the function makes a call whose service is not known here.
    """
    counted = calls.counted([(recipients, attachments)])[recipients, attachments]
    if unknown := counted.keys() - SERVICES.keys():
        raise MailroomError(f"no fault is aimed at these calls of the function: {', '.join(sorted(unknown))}")
    return [(name, nth) for name, count in sorted(counted.items()) for nth in range(1, count + 1)]


def strikes(kinds: Sequence[str], places: Sequence[tuple[str, int]]) -> Iterator[Strike]:
    """Every kind at every place."""
    for kind in kinds:
        for operation, nth in places:
            yield Strike(kind, operation, nth)


def wait_until_struck(cloud: LocalCloud) -> None:
    """Wait until every armed fault has struck. Raises MailroomError, with their names, when some do not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while idle := [found for found in faults.listing(cloud) if not found["struck"]]:
        if time.monotonic() > deadline:
            named = [f"{found['kind']} at {found['operation']}" for found in idle]
            raise MailroomError(f"these faults did not strike: {', '.join(named)}")
        time.sleep(0.05)
