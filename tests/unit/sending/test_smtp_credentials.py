"""`mailroom sending smtp-credentials`: made as asked, shown once, rotated, listed, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from typer.testing import CliRunner

from mailroom.errors import MailroomError
from mailroom.sending import app, smtp_create
from mailroom.smtp_password import smtp_password
from tests.unit.sending.conftest import BOUNDARY, NOT_YET, Logins

Run = Callable[..., Any]
CRM = ("create", "crm", "--from", "crm@example.com")
USER = "mailroom-test-smtp-crm"
ARN = "arn:aws:ses:eu-west-1:123456789012:"


def users(iam: Any) -> list[str]:
    return [user["UserName"] for user in iam.list_users()["Users"]]


def keys(iam: Any) -> list[str]:
    return [key["AccessKeyId"] for key in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]]


def allowed(iam: Any) -> list[dict[str, Any]]:
    return iam.get_user_policy(UserName=USER, PolicyName="send-by-smtp")["PolicyDocument"]["Statement"]


def test_a_user_is_made_and_shown_once(
    run: Run, iam: Any, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In our path, tagged, bounded, with one key; what is shown is what the door has taken."""
    asked: dict[str, Any] = {}
    original = BaseClient._make_api_call

    def call(self: Any, name: str, params: Any) -> Any:
        asked[name] = params
        return original(self, name, params)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    row = run(*CRM, "--json")
    user = iam.get_user(UserName=USER)["User"]
    # moto keeps no boundary of a user
    assert (user["Path"], asked["CreateUser"]["PermissionsBoundary"]) == ("/mailroom/", BOUNDARY)
    assert {tag["Key"]: tag["Value"] for tag in user["Tags"]} == {
        "project": "mailroom",
        "environment": "test",
    }
    assert keys(iam) == [row["username"]]
    assert logins.seen == [(row["username"], row["password"])]
    assert (row["host"], row["port"], row["region"]) == (
        "email-smtp.eu-west-1.amazonaws.com",
        587,
        "eu-west-1",
    )
    assert (row["from"], row["configuration_sets"]) == (["crm@example.com"], ["usual"])


def test_the_password_is_that_of_the_region(
    run: Run, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Derived from the secret key for the environment's Region; the secret itself is never shown."""
    made: list[Any] = []
    original = smtp_create.smtp_password
    monkeypatch.setattr(smtp_create, "smtp_password", lambda *given: made.append(given) or original(*given))
    said = run(*CRM)
    ((secret, region),) = made
    assert region == "eu-west-1"
    assert said.count(smtp_password(secret, "eu-west-1")) == 1
    assert secret not in said


@pytest.mark.parametrize(
    ("options", "statements"),
    [
        (
            ["--from", "crm@example.com"],
            [([f"{ARN}identity/example.com", f"{ARN}configuration-set/usual"], ["crm@example.com"], None)],
        ),
        (["--from", "vip@example.com"], [([f"{ARN}identity/vip@example.com"], ["vip@example.com"], None)]),
        (
            ["--from", "new@example.com"],  # SES uses the domain while the address is not verified
            [([f"{ARN}identity/example.com", f"{ARN}configuration-set/usual"], ["new@example.com"], None)],
        ),
        (
            ["--from", "*@Sub.Example.com", "--from", "vip@example.com", "--configuration-set", "news"],
            [
                (
                    [
                        f"{ARN}identity/example.com",
                        f"{ARN}identity/vip@example.com",
                        f"{ARN}configuration-set/news",
                        f"{ARN}configuration-set/usual",
                    ],
                    ["*@sub.example.com", "vip@example.com"],
                    None,
                )
            ],
        ),
        (
            ["--from", "vip@example.com", "--source-ip", "192.0.2.7", "--source-ip", "2001:db8::/32"],
            [
                (
                    [f"{ARN}identity/vip@example.com"],
                    ["vip@example.com"],
                    {"aws:SourceIp": ["192.0.2.7/32", "2001:db8::/32"]},
                )
            ],
        ),
        (
            ["--from", "vip@example.com", "--source-ip", "192.0.2.7", "--vpc-source-ip", "10.0.0.0/8"],
            [
                ([f"{ARN}identity/vip@example.com"], ["vip@example.com"], {"aws:SourceIp": ["192.0.2.7/32"]}),
                (
                    [f"{ARN}identity/vip@example.com"],
                    ["vip@example.com"],
                    {"aws:VpcSourceIp": ["10.0.0.0/8"]},
                ),
            ],
        ),
    ],
)
def test_the_policy_allows_that_and_no_more(
    run: Run, iam: Any, options: list[str], statements: list[Any]
) -> None:
    """ses:SendRawEmail on the identities and sets that are needed, as these addresses, from there."""
    run("create", "crm", *options)
    for statement, (resources, senders, networks) in zip(allowed(iam), statements, strict=True):
        condition = {"StringLike": {"ses:FromAddress": senders}} | (
            {"IpAddress": networks} if networks else {}
        )
        assert statement == {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": resources,
            "Condition": condition,
        }


@pytest.mark.parametrize(
    ("arguments", "words", "hint"),
    [
        (("create", "crm"), "--from ADDRESS", "--from"),
        (("create", "Crm", "--from", "crm@example.com"), "small letters", ""),
        (("create", "-", "--from", "crm@example.com"), "small letters", ""),
        (("create", "c" * 25, "--from", "crm@example.com"), "1 to 24", ""),
        (("create", "crm", "--from", "crm"), "takes an address", ""),
        (("create", "crm", "--from", "crm@*.example.com"), "takes an address", ""),
        (("create", "crm", "--from", "cr?@example.com"), "takes an address", ""),
        (
            ("create", "crm", "--from", "crm@other.example"),
            "no identity.*crm@other.example, other.example",
            "make apply",
        ),
        ((*CRM, "--configuration-set", "gone"), "no such set", "list-configuration-sets"),
        ((*CRM, "--source-ip", "192.0.2.7/24"), "host bits", ""),
        ((*CRM, "--vpc-source-ip", "here"), "--vpc-source-ip here", ""),
        ((*CRM, *[f"--source-ip=192.0.2.{n}" for n in range(200)]), "2,048", ""),
        ((*CRM, "--rotate"), "leaves what the user may send", "--rotate"),
        (("create", "crm", "--rotate"), "There is no mailroom-test-smtp-crm", "--from"),
    ],
)
def test_what_is_refused_before_anything_is_made(
    run: Run, iam: Any, arguments: tuple[str, ...], words: str, hint: str
) -> None:
    """Each with a reason and, where there is one, the next command."""
    with pytest.raises(MailroomError, match=words) as refused:
        run(*arguments)
    assert hint in refused.value.hint
    assert users(iam) == []


def test_a_second_create_shows_nothing(run: Run, iam: Any, logins: Logins) -> None:
    """The password of a user that is there is not shown again; --rotate and delete are named."""
    first = run(*CRM, "--json")
    with pytest.raises(MailroomError, match="is there already") as refused:
        run(*CRM)
    assert "--rotate" in refused.value.hint
    assert "delete crm" in refused.value.hint
    assert (keys(iam), len(logins.seen)) == ([first["username"]], 1)


def test_somebody_else_s_user_is_left_alone(run: Run, iam: Any) -> None:
    """A user of that name outside of our path is neither taken over nor deleted."""
    iam.create_user(UserName=USER)
    for arguments in (CRM, ("delete", "crm", "--yes"), ("create", "crm", "--rotate")):
        with pytest.raises(MailroomError, match="left alone"):
            run(*arguments)
    assert users(iam) == [USER]


def test_an_unverified_identity_is_warned_of(run: Run) -> None:
    """The credentials are made all the same: the records may be found tomorrow."""
    result = CliRunner().invoke(
        app, ["smtp-credentials", "create", "crm", "--from", "a@new.example", "--json", "--env", "test"]
    )
    assert "new.example is not verified yet" in result.stderr
    assert json.loads(result.stdout)["username"]


def test_rotation_makes_a_second_key(run: Run, iam: Any) -> None:
    """Beside the first, under the same policy; a third is refused, and the oldest is named to go."""
    first = run(*CRM, "--json")
    before = allowed(iam)
    second = run("create", "crm", "--rotate", "--json")
    assert sorted(keys(iam)) == sorted([first["username"], second["username"]])
    assert (allowed(iam), second["from"]) == (before, ["crm@example.com"])
    with pytest.raises(MailroomError, match="has 2 keys") as refused:
        run("create", "crm", "--rotate")
    assert (
        f"--key {first['username']}" in refused.value.hint
        or f"--key {second['username']}" in refused.value.hint
    )
    run("delete", "crm", "--key", first["username"])
    assert keys(iam) == [second["username"]]


def test_a_rotation_that_fails_leaves_the_first_key(run: Run, iam: Any, logins: Logins) -> None:
    """Only what was new is deleted."""
    first = run(*CRM, "--json")
    logins.always = NOT_YET
    with pytest.raises(MailroomError, match="did not take"):
        run("create", "crm", "--rotate")
    assert keys(iam) == [first["username"]]


def test_list(run: Run, iam: Any) -> None:
    """Who may send as whom and from where, with every key; users of other environments are not shown."""
    iam.create_user(UserName="mailroom-prod-smtp-crm", Path="/mailroom/")
    iam.create_user(UserName="mailroom-test-smtp-old", Path="/elsewhere/")
    assert run("list", "--json") == []
    made = run(*CRM, "--source-ip", "192.0.2.7", "--json")
    (row,) = run("list", "--json")
    assert (row["name"], row["user"], row["from"], row["source_ips"]) == (
        "crm",
        USER,
        ["crm@example.com"],
        ["192.0.2.7/32"],
    )
    ((key_id, status),) = [(key["id"], key["status"]) for key in row["keys"]]
    assert (key_id, status) == (made["username"], "Active")
    assert made["username"] in run("list")
    assert made["password"] not in run("list") + run("list", "--json").__repr__()


def test_delete_is_repeatable(run: Run, iam: Any) -> None:
    """Keys, policy and user go; again there is nothing to do."""
    made = run(*CRM, "--json")
    assert run("delete", "crm", "--dry-run", "--json") == {
        "name": "crm",
        "user": USER,
        "keys": [made["username"]],
        "user_deleted": True,
        "dry_run": True,
    }
    assert users(iam) == [USER]
    assert "Deleted" in run("delete", "crm")
    assert users(iam) == []
    assert "nothing to delete" in run("delete", "crm")
    assert "nothing to delete" in run("delete", "crm", "--key", made["username"])


def test_a_dry_run_makes_nothing(run: Run, iam: Any, logins: Logins) -> None:
    """It shows the policy and the boundary; no user, no key, no login."""
    said = run(*CRM, "--dry-run")
    assert "ses:SendRawEmail" in said
    assert BOUNDARY in said
    assert run(*CRM, "--dry-run", "--json")["policy"]["Statement"]
    assert (users(iam), logins.seen) == ([], [])
    run(*CRM)
    assert "second key" in run("create", "crm", "--rotate", "--dry-run")
    assert len(keys(iam)) == 1
