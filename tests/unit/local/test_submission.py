"""The submission door, knocked at by smtplib, and by hand where smtplib is too well-behaved."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from mailroom.local.engine.protocol.messages import ServiceError
from mailroom.local.engine.ses import identities, sending
from mailroom.local.engine.ses.state import Region, Ses
from mailroom.local.smtp import replies, submission
from mailroom.smtp_password import smtp_password
from tests.unit.local.conftest import Doors
from tests.unit.local.dns.asking import unstamped

MESSAGE = "From: me@mail.example\r\nTo: a@far.example\r\nSubject: s\r\n{more}\r\nhello\r\n"
KEY, SECRET = "AKIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
UNVERIFIED = ssl._create_unverified_context()  # noqa: S323 - the certificate was made a moment ago
PASSWORD = smtp_password(SECRET, "eu-west-1")


@pytest.fixture(autouse=True)
def known(region: Region, backend: Any) -> None:
    """mail.example may send; the IAM user of the access key is there."""
    identities.new_identity(region, "mail.example")
    backend.secrets[KEY] = SECRET


@pytest.fixture
def session(doors: Doors) -> Any:
    """A session of the IAM user."""
    with doors.knock(doors.submission, login=(KEY, PASSWORD)) as client:
        yield client


def send(
    client: smtplib.SMTP, sender: str = "me@mail.example", to: Any = "a@far.example", more: str = ""
) -> str:
    """Send a message; the reply to it, or to the step that was refused."""
    try:
        client.mail(sender)
        for address in [to] if isinstance(to, str) else to:
            client.rcpt(address)
        code, words = client.data(MESSAGE.format(more=more))
    except smtplib.SMTPDataError as refused:
        code, words = refused.smtp_code, bytes(refused.smtp_error)
    return f"{code} {words.decode()}"


def test_the_greeting_is_that_of_ses(doors: Doors) -> None:
    """Host and software as SES names them; the rest says that this is the local one."""
    with socket.create_connection(("127.0.0.1", doors.submission), 20) as plain:
        assert plain.recv(1000).startswith(b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-LOCAL ")


def test_the_extensions_are_those_of_ses(doors: Doors) -> None:
    """Before and after STARTTLS: 8BITMIME, STARTTLS, AUTH PLAIN LOGIN, and no SIZE."""
    listed = b"email-smtp.amazonaws.com\n8BITMIME\nSTARTTLS\nAUTH PLAIN LOGIN\nOk"
    client = smtplib.SMTP("127.0.0.1", doors.submission, "sensor.example", 20)
    assert client.ehlo() == (250, listed)
    assert client.starttls(context=UNVERIFIED) == (220, b"Ready to start TLS")
    assert client.ehlo() == (250, listed)
    assert client.docmd("STARTTLS")[0] == 454
    assert client.quit() == (221, b"Bye")


@pytest.mark.parametrize(
    "command", ["AUTH LOGIN", "AUTH PLAIN AGEAYg==", "MAIL FROM:<me@mail.example>", "HELO x"]
)
def test_nothing_goes_before_starttls(doors: Doors, command: str) -> None:
    """530 in SES's words, whatever is tried in the clear."""
    with doors.knock(doors.submission, tls=False) as client:
        client.ehlo()
        assert client.docmd(command) == (530, b"Must issue a STARTTLS command first")


@pytest.mark.parametrize("login", ["LOGIN", "login", "PLAIN", "plain"])
def test_an_iam_user_logs_in(doors: Doors, ses: Ses, login: str) -> None:
    """By LOGIN and PLAIN, in any letters; the message is kept with the id that the reply names."""
    with doors.knock(doors.submission) as client:
        client.ehlo()
        if login.upper() == "PLAIN":
            said = client.docmd(
                "AUTH", f"{login} " + base64.b64encode(f"\0{KEY}\0{PASSWORD}".encode()).decode()
            )
        else:
            assert client.docmd("AUTH", login) == (334, base64.b64encode(b"Username:"))
            assert client.docmd(base64.b64encode(KEY.encode()).decode()) == (
                334,
                base64.b64encode(b"Password:"),
            )
            said = client.docmd(base64.b64encode(PASSWORD.encode()).decode())
        assert said == (235, b"Authentication successful.")
        reply = send(client)
    (sent,) = ses.mail.listing()
    assert reply == f"250 Ok {sent.id}"
    assert (sent.via, sent.caller, sent.source_ip) == ("smtp", KEY.lower(), "127.0.0.1")


@pytest.mark.parametrize(
    "login",
    [
        (KEY, "wrong"),
        (KEY, SECRET),
        (KEY, smtp_password(SECRET, "us-east-1")),
        ("AKIANOBODY", PASSWORD),
        ("mailroom", PASSWORD),
        ("mailroom", "wrong"),
        ("mäil", "wörd"),
    ],
)
def test_wrong_credentials_are_refused(doors: Doors, login: tuple[str, str]) -> None:
    """535: a wrong password, the secret key itself, another Region's password, an unknown user."""
    with doors.knock(doors.submission) as client:
        client.ehlo()
        said = client.docmd("AUTH", "PLAIN " + base64.b64encode("\0{}\0{}".format(*login).encode()).decode())
        assert said == (535, b"Authentication Credentials Invalid")
        assert client.mail("me@mail.example") == (530, b"Authentication required")


@pytest.mark.parametrize(
    ("said", "code"),
    [("CRAM-MD5", 504), ("", 501), ("PLAIN !", 501), ("PLAIN eA==", 501), ("LOGIN a b", 501)],
)
def test_logins_that_are_none(doors: Doors, said: str, code: int) -> None:
    """An unknown mechanism, none, and what is no base64 or no name and password."""
    with doors.knock(doors.submission) as client:
        client.ehlo()
        assert client.docmd("AUTH", said)[0] == code


def test_the_built_in_user_is_root(doors: Doors, backend: Any, ses: Ses) -> None:
    """Whom `mailroom local up` shows may do everything, and events name root."""
    backend.denied.add("ses:SendRawEmail")
    with doors.knock(doors.submission, login=("mailroom", "word")) as client:
        assert send(client).startswith("250 Ok 0102")
    assert ses.mail.listing()[0].caller == "root"


def test_iam_is_asked_as_for_a_raw_send(session: smtplib.SMTP, backend: Any) -> None:
    """One list of what is needed, for the API and for SMTP."""
    send(session, "back@mail.example", ["a@far.example", "hidden@far.example"])
    context = {
        "ses:FromAddress": "me@mail.example",
        "ses:FeedbackAddress": "back@mail.example",
        "ses:Recipients": ["a@far.example", "hidden@far.example"],
    }
    arn = "arn:aws:ses:eu-west-1:000000000000:identity/mail.example"
    assert backend.asked == [("ses:SendRawEmail", arn, context)] * 2  # the From address, and the envelope's


def test_a_user_whose_policy_forbids_it(session: smtplib.SMTP, backend: Any, ses: Ses) -> None:
    """554 Access denied, in SES's words and quotes; nothing is kept."""
    backend.denied.add("ses:SendRawEmail")
    assert send(session) == (
        "554 Access denied: User `arn:aws:iam::000000000000:user/u' is not authorized to perform "
        "`ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:000000000000:identity/mail.example'"
    )
    assert ses.mail.listing() == []


def test_a_configuration_set_that_is_not_allowed(session: smtplib.SMTP, backend: Any) -> None:
    """Sending in a configuration set needs it in the policy as well."""
    arn = "arn:aws:ses:eu-west-1:000000000000:configuration-set/news"
    backend.denied.add(arn)
    assert f"`{arn}'" in send(session, more="X-SES-CONFIGURATION-SET: news\r\n")


def test_a_key_that_is_switched_off_stops_at_once(session: smtplib.SMTP, backend: Any, ses: Ses) -> None:
    """In the middle of a session: the next message is refused."""
    assert send(session).startswith("250")
    del backend.secrets[KEY]
    assert send(session) == "535 Authentication Credentials Invalid"
    assert len(ses.mail.listing()) == 1


@pytest.mark.parametrize(
    ("sender", "to", "more", "reply"),
    [
        (
            "me@unknown.example", "a@far.example", "",
            "554 Message rejected: Email address is not verified. The following identities failed the check in region "
            "EU-WEST-1: me@unknown.example",
        ),
        ("me@mail.example", [f"a{n}@far.example" for n in range(51)], "",
         "554 Transaction failed: Recipient count exceeds 50."),
        ("me@mail.example", "a@far.example", "X-SES-CONFIGURATION-SET: gone\r\n",
         "554 Configuration Set does not exist: Configuration set <gone> does not exist."),
        ("me@mail.example", "a@far.example", "From: b@mail.example\r\n",
         "554 Transaction failed: Duplicate header 'From'."),
    ],
)  # fmt: skip
def test_what_ses_does_not_take(
    session: smtplib.SMTP, ses: Ses, sender: str, to: Any, more: str, reply: str
) -> None:
    """SES's codes and texts; nothing is kept."""
    assert send(session, sender, to, more) == reply
    assert ses.mail.listing() == []


@pytest.mark.parametrize(
    ("code", "message", "reply"),
    [
        ("SendingPausedException", "Paused.", "554 Message rejected: Paused."),
        ("MailFromDomainNotVerifiedException", "No MX.", "554 MAIL FROM domain not verified: No MX."),
        ("TooManyRequestsException", "Maximum sending rate exceeded.",
         "454 Throttling failure: Maximum sending rate exceeded."),
        ("LimitExceededException", "Daily message quota exceeded.",
         "454 Throttling failure: Daily message quota exceeded."),
        ("BadRequestException", "Bad\r\n250 Ok faked ü", "554 Transaction failed: Bad 250 Ok faked ?"),
    ],
)  # fmt: skip
def test_refusals_in_the_words_of_smtp(code: str, message: str, reply: str) -> None:
    """By their names in v2, always one line of ASCII."""
    assert replies.refusal(ServiceError(code, message)) == reply


def test_a_failure_inside_is_temporary(session: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch) -> None:
    """451, with nothing of what went wrong, and the session goes on."""
    monkeypatch.setattr(submission, "accept", None)
    assert send(session) == "451 Temporary service failure"
    monkeypatch.undo()
    assert send(session).startswith("250 Ok")


def test_a_message_that_is_too_large(
    doors: Doors, ses: Ses, session: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """552, by the size that MAIL names and by what comes; the next message is taken."""
    assert session.mail("me@mail.example", ["size=50000000"]) == (552, b"Message is too long.")
    assert session.mail("me@mail.example", [f"size={sending.MAXIMUM_BYTES_V2}"])[0] == 250
    session.rset()
    line = "x" * 998 + "\r\n"
    assert send(session, more="\r\n" + line * 42_000) == "552 Message is too long."
    assert send(session).startswith("250 Ok")
    assert len(ses.mail.listing()) == 1


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL FROM:<>", "501 Invalid MAIL FROM address provided"),
        ("MAIL FROM:<root>", "501 Invalid MAIL FROM address provided"),
        ("MAIL FROM:<ä@mail.example>", "501 Invalid MAIL FROM address provided"),
        ("MAIL FROM: me@mail.example", "250 Ok"),
        ("MAIL FROM:<me@mail.example> BODY=8BITMIME", "250 Ok"),
        ("RCPT TO:<a@far.example>", "503 Error: need MAIL command"),
        ("DATA", "503 Error: need RCPT command"),
        ("NOOP", "250 Ok"),
        ("RSET", "250 Ok"),
        ("BOGUS", '500 Error: command "BOGUS" not recognized'),
        ("AUTH LOGIN", "503 Already authenticated"),
    ],
)
def test_commands(session: smtplib.SMTP, command: str, reply: str) -> None:
    """What is answered to a command after the login."""
    session.send((command + "\r\n").encode())
    code, words = session.getreply()
    assert f"{code} {words.decode()}" == reply


@pytest.mark.parametrize("address", ["nobody", "<nobody>", "<>", "<ä@far.example>"])
def test_recipients_that_are_none(session: smtplib.SMTP, address: str) -> None:
    """501 in SES's words."""
    session.mail("me@mail.example")
    session.send(f"RCPT TO:{address}\r\n".encode())
    assert session.getreply() == (501, b"Invalid RCPT TO address provided")


def test_recipients_have_a_bound(session: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than any message could have are not even listened to."""
    monkeypatch.setattr(submission, "MAXIMUM_RCPT", 2)
    session.mail("me@mail.example")
    codes = [session.rcpt(f"a{number}@far.example")[0] for number in range(3)]
    assert codes == [250, 250, 452]


def test_ses_s_own_headers_are_taken_out(session: smtplib.SMTP, ses: Ses) -> None:
    """No recipient sees them."""
    send(session, more="X-SES-MESSAGE-TAGS: a=1, b=2\r\n")
    (sent,) = ses.mail.listing()
    assert unstamped(ses.mail.raw(sent.id) or b"") == MESSAGE.format(more="").encode()


def test_a_contact_list_that_a_header_names_is_obeyed(
    session: smtplib.SMTP, ses: Ses, client: Callable[..., Any]
) -> None:
    """The mail has the link to unsubscribe, who has done so gets none, and a list that is not there is refused."""
    sesv2 = client("sesv2")
    sesv2.create_contact_list(ContactListName="people")
    named = "X-SES-LIST-MANAGEMENT-OPTIONS: people\r\n"
    assert send(session, more=named).startswith("250 Ok")
    (address,) = (one["EmailAddress"] for one in sesv2.list_contacts(ContactListName="people")["Contacts"])
    sesv2.update_contact(ContactListName="people", EmailAddress=address, UnsubscribeAll=True)
    assert send(session, more=named).startswith("250 Ok")
    first, second = (one for one in ses.mail.listing() if one.via == "smtp")
    assert (first.suppressed, second.suppressed) == ((), (address,))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in (ses.mail.raw(first.id) or b"")
    assert send(session, more=named.replace("people", "nobody")).startswith("554")


def test_the_default_configuration_set_is_used(
    session: smtplib.SMTP, ses: Ses, region: Region, client: Callable[..., Any]
) -> None:
    """Where no header names one, the identity's."""
    client("sesv2").create_configuration_set(ConfigurationSetName="usual")
    region.identities["mail.example"]["ConfigurationSetName"] = "usual"
    assert send(session).startswith("250 Ok")
    assert ses.mail.listing()[0].configuration_set == "usual"


class TestLimits:
    """A door that waits a moment only, and holds one session."""

    @pytest.fixture
    def door_limits(self) -> dict[str, Any]:
        return {"idle": 0.3, "most": 1}

    def test_an_idle_session_is_closed(self, doors: Doors) -> None:
        """With SES's words."""
        client = doors.knock(doors.submission)
        assert client.getreply() == (451, b"4.4.2 Timeout waiting for data from client.")
        assert client.file is not None
        assert client.file.readline() == b""

    def test_a_second_session_is_one_too_many(self, doors: Doors) -> None:
        """421, and the first goes on; once it has ended there is room."""
        with doors.knock(doors.submission) as first:
            with pytest.raises(smtplib.SMTPConnectError) as refused:
                doors.knock(doors.submission)
            assert (refused.value.smtp_code, refused.value.smtp_error) == (
                421,
                b"Too many concurrent SMTP connections",
            )
            assert first.noop()[0] == 250
            first.quit()
            assert first.sock is None
        doors.knock(doors.submission).quit()
