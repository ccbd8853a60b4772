"""What the process needs from outside, as small interfaces, and the plain values that go through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lambda_src.inbound.message import Sink
from lambda_src.shared.links_table import Link

PENDING, SENDING, SENT, DOUBTFUL, REFUSED = "pending", "sending", "sent", "doubtful", "refused"
OPEN, DONE, NOTICED = "open", "done", "noticed"


class NotFinished(Exception):
    """The queue's message must come back: the text says why. What was done stays recorded in the ledger."""


class Busy(NotFinished):
    """Another worker has claimed this mail and its time is not over."""


class SendError(Exception):
    """A mail was not accepted for sure; `code` is SES's word for it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class NotAccepted(SendError):
    """SES stated that it did not take the mail, or was never reached: it may be sent again later."""


class TooFast(NotAccepted):
    """SES refused because of the sending rate: a moment later it takes the mail."""


class AddressRefused(SendError):
    """SES will never take a mail to this address."""


class Unknown(SendError):
    """The request may have reached SES and the answer is lost: the mail must not be sent again by itself."""


@dataclass(frozen=True)
class Mail:
    """One stored raw message: where it is. `key` is decoded; `version` is the object's version id."""

    bucket: str
    key: str
    version: str
    size: int

    @property
    def id(self) -> str:
        """The ledger's key for it."""
        return f"{self.key}#{self.version}"


@dataclass(frozen=True)
class Recipient:
    """One recipient's line in the ledger; `number` counts from 1."""

    number: int
    address: str
    state: str = PENDING


@dataclass(frozen=True)
class Claim:
    """A mail that is ours until the lease ends, or one that is finished (`state` done or noticed).

    `recipients` is None until they were planned.
    """

    state: str
    seed: bytes = b""
    recipients: tuple[Recipient, ...] | None = None


@dataclass(frozen=True)
class Notice:
    """What the notice topic is told: `words` for people, the rest as message attributes."""

    reason: str
    words: str
    sender: str
    title: str
    object_key: str


class Stored(Protocol):
    """A stored raw message while it is read: `size` in bytes."""

    size: int

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""


class Store(Protocol):
    """The raw bucket and the attachments bucket."""

    def open_raw(self, mail: Mail) -> Stored:
        """The raw message, to be read front to back."""

    def open_attachment(self, key: str) -> Sink:
        """Where an attachment is written as it is read."""


class Ledger(Protocol):
    """Who works on a mail, and how far each recipient is. Every change is conditional on the state before."""

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        """Take the mail until `until` (seconds since 1970). Raises Busy."""

    def plan(self, mail: str, owner: str, addresses: Sequence[str], now: int) -> tuple[Recipient, ...]:
        """Write down the recipients, all or none of them. Raises Busy when the claim is lost."""

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        """Put a recipient from its state into another one; False when somebody else moved it before."""

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        """The mail is done or noticed."""

    def release(self, mail: str, owner: str, now: int) -> None:
        """Give the claim back, so that the next try need not wait for its end."""


class LinksTable(Protocol):
    """The table of links."""

    def write(self, links: Sequence[Link]) -> None:
        """Write these; one that is there keeps its revocation."""


class Mailer(Protocol):
    """The way out."""

    def send(self, raw: bytes, recipient: str, tags: Mapping[str, str]) -> str:
        """Send the mail to this one address, in one attempt; SES's message id. Raises SendError."""


class Notices(Protocol):
    """The notice topic."""

    def publish(self, notice: Notice) -> None:
        """Tell it."""


@dataclass(frozen=True)
class Time:
    """The clock, the function's deadline (both seconds since 1970), and a way to wait for some seconds."""

    now: Callable[[], float]
    deadline: float
    sleep: Callable[[float], None]

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - self.now()
