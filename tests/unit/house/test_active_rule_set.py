"""Nobody's receipt rules are switched off by an apply that does not name them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mailroom import active_rule_set
from mailroom.errors import MailroomError

BEFORE = 'environment = "dev"\nregion      = "eu-west-1"\n'
INBOUND = 'inbound = {\n  receipt_address = "r@in.example.com"\n'


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("ses", region_name="eu-west-1")


def make_active(ses: Any, name: str) -> None:
    ses.create_receipt_rule_set(RuleSetName=name)
    ses.set_active_receipt_rule_set(RuleSetName=name)


@pytest.mark.parametrize(
    ("active", "text"),
    [
        ("", BEFORE + INBOUND + "}"),
        ("mailroom-dev", BEFORE + INBOUND + "}"),
        ("post", BEFORE + 'name_prefix = "post"\n' + INBOUND + "}"),
        ("theirs", BEFORE + INBOUND + '  rule_set = { join = "theirs" }\n}'),
        ("ours", BEFORE + INBOUND + '  rule_set = { create = "ours" }\n}'),
        ("theirs", BEFORE + "links = {}\n"),
    ],
    ids=["none active", "the default", "by prefix", "joined", "created", "no mail comes in"],
)
def test_an_apply_that_harms_nobody_goes_on(ses: Any, active: str, text: str) -> None:
    """No rule set active, ours, or one that the file names: the apply goes on."""
    if active:
        make_active(ses, active)
    active_rule_set.check("dev", text, lambda region: ses)


@pytest.mark.parametrize(
    "setting",
    ["", '  rule_set = { create = "ours" }\n', '  # not "theirs"\n'],
    ids=["default", "other", "comment"],
)
def test_somebody_elses_rule_set_is_not_switched_off(ses: Any, setting: str) -> None:
    """Another active rule set, which the file does not name: refused, with the way to join it."""
    make_active(ses, "theirs")
    with pytest.raises(MailroomError, match=r"rule_set = \{ join = \"theirs\" \}") as refused:
        active_rule_set.check("dev", BEFORE + INBOUND + setting + "}", lambda region: ses)
    assert "eu-west-1" in refused.value.message


def test_without_the_right_to_ask_the_apply_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Where SES does not answer, that is said, and Terraform decides."""
    from botocore.exceptions import NoCredentialsError

    class Silent:
        def describe_active_receipt_rule_set(self) -> None:
            raise NoCredentialsError

    active_rule_set.check("dev", BEFORE + INBOUND + "}", lambda region: Silent())
    assert "could not be asked" in capsys.readouterr().err
