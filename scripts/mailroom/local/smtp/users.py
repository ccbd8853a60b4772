"""Who may log in at the submission door: IAM users with their SMTP passwords, and the built-in user."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailroom.smtp_password import smtp_password

from ..adapter.backend import Check, SmtpUser
from ..engine.ses.callers import Caller

LOGGED_IN = "235 Authentication successful."
WRONG = "535 Authentication Credentials Invalid"


@dataclass(frozen=True)
class Credentials:
    """The built-in user, as `mailroom local up` shows it: another name for the account's root."""

    username: str
    password: str = field(repr=False)


class Directory(Protocol):
    """Where IAM users are looked up: the backend."""

    def smtp_user(self, access_key: str, region: str, source_ip: str) -> SmtpUser | None:
        """See adapter.backend.Backend.smtp_user."""


@dataclass(frozen=True)
class Known:
    """A user of the door, now: the password that is right, who they are, and what asks IAM for them."""

    password: str = field(repr=False)
    caller: Caller
    check: Check


class Users:
    """All users of the door in one Region."""

    def __init__(self, built_in: Credentials, directory: Directory, region: str) -> None:
        self.built_in = built_in
        self.directory = directory
        self.region = region

    def find(self, username: str, source_ip: str) -> Known | None:
        """The user of this name as IAM has it at this moment; None where there is none (any more)."""
        if username == self.built_in.username:
            return Known(self.built_in.password, Caller("root", source_ip), _everything)
        user = self.directory.smtp_user(username, self.region, source_ip)
        if user is None:
            return None
        return Known(smtp_password(user.secret, self.region), user.caller, user.check)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """aiosmtpd's authenticator: LOGIN and PLAIN. What is remembered of the session is the name alone:
        each message asks again, so that a key that was switched off is."""
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False, message=WRONG)
        username = data.login.decode("ascii", "replace")
        known = self.find(username, peer_of(session))
        if known is None or not hmac.compare_digest(data.password, known.password.encode()):
            return AuthResult(success=False, handled=False, message=WRONG)
        return AuthResult(success=True, auth_data=username, message=LOGGED_IN)


def peer_of(session: Session) -> str:
    """The address that a session comes from."""
    return str(session.peer[0]) if session.peer else "127.0.0.1"


def _everything(action: str, resource: str, context: dict[str, Any], policies: Any = ()) -> None:
    """The check of the account's root: nothing is refused."""
