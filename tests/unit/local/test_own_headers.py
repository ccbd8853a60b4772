"""SES's own headers: read, obeyed, not passed on; and the default configuration set."""

from __future__ import annotations

import pytest

from mailroom.local.engine.protocol.messages import ServiceError
from mailroom.local.engine.ses import identities, own_headers
from mailroom.local.engine.ses.addresses import default_configuration_set
from mailroom.local.engine.ses.state import Region

ARN = "arn:aws:ses:eu-west-1:000000000000:identity/"
MESSAGE = (
    "From: me@mail.example\r\nTo: a@far.example\r\nSubject: s\r\n{more}\r\nX-SES-CONFIGURATION-SET: body\r\n"
)


@pytest.fixture
def mail_example(region: Region) -> None:
    """Domain and address are identities, each with a default configuration set; other.example has none."""
    for name, default in (
        ("mail.example", "domain-set"),
        ("vip@mail.example", "vip-set"),
        ("other.example", ""),
    ):
        identities.new_identity(region, name)
        region.identities[name]["ConfigurationSetName"] = default


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("X-SES-CONFIGURATION-SET: inbound\r\n", {"configuration_set": "inbound"}),
        ("x-ses-configuration-set:inbound  \r\n", {"configuration_set": "inbound"}),
        ("X-SES-CONFIGURATION-SET: a\r\nX-SES-CONFIGURATION-SET: b\r\n", {"configuration_set": "a"}),
        ("X-SES-MESSAGE-TAGS: a=1,\r\n b=2\r\n", {"tags": (("a", "1"), ("b", "2"))}),
        ("X-SES-MESSAGE-TAGS: a=1, b, c=, d=x=y\r\n", {"tags": (("a", "1"), ("d", "x=y"))}),
        (f"X-SES-SOURCE-ARN: {ARN}mail.example\r\n", {"source_arn": f"{ARN}mail.example"}),
        (f"X-SES-FROM-ARN: {ARN}mail.example\r\n", {"from_arn": f"{ARN}mail.example"}),
        (f"X-SES-RETURN-PATH-ARN:\r\n {ARN}mail.example\r\n", {"return_path_arn": f"{ARN}mail.example"}),
        (
            "X-SES-LIST-MANAGEMENT-OPTIONS: people; topic=news\r\n",
            {"list_management": {"ContactListName": "people", "TopicName": "news"}},
        ),
        ("X-SES-LIST-MANAGEMENT-OPTIONS: people\r\n", {"list_management": {"ContactListName": "people"}}),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_they_are_read_and_taken_out(lines: str, read: dict[str, object], end: str) -> None:
    """Each is read, folded or not, the first of several; the rest of the message stays byte for byte."""
    message = MESSAGE.format(more=lines).replace("\r\n", end).encode()
    rest, own = own_headers.taken_out(message)
    assert own == own_headers.read(message) == own_headers.OwnHeaders(**read)  # type: ignore[arg-type]
    assert rest == MESSAGE.format(more="").replace("\r\n", end).encode()


@pytest.mark.parametrize("message", [b"X-SES-MESSAGE-TAGS: a=1", b"X-SES-MESSAGE-TAGS: a=1\r\n", b""])
def test_a_message_of_headers_alone(message: bytes) -> None:
    """Without a body, and without an end, nothing is left of them."""
    assert own_headers.taken_out(message)[0] == b""


@pytest.mark.parametrize("name", ["X-SES-OUTGOING", "X-Ses-Message-Tags-Of-Mine", "Y-X-SES-MESSAGE-TAGS"])
def test_other_headers_stay(name: str) -> None:
    """What only looks like one of them is the sender's own."""
    message = MESSAGE.format(more=f"{name}: a=1\r\n").encode()
    assert own_headers.taken_out(message)[0] == message


@pytest.mark.parametrize(
    ("address", "used"),
    [
        ("me@mail.example", "domain-set"),
        ("me@sub.mail.example", "domain-set"),
        ("VIP@mail.example", "vip-set"),
        ("me@other.example", ""),
        ("me@unknown.example", ""),
    ],
)
def test_the_default_configuration_set(region: Region, mail_example: None, address: str, used: str) -> None:
    """The address's own, else its domain's, else none."""
    assert default_configuration_set(region, address) == used


@pytest.mark.parametrize("header", ["SOURCE", "FROM", "RETURN-PATH"])
@pytest.mark.parametrize(
    ("arn", "good"),
    [
        (f"{ARN}mail.example", True),
        (f"{ARN}other.example", False),
        (f"{ARN}unknown.example", False),
        ("arn:aws:ses:eu-west-1:111122223333:identity/mail.example", False),
        ("arn:aws:ses:us-east-1:000000000000:identity/mail.example", False),
        ("mail.example", False),
    ],
)
def test_a_named_identity_must_be_the_address_s(
    region: Region, mail_example: None, header: str, arn: str, good: bool
) -> None:
    """An ARN stands for an address only where it is a verified identity of this account and Region that covers it."""
    message = MESSAGE.format(more=f"X-SES-{header}-ARN: {arn}\r\n").encode()
    own = own_headers.read(message)
    if good:
        own_headers.check_named(region, own, "me@mail.example", message)
    else:
        with pytest.raises(ServiceError, match=r"not verified.*EU-WEST-1: me@mail\.example"):
            own_headers.check_named(region, own, "me@mail.example", message)
