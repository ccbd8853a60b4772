"""The submission door: its replies, without a login and with credentials made for this run."""

import smtplib
from collections.abc import Callable
from contextlib import suppress

from mailroom.conformance.case import Answer, Case
from mailroom.conformance.desk import SIMULATOR, Desk, raw
from mailroom.sending.smtp_create import COMMAND, Creation
from mailroom.sending.smtp_policy import Wish

_CODES = "developer guide, SMTP response codes returned by Amazon SES"
_CONNECT = "developer guide, Using the command line to send email using the SMTP interface"
TIMEOUT_SECONDS = 30.0


def _at_door(desk: Desk, ask: Callable[[smtplib.SMTP], tuple[int, bytes]], *, tls: bool = True) -> Answer:
    """What the door replies; after STARTTLS where `tls`."""
    with smtplib.SMTP(desk.door.host, desk.door.port, timeout=TIMEOUT_SECONDS) as smtp:
        if tls:
            smtp.starttls(context=desk.door.context)
        smtp.ehlo()
        try:
            code, words = ask(smtp)
        except smtplib.SMTPResponseException as problem:
            code, words = problem.smtp_code, problem.smtp_error  # type: ignore[assignment]
        answer = Answer(str(code), words.decode() if isinstance(words, bytes) else str(words))
        with suppress(smtplib.SMTPException):
            smtp.quit()
    return answer


def _extensions(desk: Desk) -> Answer:
    with smtplib.SMTP(desk.door.host, desk.door.port, timeout=TIMEOUT_SECONDS) as smtp:
        code, _ = smtp.ehlo()
        return Answer(
            str(code),
            ", ".join(sorted(f"{name} {value}".strip() for name, value in smtp.esmtp_features.items())),
        )


def _with_login(desk: Desk, sender: str, headers: str = "") -> Answer:
    """What the door says to a mail to the simulator, sent as this run's sender may."""

    def send(smtp: smtplib.SMTP) -> tuple[int, bytes]:
        smtp.login(*_credentials(desk))
        desk.pause()
        smtp.mail(sender)
        smtp.rcpt(SIMULATOR)
        return smtp.data(raw(sender, headers))

    return _at_door(desk, send)


def _credentials(desk: Desk) -> tuple[str, str]:
    """Made at the first use, taken away at the end of the run."""
    if desk.login is None:
        name = f"conf-{desk.token}"
        creation = Creation(desk.environment, desk.local_name, name)
        plan = creation.plan(Wish.of([desk.sender], [], [], []))
        desk.leavings.add(
            f"SMTP credentials of {plan.user}",
            f"{COMMAND} delete {name} --env {desk.environment.name}",
            lambda: creation.users.remove(plan.user),
        )
        shown: dict[str, str] = {}
        creation.carry_out(plan, shown.update)
        desk.login = shown["username"], shown["password"]
    return desk.login


CASES = (
    Case("what EHLO offers", _extensions, Answer("250", "8bitmime, auth *PLAIN LOGIN, *starttls*"), _CONNECT),
    Case(
        "mail before STARTTLS",
        lambda desk: _at_door(desk, lambda smtp: smtp.mail(desk.sender), tls=False),
        Answer("530", "Must issue a STARTTLS command first"),
        _CODES,
    ),
    Case(
        "mail without a login",
        lambda desk: _at_door(desk, lambda smtp: smtp.mail(desk.sender)),
        Answer("530", "Authentication required"),
        _CODES,
    ),
    Case(
        "a login with a wrong password",
        lambda desk: _at_door(desk, lambda smtp: smtp.login("AKIAIOSFODNN7EXAMPLE", "wrong")),
        Answer("535", "Authentication Credentials Invalid"),
        _CODES,
    ),
    Case(
        "a mail that is taken",
        lambda desk: _with_login(desk, desk.sender),
        Answer("250", "Ok *"),
        _CODES,
        mails=1,
    ),
    Case(
        "another sender than the user's policy allows",
        lambda desk: _with_login(desk, f"x{desk.sender}"),
        Answer(
            "554",
            "Access denied: User `arn:*' is not authorized to perform `ses:SendRawEmail' on resource `arn:*'",
        ),
        _CODES,
    ),
    Case(
        "a configuration set that is not there",
        lambda desk: _with_login(desk, desk.sender, f"X-SES-CONFIGURATION-SET: {desk.name}\r\n"),
        Answer("554"),
        _CODES,
    ),
)
