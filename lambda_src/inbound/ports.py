"""What the process needs from outside, as small interfaces, and the plain values that go through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lambda_src.shared.links_table import Link

if TYPE_CHECKING:  # The function `settle` comes by here too, and needs none of the MIME code.
    from lambda_src.inbound.attachments import Sink

PENDING, SENDING, SENT, DOUBTFUL, REFUSED = "pending", "sending", "sent", "doubtful", "refused"
OPEN, DONE, NOTICED = "open", "done", "noticed"


class NotFinished(Exception):
    """The queue's message must come back: the text says why. What was done stays recorded in the ledger.

    `again_at` (seconds since 1970): before it another try is of no use. `exact`: it comes back just then, and
    else after the growing pause, where that is later.
    """

    exact = False

    def __init__(self, why: str, again_at: float = 0) -> None:
        super().__init__(why)
        self.again_at = again_at


class Busy(NotFinished):
    """Another worker has this mail; `again_at` is when its lease ends."""

    exact = True


class NoTime(NotFinished):
    """The mails before it in the batch took the time: it comes back at once, untouched."""

    exact = True


class NotItsTurn(NotFinished):
    """The sending rate has no place for this mail yet; `turn` (ms since 1970) is the one reserved."""

    exact = True

    def __init__(self, why: str, turn: int, again_at: float) -> None:
        super().__init__(why, again_at)
        self.turn = turn


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
    """One recipient's line in the ledger; `number` counts from 1, as does `generation`."""

    number: int
    address: str
    state: str = PENDING
    generation: int = 1


@dataclass(frozen=True)
class Claim:
    """A mail that is ours until the lease ends, or one that is finished (`state` done or noticed).

    `recipients` are those of this `generation`, None until they were planned. `turn` (ms since 1970) is the
    place in the row of all sends that an earlier run reserved, or 0. `released`: an operator wants it sent on
    whatever SES's verdicts are.
    """

    state: str
    seed: bytes = b""
    recipients: tuple[Recipient, ...] | None = None
    generation: int = 1
    turn: int = 0
    released: bool = False


@dataclass(frozen=True)
class Notice:
    """What the notice topic is told: `words` and `links` for people, one paragraph and one link a line.

    The others go along as message attributes too; `text` is the mail's own, empty unless a setting shows it.
    """

    reason: str
    words: str
    sender: str
    title: str
    object_key: str
    links: tuple[str, ...] = ()
    text: str = ""


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

    def copy_raw(self, mail: Mail, key: str) -> None:
        """Put the whole raw message beside the attachments under `key`, without reading it."""


class Ledger(Protocol):
    """Who works on a mail, and how far each recipient is. Every change is conditional on the state before.

    Times are whole seconds since 1970.
    """

    def claim(self, mail: str, owner: str, now: int, until: int) -> Claim:
        """Take the mail until `until`. Raises Busy."""

    def renew(self, mail: str, owner: str, now: int, until: int) -> bool:
        """Keep the mail until `until`; False when another worker has taken it over."""

    def plan(
        self, mail: str, owner: str, addresses: Sequence[str], generation: int, now: int
    ) -> tuple[Recipient, ...]:
        """Write down the recipients, all or none of them. Raises Busy when the claim is lost."""

    def move(
        self, mail: str, owner: str, recipient: Recipient, state: str, now: int, ses_message_id: str = ""
    ) -> bool:
        """Put a recipient from its state into another one; False when somebody else moved it before."""

    def state_of(self, mail: str, recipient: Recipient) -> str:
        """The state that the recipient is in now."""

    def finish(self, mail: str, owner: str, state: str, now: int, reason: str = "") -> None:
        """The mail is done or noticed. Raises Busy when another worker has taken it over."""

    def release(self, mail: str, owner: str, now: int, turn: int = 0) -> None:
        """Give the claim back, so that the next try need not wait for its end; `turn` is kept for it."""


class Turns(Protocol):
    """The row of all sends, of all workers: each has its place, so many a second."""

    interval: float  # milliseconds from one place to the next

    def reserve(self, count: int, now: int, latest: int) -> int | None:
        """The time of the first of `count` places in a row; None when it would be after `latest` (ms)."""


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
