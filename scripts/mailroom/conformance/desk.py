"""Where the cases are asked: one account and Region, with names that nobody else has."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailroom.environment import LOCAL, Environment
from mailroom.leavings import Leavings
from mailroom.sending.smtp_door import Door

if TYPE_CHECKING:
    from mailroom.conformance.simulator import Listener

SIMULATOR = "success@simulator.amazonses.com"


def raw(sender: str, headers: str = "") -> str:
    """A short message to the simulator; `headers` are more header lines."""
    return f"From: {sender}\r\nTo: {SIMULATOR}\r\n{headers}Subject: conformance\r\n\r\na\r\n"


class Desk:
    """Clients that ask once, this run's names, and what has to go afterwards."""

    def __init__(self, environment: Environment, local_name: str, leavings: Leavings) -> None:
        self.environment, self.local_name, self.leavings = environment, local_name, leavings
        token = secrets.token_hex(4)
        self.name = f"mailroom-conformance-{token}"
        self.region = environment.output("region")
        self.account = environment.output("account_id")
        self.domain = environment.output("sender_address").rpartition("@")[2]
        self.sender = f"conformance-{token}@{self.domain}"
        self.stranger = f"stranger-{token}.example.com"
        """A domain that SES does not know."""
        self.token = token
        self.login: tuple[str, str] | None = None
        """SMTP user name and password, once a case has needed them."""
        self.listener: Listener | None = None
        """Who hears the simulator's events, likewise."""

    @property
    def names(self) -> dict[str, str]:
        """What stands for the names of this run in expected words."""
        return {
            "NAME": self.name, "SENDER": self.sender, "STRANGER": self.stranger,
            "REGION": self.region.upper(), "ACCOUNT": self.account,
        }  # fmt: skip

    @cached_property
    def v1(self) -> Any:
        """SES's first API."""
        return self.environment.client("ses", retries={"total_max_attempts": 1})

    @cached_property
    def v2(self) -> Any:
        """SES's second API."""
        return self.environment.client("sesv2", retries={"total_max_attempts": 1})

    @cached_property
    def door(self) -> Door:
        """The submission door."""
        return Door.of(self.environment, self.local_name)

    @cached_property
    def _pause(self) -> float:
        """Seconds between two mails, for the account's rate (in the sandbox one a second)."""
        rate = float(self.v2.get_account()["SendQuota"]["MaxSendRate"])
        return 0.0 if self.environment.name == LOCAL or rate <= 0 else 1.1 / rate

    def pause(self) -> None:
        """Wait as long as the account's sending rate wants."""
        time.sleep(self._pause)

    @contextmanager
    def made(
        self, what: str, by_hand: str, make: Callable[[], Any], remove: Callable[[], Any]
    ) -> Iterator[Any]:
        """A thing for one case: made, and taken away after it, or at the end where that fails."""
        self.leavings.add(what, by_hand, remove)
        yield make()
        self.leavings.remove(what)
