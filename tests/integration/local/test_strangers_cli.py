"""The local SES as a stranger's AWS CLI meets it, by `--endpoint-url`: the commands of AWS's guide and of the CLI's
own help, as they are typed, and what the CLI says when something is wrong.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from mailroom import paths
from mailroom.local.cloud import LocalCloud
from mailroom.local.reader import Reader

from .test_strangers_boto3 import lacking, open_topic

PUBLISHED = Path(__file__).parent / "published"
OWN_AWS = paths.CLONE / "build" / "venv-awscli" / "bin" / "aws"
AWS = str(OWN_AWS) if OWN_AWS.exists() else shutil.which("aws")
HELP = sorted(OWN_AWS.parent.parent.glob("lib/python*/site-packages/awscli/examples/ses/*.rst"))

pytestmark = pytest.mark.skipif(
    AWS is None, reason="the AWS CLI is not installed: pip install awscli, or put `aws` on the PATH"
)


class Cli:
    """Runs `aws …` against the local cloud, in a folder of its own."""

    def __init__(self, cloud: LocalCloud, folder: Path) -> None:
        self.cloud = cloud
        self.folder = folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        mine = {
            "AWS_ACCESS_KEY_ID": self.cloud.root_key,
            "AWS_SECRET_ACCESS_KEY": self.cloud.root_key,
            "AWS_DEFAULT_REGION": self.cloud.region,
            "AWS_CONFIG_FILE": str(self.folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "AWS_MAX_ATTEMPTS": "1",
        }
        assert AWS is not None
        return subprocess.run(
            [AWS, "--endpoint-url", self.cloud.aws, "--output", "json", *arguments],
            cwd=self.folder, env={**kept, **mine}, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def __call__(self, command: str, **more: str) -> Any:
        """The answer to a command as it is typed after `aws`; file://NAME.json is one of published/."""
        command = re.sub(r"file://(v\d-)", rf"file://{PUBLISHED}/\1", command)
        options = [part for name, value in more.items() for part in (f"--{name.replace('_', '-')}", value)]
        done = self.run(*shlex.split(command), *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    def fails(self, command: str) -> str:
        """What the CLI says of a command that is refused."""
        done = self.run(*shlex.split(command))
        assert done.returncode != 0, done.stdout
        return done.stderr.strip()

    def message(self, message_id: str) -> EmailMessage:
        """A message that was sent."""
        raw = Reader(self.cloud.name).raw(message_id)
        return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))

    def sent(self, message_id: str) -> dict[str, Any]:
        """What the inbox lists of it."""
        return Reader(self.cloud.name).find(message_id)


@pytest.fixture
def aws(own: LocalCloud, hands: Any, tmp_path: Path) -> Cli:
    """The CLI; who is at example.com may send."""
    hands.client("ses").verify_domain_identity(Domain="example.com")
    return Cli(own, tmp_path)


@pytest.fixture
def configuration_set(aws: Cli, hands: Any) -> None:
    """The guide's ConfigSet."""
    sets = hands.client("sesv2").list_configuration_sets()["ConfigurationSets"]
    if "ConfigSet" not in sets:
        hands.client("sesv2").create_configuration_set(ConfigurationSetName="ConfigSet")


def texts(message: EmailMessage) -> list[str]:
    """The text parts of a message, line ends as in Python."""
    parts = (part for part in message.walk() if not part.is_multipart())
    return [part.get_content().strip().replace("\r\n", "\n") for part in parts]


def test_the_guide_to_templates_works_as_typed(aws: Cli, configuration_set: None) -> None:
    """Version 2: a template is made, tried, sent to one and to many, from the store and inline, and deleted."""
    aws("sesv2 create-email-template --cli-input-json file://v2-template.json")
    listed = aws("sesv2 list-email-templates")["TemplatesMetadata"]
    assert [one["TemplateName"] for one in listed] == ["MyTemplate"]
    rendered = aws(
        "sesv2 test-render-email-template --template-name MyTemplate",
        template_data='{"name": "Ann", "favoriteanimal": "ant"}',
    )["RenderedTemplate"]
    assert "Subject: Greetings, Ann!" in rendered
    for name in ("v2-email-stored.json", "v2-email-inline.json"):
        answer = aws(f"sesv2 send-email --cli-input-json file://{name}")
        assert texts(aws.message(answer["MessageId"])) == [
            "Dear Alejandro,\nYour favorite animal is alligator.",
            "<h1>Hello Alejandro,</h1><p>Your favorite animal is alligator.</p>",
        ]
    results = aws("sesv2 send-bulk-email --cli-input-json file://v2-bulk-stored.json")[
        "BulkEmailEntryResults"
    ]
    assert [one["Status"] for one in results] == ["SUCCESS"] * 4
    subjects = [aws.sent(one["MessageId"])["subject"] for one in results]
    assert subjects == [f"Greetings, {name}!" for name in ("Anaya", "Liu", "Shirley", "friend")]
    aws("sesv2 delete-email-template --template-name MyTemplate")
    assert "NotFoundException" in aws.fails("sesv2 get-email-template --template-name MyTemplate")


def test_the_guide_to_advanced_personalization_works_as_typed(aws: Cli, configuration_set: None) -> None:
    """Version 1, with conditions and loops: who has interests gets a list of them, who has none another text."""
    aws("ses create-template --cli-input-json file://v1-template.json")
    answer = aws("ses send-templated-email --cli-input-json file://v1-email.json")
    assert aws.sent(answer["MessageId"])["subject"] == "Subscription Preferences for Alejandro Rosalez"
    statuses = aws("ses send-bulk-templated-email --cli-input-json file://v1-bulk.json")["Status"]
    assert [one["Status"] for one in statuses] == ["Success", "Success"]
    anaya, shirley = (texts(aws.message(one["MessageId"])) for one in statuses)
    assert "subjects:\n- Sports\n- Cooking\nYou can change" in anaya[0]
    assert "<li>Sports</li>" in anaya[1]
    assert "Please update your subscription preferences" in shirley[0]
    assert "<ul>" not in shirley[1]
    aws("ses delete-template --template-name Preferences2")
    assert aws("ses list-templates")["TemplatesMetadata"] == []


def test_the_guide_to_lists_works_as_typed(aws: Cli) -> None:
    """A list, a contact, who is subscribed, and a mail that can be unsubscribed from."""
    aws("sesv2 create-contact-list --cli-input-json file://v2-contact-list.json")
    aws("sesv2 create-contact --cli-input-json file://v2-contact.json")
    contacts = aws("sesv2 list-contacts --cli-input-json file://v2-list-contacts.json")["Contacts"]
    assert [one["EmailAddress"] for one in contacts] == ["example@amazon.com"]
    answer = aws(
        "sesv2 send-email --from-email-address sender@example.com --destination ToAddresses=example@amazon.com "
        "--list-management-options ContactListName=ExampleContactListName,TopicName=Cycling",
        content=json.dumps(
            {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "{{amazonSESUnsubscribeUrl}}"}}}}
        ),
    )
    message = aws.message(answer["MessageId"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(message["List-Unsubscribe"]) == f"<{texts(message)[0]}>"
    aws("sesv2 delete-contact-list --contact-list-name ExampleContactListName")


def test_the_guide_to_verification_e_mails_works_as_typed(aws: Cli) -> None:
    """A template is made, listed and sent; the address is an identity then."""
    aws("ses create-custom-verification-email-template --cli-input-json file://v1-verification.json")
    listed = aws("ses list-custom-verification-email-templates")["CustomVerificationEmailTemplates"]
    assert [one["TemplateName"] for one in listed] == ["SampleTemplate"]
    answer = aws(
        "ses send-custom-verification-email --email-address new@far.example --template-name SampleTemplate"
    )
    assert "Ready to start sending" in texts(aws.message(answer["MessageId"]))[0]
    assert "new@far.example" in aws("ses list-identities --identity-type EmailAddress")["Identities"]
    aws("ses delete-custom-verification-email-template --template-name SampleTemplate")


def test_the_upgrade_to_version_2_works_as_its_post_shows(aws: Cli) -> None:
    """The calls of "Upgrade Your Email Tech Stack with Amazon SESv2 API": a set with all its options in one call, both kinds of
    identities by one, mail with headers and with an attachment, and a missing identity that is missed."""
    options = {
        "ConfigurationSetName": "upgraded",
        "TrackingOptions": {"CustomRedirectDomain": "tracking.example.com"},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        "VdmOptions": {"DashboardOptions": {"EngagementMetrics": "ENABLED"}},
    }
    aws("sesv2 create-configuration-set", cli_input_json=json.dumps(options))
    found = aws("sesv2 get-configuration-set --configuration-set-name upgraded")
    assert {name: found[name] for name in options} == options
    made = aws("sesv2 create-email-identity --email-identity upgraded.example")
    assert (made["IdentityType"], len(made["DkimAttributes"]["Tokens"])) == ("DOMAIN", 3)
    aws("sesv2 create-email-identity --email-identity someone@upgraded.example")
    full = aws("sesv2 get-email-identity --email-identity upgraded.example")
    assert full["DkimAttributes"]["NextSigningKeyLength"] == "RSA_2048_BIT"
    listed = {one["IdentityName"] for one in aws("sesv2 list-email-identities")["EmailIdentities"]}
    assert {"upgraded.example", "someone@upgraded.example"} <= listed
    simple = {
        "Subject": {"Data": "Hello"},
        "Body": {"Text": {"Data": "text"}, "Html": {"Data": "<p>html</p>"}},
        "Headers": [
            {"Name": "List-Unsubscribe", "Value": "<https://upgraded.example/u?address=x&topic=y>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ],
        "Attachments": [
            {
                "FileName": "a.pdf",
                "RawContent": base64.b64encode(b"%PDF").decode(),
                "ContentType": "application/pdf",
            }
        ],
    }
    call = "sesv2 send-email --from-email-address me@upgraded.example --destination ToAddresses=a@far.example"
    message = aws.message(aws(call, content=json.dumps({"Simple": simple}))["MessageId"])
    assert str(message["List-Unsubscribe"]) == "<https://upgraded.example/u?address=x&topic=y>"
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.pdf"]
    raw = b"From: me@upgraded.example\r\nTo: a@far.example\r\nSubject: raw\r\n\r\nraw\r\n"
    content = {"Raw": {"Data": raw.decode()}}
    assert texts(aws.message(aws("sesv2 send-email", content=json.dumps(content))["MessageId"])) == ["raw"]
    aws("sesv2 delete-email-identity --email-identity upgraded.example")
    assert "NotFoundException" in aws.fails("sesv2 delete-email-identity --email-identity upgraded.example")
    aws("ses delete-identity --identity upgraded.example")


@pytest.mark.parametrize("page", HELP, ids=[page.stem for page in HELP])
def test_the_cli_s_own_help_works_as_typed(aws: Cli, hands: Any, page: Path) -> None:
    """The example of each page of `aws ses … help`: its files, its command, and its answer's members."""
    text = page.read_text()
    for name, document in re.findall(r"``(\w+\.json)``[^`]*?::\n\n((?: .*\n|\n)+)", text):
        (aws.folder / name).write_text(document)
    topic = open_topic(hands)
    for name in ("user@example.com", "user1@example.com", "user2@example.com"):
        hands.client("ses").verify_email_identity(EmailAddress=name)
    hands.client("ses").send_email(
        Source="sender@example.com",
        Destination={"ToAddresses": ["a@far.example"]},
        Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
    )
    for kind in ("Bounce", "Complaint", "Delivery"):
        hands.client("ses").set_identity_notification_topic(
            Identity="user1@example.com", NotificationType=kind, SnsTopic=topic
        )
    (command,) = re.findall(r"^    aws (ses .*)$", text, re.MULTILINE)
    answer = aws(re.sub(r"arn:aws:sns:\S+", topic, command))
    for shown in re.findall(r"^Output::\n\n((?: .*\n|\n)+)", text, re.MULTILINE):
        assert lacking(answer, json.loads(shown)) == []


SIMPLE = """--message 'Subject={Data=s},Body={Text={Data=t}}'"""
SIMPLE_V2 = """--content '{"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}'"""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            f"ses send-email --from x@bad.example --to a@far.example {SIMPLE}",
            "An error occurred (MessageRejected) when calling the SendEmail operation: Email address is not "
            "verified. The following identities failed the check in region EU-WEST-1: x@bad.example",
        ),
        (
            f"sesv2 send-email --from-email-address x@bad.example --destination ToAddresses=a@far.example {SIMPLE_V2}",
            "An error occurred (MessageRejected) when calling the SendEmail operation: Email address is not "
            "verified. The following identities failed the check in region EU-WEST-1: x@bad.example",
        ),
        (
            f"ses send-email --from sender@example.com --to nobody {SIMPLE}",
            "An error occurred (InvalidParameterValue) when calling the SendEmail operation: Missing final '@domain'",
        ),
        (
            f"ses send-email --from 'Chan, K <sender@example.com>' --to a@far.example {SIMPLE}",
            "An error occurred (InvalidParameterValue) when calling the SendEmail operation: Illegal address",
        ),
        (
            f"ses send-email --from sender@example.com --to jörg@far.example {SIMPLE}",
            "An error occurred (InvalidParameterValue) when calling the SendEmail operation: Local address contains "
            "control or whitespace",
        ),
        (
            f"ses send-email --from sender@example.com --to a@far.example --configuration-set-name no {SIMPLE}",
            "An error occurred (ConfigurationSetDoesNotExist) when calling the SendEmail operation: Configuration "
            "set <no> does not exist.",
        ),
        (
            "ses get-template --template-name no",
            "An error occurred (TemplateDoesNotExist) when calling the GetTemplate operation: Template no does not "
            "exist.",
        ),
        (
            "sesv2 get-email-identity --email-identity no.example",
            "An error occurred (NotFoundException) when calling the GetEmailIdentity operation: Email identity "
            "no.example does not exist.",
        ),
        (
            "sesv2 create-email-identity --email-identity example.com",
            "An error occurred (AlreadyExistsException) when calling the CreateEmailIdentity operation: Email "
            "identity example.com already exist.",
        ),
        (
            "sesv2 get-message-insights --message-id 1",
            "An error occurred (NotImplemented) when calling the GetMessageInsights operation",
        ),
    ],
)
def test_the_cli_shows_aws_s_names_and_words(aws: Cli, command: str, words: str) -> None:
    """A refusal ends the command with the error that AWS documents."""
    assert words in aws.fails(command)
