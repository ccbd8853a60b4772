"""New SMTP credentials that do not come to their end: nothing is left behind, and nothing shown."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionClosedError
from typer.testing import CliRunner

from mailroom.errors import MailroomError
from mailroom.sending import app, smtp_door, smtp_users
from tests.unit.sending.conftest import CLOSED, NOT_YET, UNTRUSTED, Applied, Logins

Run = Callable[..., Any]
CRM = ("create", "crm", "--from", "crm@example.com")
USER = "mailroom-test-smtp-crm"


def users(iam: Any) -> list[str]:
    return [user["UserName"] for user in iam.list_users()["Users"]]


def test_a_new_key_is_waited_for(run: Run, logins: Logins) -> None:
    """IAM is slow to tell: refused and closed doors are tried again, a second apart, until the door says yes."""
    logins.say = [NOT_YET, CLOSED, NOT_YET]
    assert run(*CRM, "--json")["username"] == logins.seen[3][0]
    assert (len(logins.seen), logins.pauses) == (4, [1.0, 1.0, 1.0])


def test_a_new_user_is_waited_for(
    run: Run, iam: Any, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IAM may not know at once whom it has just made: what it refuses for that is repeated."""
    original = BaseClient._make_api_call

    def call(self: Any, name: str, params: Any) -> Any:
        if name == "PutUserPolicy" and len(logins.pauses) < 2:
            raise iam.exceptions.NoSuchEntityException({"Error": {"Code": "NoSuchEntity"}}, name)
        return original(self, name, params)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert run(*CRM, "--json")["username"]
    assert logins.pauses == [1.0, 1.0]


@pytest.mark.parametrize(
    ("problem", "words"),
    [(NOT_YET, "535 Authentication"), (CLOSED, "connection refused"), (UNTRUSTED, "self-signed")],
)
def test_a_door_that_never_says_yes(
    run: Run, iam: Any, logins: Logins, problem: Exception, words: str
) -> None:
    """After 30 tries it is given up: what was last said is told, nothing is shown, the user is gone."""
    logins.always = problem
    with pytest.raises(MailroomError, match=words) as failed:
        run(*CRM)
    assert len(logins.seen) == smtp_door.TRIES
    assert users(iam) == []
    assert logins.seen[0][1] not in str(failed.value)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_create_leaves_nothing(
    run: Run, iam: Any, applied: Applied, logins: Logins, number: int
) -> None:
    """Ctrl-C, a kill, a lost terminal: the half-made user is deleted before the command ends."""
    logins.say = [lambda: os.kill(os.getpid(), number)]
    result = CliRunner().invoke(app, ["smtp-credentials", *CRM, "--env", "test"])
    assert result.exit_code != 0
    assert "deleted again" in result.stderr
    assert logins.seen[0][1] not in result.output
    assert users(iam) == []
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def broken(operation: str, original: Any, *, after: bool) -> Any:
    """botocore's _make_api_call that loses one operation's connection, before or after it is done."""

    def call(self: Any, name: str, params: Any) -> Any:
        if name == operation and not after:
            raise ConnectionClosedError(endpoint_url="https://iam.amazonaws.com")
        answer = original(self, name, params)
        if name == operation:
            raise ConnectionClosedError(endpoint_url="https://iam.amazonaws.com")
        return answer

    return call


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("operation", ["CreateUser", "PutUserPolicy", "CreateAccessKey"])
def test_a_call_that_fails_leaves_nothing(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch, operation: str, after: bool
) -> None:
    """At any step, also where IAM had done it and only the answer was lost."""
    monkeypatch.setattr(
        BaseClient, "_make_api_call", broken(operation, BaseClient._make_api_call, after=after)
    )
    with pytest.raises(ConnectionClosedError):
        run(*CRM)
    monkeypatch.undo()
    assert users(iam) == []


def test_a_user_that_was_made_meanwhile_is_not_ours(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's user of that name, made between our look and our create, is not deleted by our undoing."""
    monkeypatch.setattr(smtp_users.SmtpUsers, "find", lambda self, name: None)
    iam.create_user(UserName=USER, Path="/mailroom/")
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        run(*CRM)
    assert users(iam) == [USER]


def test_what_cannot_be_undone_is_told(
    run: Run, iam: Any, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the deleting fails too, the error says what was left and how to delete it."""
    logins.always = NOT_YET

    def refuse(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteUser")

    monkeypatch.setattr(smtp_users.SmtpUsers, "remove", refuse)
    with pytest.raises(MailroomError, match=r"could not be deleted.*AccessDenied") as failed:
        run(*CRM)
    assert failed.value.hint == "mailroom sending smtp-credentials delete crm --env test"


def test_a_user_that_still_has_something_is_tried_again(
    run: Run, iam: Any, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IAM may not list at once what was just made: DeleteConflict is waited out."""
    run(*CRM)
    original = BaseClient._make_api_call

    def call(self: Any, name: str, params: Any) -> Any:
        if name == "DeleteUser" and len(logins.pauses) < 2:
            raise iam.exceptions.DeleteConflictException({"Error": {"Code": "DeleteConflict"}}, name)
        return original(self, name, params)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    run("delete", "crm")
    assert (users(iam), logins.pauses) == ([], [1.0, 1.0])
