"""A worker's hold on one mail: short, renewed on the way, so that a dead worker is soon succeeded."""

from collections.abc import Callable

from lambda_src.inbound.ports import Busy, Claim, Ledger, Time

LEASE_SECONDS = 15
# Most mails are done before: they cost no call for it.
RENEWED_AFTER_SECONDS = 5


class Lease:
    """The claim of one worker. Whoever passes by a `keep` renews it, at most every few seconds."""

    def __init__(self, ledger: Ledger, mail: str, owner: str, time: Time) -> None:
        self.mail = mail
        self.owner = owner
        self._ledger = ledger
        self._time = time
        self._renewed_at = 0.0

    def claim(self) -> Claim:
        """Take the mail. Raises Busy."""
        self._renewed_at = self._time.now()
        return self._ledger.claim(self.mail, self.owner, int(self._renewed_at), self._end())

    def keep(self) -> None:
        """Still at it. Raises Busy when this worker stood still for so long that another took over."""
        now = self._time.now()
        if now < self._renewed_at + RENEWED_AFTER_SECONDS:
            return
        self._renewed_at = now
        if not self._ledger.renew(self.mail, self.owner, int(now), self._end()):
            raise Busy("another worker took this mail over", now + LEASE_SECONDS)

    def reading(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """`read`, which keeps the lease as it goes on."""

        def kept(size: int) -> bytes:
            self.keep()
            return read(size)

        return kept

    def sleep(self, seconds: float) -> None:
        """Wait, and keep the lease meanwhile."""
        end = self._time.now() + seconds
        while (left := end - self._time.now()) > 0:
            self._time.sleep(min(left, RENEWED_AFTER_SECONDS))
            self.keep()

    def release(self, turn: int = 0) -> None:
        """Give the mail back."""
        self._ledger.release(self.mail, self.owner, int(self._time.now()), turn)

    def _end(self) -> int:
        """Never after the function's deadline: nobody works on then."""
        return int(min(self._time.deadline, self._renewed_at + LEASE_SECONDS))
