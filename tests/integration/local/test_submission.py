"""The submission door as strangers use it: swaks, openssl and smtplib, with the SMTP passwords of IAM users."""

from __future__ import annotations

import base64
import json
import shutil
import smtplib
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from mailroom.local.cloud import LocalCloud
from mailroom.smtp_password import smtp_password

pytestmark = pytest.mark.integration

IDENTITY = "arn:aws:ses:eu-west-1:000000000000:identity/mail.example"
MESSAGE = "From: crm@mail.example\nTo: a@far.example\nSubject: typed\n\nhello\n"
needs_swaks = pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not installed (apt)")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
ACCEPTED = "250 Ok 0102"
DENIED = (
    "554 Access denied: User `arn:aws:iam::000000000000:user/mailroom/crm' is not authorized to perform "
    f"`ses:SendRawEmail' on resource `{IDENTITY}'"
)


@dataclass
class User:
    """An IAM user with an access key, and what SMTP makes of it."""

    iam: Any
    cloud: LocalCloud
    name: str
    key: str
    secret: str

    @property
    def login(self) -> tuple[str, str]:
        return self.key, smtp_password(self.secret, self.cloud.region)

    def may(self, **condition: dict[str, Any]) -> None:
        """Let the user send from mail.example, under a condition."""
        statement = {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": IDENTITY,
            "Condition": condition,
        }
        self.iam.put_user_policy(
            UserName=self.name,
            PolicyName="p",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def knock(self) -> smtplib.SMTP:
        """A session as a stranger begins it; the certificate is the cloud's own."""
        client = smtplib.SMTP(self.cloud.submission["host"], self.cloud.submission["port"], timeout=30)
        client.starttls(context=ssl.create_default_context(cafile=f"{self.cloud.state}/smtp-certificate.pem"))
        return client

    def send(self, sender: str = "crm@mail.example", to: Any = "a@far.example", text: str = MESSAGE) -> str:
        """Log in and send by smtplib; what the door said to the message."""
        with self.knock() as client:
            client.login(*self.login)
            client.mail(sender)
            for address in [to] if isinstance(to, str) else to:
                client.rcpt(address)
            code, words = client.data(text)
        return f"{code} {words.decode()}"


@pytest.fixture(scope="module")
def crm(hands: Any, own: LocalCloud) -> User:
    """An IAM user; mail.example may send."""
    hands.client("sesv2").create_email_identity(EmailIdentity="mail.example")
    iam = hands.client("iam")
    iam.create_user(UserName="crm", Path="/mailroom/")
    key = iam.create_access_key(UserName="crm")["AccessKey"]
    return User(iam, own, "crm", key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture(autouse=True)
def allowed(crm: User) -> None:
    """The user may send as crm@mail.example, unless a test says otherwise."""
    crm.may(StringLike={"ses:FromAddress": "crm@mail.example"})


def sent(cloud: LocalCloud) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{cloud.aws}/_mailroom/inbox.json", timeout=10) as answer:
        return json.load(answer)


def swaks(user: User, *arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
    door = user.cloud.submission
    return subprocess.run(
        ["swaks", "--server", door["host"], "--port", str(door["port"]), "--auth-user", user.login[0],
         "--auth-password", password or user.login[1], "--to", "a@far.example", "--from", "crm@mail.example",
         "--h-From", "crm@mail.example", "--timeout", "30", *arguments],
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip


@needs_swaks
@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
def test_swaks_sends(crm: User, own: LocalCloud, mechanism: str) -> None:
    """STARTTLS, AUTH, a message: taken, and kept as sent by that user."""
    done = swaks(crm, "--tls", "--auth", mechanism)
    assert (done.returncode, ACCEPTED in done.stdout) == (0, True), done.stdout
    assert sent(own)[-1]["caller"] == "crm"


@needs_swaks
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--auth", "LOGIN"], 28, "<** 530 Must issue a STARTTLS command first"),
        (["--tls"], 23, "530 Authentication required"),
        (["--tls", "--auth", "PLAIN", "--auth-password", "wrong"], 28, "535 Authentication Credentials Invalid"),
        (["--tls", "--auth", "--from", "x@other.example", "--h-From", "x@other.example"], 26, "554 Access denied"),
    ],
)  # fmt: skip
def test_swaks_is_refused(crm: User, own: LocalCloud, arguments: list[str], code: int, words: str) -> None:
    """In the clear, without a login, with a wrong password, as somebody else: SES's words, swaks's exit codes."""
    before = len(sent(own))
    if "--auth" not in arguments:
        door = own.submission
        done = subprocess.run(
            ["swaks", "--server", f"{door['host']}:{door['port']}", "--to", "a@far.example", "--from", "crm@mail.example",
             *arguments], capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
    else:
        done = swaks(crm, *arguments)
    assert words in done.stdout, done.stdout
    assert done.returncode == code, done.stdout
    assert len(sent(own)) == before


@needs_openssl
def test_the_session_that_aws_publishes_goes_through_a_pipe(crm: User, own: LocalCloud) -> None:
    """input.txt of the developer guide ("Using the command line to send email"), word for word but the names."""
    hello, word = (base64.b64encode(one.encode()).decode() for one in crm.login)
    lines = [
        "EHLO mail.example",
        "AUTH LOGIN",
        hello,
        word,
        "MAIL FROM: crm@mail.example",
        "RCPT TO: a@far.example",
        "DATA",
        "From: Sender Name <crm@mail.example>",
        "To: a@far.example",
        "Subject: Amazon SES SMTP Test",
        "",
        "This message was sent using the Amazon SES SMTP interface.",
        ".",
        "QUIT",
        "",
    ]
    door = own.submission
    done = subprocess.run(
        ["openssl", "s_client", "-crlf", "-quiet", "-starttls", "smtp", "-connect", f"{door['host']}:{door['port']}"],
        input="\n".join(lines), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    *dialogue, accepted, bye = done.stdout.splitlines()
    assert dialogue[-6:] == [
        "334 VXNlcm5hbWU6",
        "334 UGFzc3dvcmQ6",
        "235 Authentication successful.",
        "250 Ok",
        "250 Ok",
        "354 End data with <CR><LF>.<CR><LF>",
    ], done.stdout
    assert (accepted[: len(ACCEPTED)], bye) == (ACCEPTED, "221 Bye")


@pytest.mark.parametrize(
    ("sender", "to", "text", "reply"),
    [
        ("crm@mail.example", "a@far.example", MESSAGE, ACCEPTED),
        ("crm@mail.example", [f"a{n}@far.example" for n in range(50)], MESSAGE, ACCEPTED),
        ("crm@mail.example", [f"a{n}@far.example" for n in range(51)], MESSAGE,
         "554 Transaction failed: Recipient count exceeds 50."),
        ("crm@mail.example", "a@far.example", MESSAGE.replace("crm@", "ceo@"), DENIED),
        ("crm@mail.example", "a@far.example", "X-SES-CONFIGURATION-SET: news\n" + MESSAGE,
         DENIED.replace(IDENTITY, "arn:aws:ses:eu-west-1:000000000000:configuration-set/news")),
    ],
)  # fmt: skip
def test_smtplib(crm: User, sender: str, to: Any, text: str, reply: str) -> None:
    """What the user's policy allows is taken; a forged From and a foreign configuration set are not."""
    assert crm.send(sender, to, text).startswith(reply)


def test_an_unverified_sender(crm: User) -> None:
    """Who may send as anybody is told which identities SES does not know."""
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    crm.iam.put_user_policy(UserName="crm", PolicyName="p", PolicyDocument=document)
    assert crm.send("crm@other.example", text=MESSAGE.replace("mail.example", "other.example")) == (
        "554 Message rejected: Email address is not verified. The following identities failed the check in region "
        "EU-WEST-1: crm@other.example"
    )


@pytest.mark.parametrize(
    ("condition", "reply"),
    [
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, ACCEPTED),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, DENIED),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, DENIED),
        ({"Bool": {"aws:SecureTransport": "true"}}, ACCEPTED),
        ({"ForAllValues:StringLike": {"ses:Recipients": ["*@far.example"]}}, ACCEPTED),
        ({"ForAllValues:StringLike": {"ses:Recipients": ["*@near.example"]}}, DENIED),
        ({"StringEquals": {"ses:FeedbackAddress": "crm@mail.example"}}, ACCEPTED),
        ({"StringEquals": {"ses:FeedbackAddress": "bounces@mail.example"}}, DENIED),
        ({"StringEquals": {"ses:FromDisplayName": "CRM"}}, DENIED),
    ],
)
def test_conditions_decide(crm: User, condition: dict[str, Any], reply: str) -> None:
    """By where it comes from, to whom, and under which names, the emulator's IAM says yes or no."""
    crm.may(**condition)
    assert crm.send().startswith(reply)


def test_sending_authorization_by_the_identity_s_policy(crm: User, hands: Any) -> None:
    """A policy on the identity that names the user does without one on the user; a Deny there wins over all."""
    ses = hands.client("sesv2")
    crm.iam.delete_user_policy(UserName="crm", PolicyName="p")
    assert crm.send() == DENIED
    statement = {"Action": ["SES:SendRawEmail"], "Resource": IDENTITY}
    named = {"AWS": "arn:aws:iam::000000000000:user/mailroom/crm"}

    def put(effect: str, principal: Any) -> None:
        document = hands.document({**statement, "Effect": effect, "Principal": principal})
        ses.delete_email_identity_policy(EmailIdentity="mail.example", PolicyName="d")
        ses.create_email_identity_policy(EmailIdentity="mail.example", PolicyName="d", Policy=document)

    put("Allow", named)
    assert crm.send().startswith(ACCEPTED)
    put("Allow", {"AWS": "arn:aws:iam::000000000000:user/other"})
    assert crm.send() == DENIED
    put("Deny", "*")
    crm.may()
    assert crm.send() == DENIED
    ses.delete_email_identity_policy(EmailIdentity="mail.example", PolicyName="d")
    assert crm.send().startswith(ACCEPTED)


@pytest.fixture
def second_key(crm: User) -> Iterator[User]:
    key = crm.iam.create_access_key(UserName="crm")["AccessKey"]
    yield User(crm.iam, crm.cloud, "crm", key["AccessKeyId"], key["SecretAccessKey"])
    crm.iam.delete_access_key(UserName="crm", AccessKeyId=key["AccessKeyId"])


def test_a_key_that_is_switched_off_stops_at_once(second_key: User) -> None:
    """In the middle of a session too; the user's other key goes on."""
    with second_key.knock() as client:
        client.login(*second_key.login)
        client.sendmail("crm@mail.example", "a@far.example", MESSAGE)
        second_key.iam.update_access_key(UserName="crm", AccessKeyId=second_key.key, Status="Inactive")
        with pytest.raises(smtplib.SMTPDataError, match="535"):
            client.sendmail("crm@mail.example", "a@far.example", MESSAGE)
    with second_key.knock() as client, pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        client.login(*second_key.login)


def test_temporary_credentials_are_no_smtp_credentials(crm: User, hands: Any) -> None:
    """Neither a role's session nor a user's: AWS documents that their passwords are refused."""
    sessions = [hands.client("sts", crm.key, crm.secret).get_session_token()["Credentials"]]
    hands.role_with("temporary")
    arn = "arn:aws:iam::000000000000:role/temporary"
    sessions.append(hands.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"])
    for one in sessions:
        temporary = User(crm.iam, crm.cloud, "crm", one["AccessKeyId"], one["SecretAccessKey"])
        with temporary.knock() as client, pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
            client.login(*temporary.login)


def test_the_api_knows_its_callers_as_well(crm: User, hands: Any, own: LocalCloud) -> None:
    """A user, a role's session and root: each is named as SES's tag ses:caller-identity names them."""
    raw = {"Content": {"Raw": {"Data": MESSAGE.encode()}}, "Destination": {"ToAddresses": ["a@far.example"]}}
    hands.client("sesv2", crm.key, crm.secret).send_email(**raw)
    hands.client("sesv2").send_email(**raw)
    role = hands.role_with("sends", {"Effect": "Allow", "Action": "ses:*", "Resource": "*"})
    one = hands.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    session = boto3.Session(one["AccessKeyId"], one["SecretAccessKey"], one["SessionToken"], own.region)
    session.client("sesv2", endpoint_url=own.aws).send_email(**raw)
    assert [(one["caller"], one["source_ip"]) for one in sent(own)[-3:]] == [
        ("crm", "127.0.0.1"),
        ("root", "127.0.0.1"),
        ("sends", "127.0.0.1"),
    ]


def test_the_built_in_user_still_sends(own: LocalCloud) -> None:
    """Whom `mailroom local up` shows is root by another name."""
    door = own.submission
    with smtplib.SMTP(door["host"], door["port"]) as client:
        client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - made when the cloud started
        client.login(door["username"], door["password"])
        client.sendmail("anybody@mail.example", "a@far.example", MESSAGE.replace("crm", "anybody"))
    assert sent(own)[-1]["caller"] == "root"
