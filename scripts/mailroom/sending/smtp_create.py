"""New SMTP credentials: planned, made, proved by a login, shown; undone when anything of it fails."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import typer

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.leavings import interruptible
from mailroom.sending.smtp_door import Door, wait_for_login
from mailroom.sending.smtp_policy import Wish, check_size, described, document, resources
from mailroom.sending.smtp_users import MOST_KEYS, PATH, PAUSE_SECONDS, POLICY, TRIES, SmtpUsers
from mailroom.smtp_password import smtp_password

COMMAND = "mailroom sending smtp-credentials"

Show = Callable[[dict[str, Any]], None]
"""Shows the finished credentials: the one place where the password comes out."""


@dataclass(frozen=True)
class Plan:
    """What will be made. `policy` is {} for a rotation, which leaves it as it is."""

    name: str
    user: str
    region: str
    door: Door
    allowed: dict[str, list[str]]
    policy: dict[str, Any] = field(default_factory=dict)
    boundary: str = ""
    warnings: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """For programs."""
        told = {"name": self.name, "user": self.user, "region": self.region, **self.allowed}
        more = {"host": self.door.host, "port": self.door.port}
        if not self.policy:
            return told | more
        return told | more | {"policy": self.policy, "permissions_boundary": self.boundary or None}


class Creation:
    """Credentials of one name in one environment (`local_name` picks one of several local clouds)."""

    def __init__(self, environment: Environment, local_name: str, name: str) -> None:
        self.environment = environment
        self.name = name
        self.users = SmtpUsers(environment)
        self.user = self.users.user_name(name)
        self.door = Door.of(environment, local_name)
        # One attempt: a repeated create whose first answer was lost would stumble over what the first made.
        self.once = environment.client("iam", retries={"total_max_attempts": 1})

    def plan(self, wish: Wish) -> Plan:
        """A new user. Raises MailroomError where there is one of that name, or SES lacks what it needs."""
        if not wish.senders:
            raise MailroomError(
                "Say as whom these credentials may send: --from ADDRESS.",
                self._command("create", "--from 'crm@mail.example.com'"),
            )
        if self.users.find(self.name) is not None:
            raise MailroomError(
                f"{self.user} is there already. Its password was shown when it was made, and never again.",
                f"{self._command('create', '--rotate')} (a second key), or {self._command('delete')}",
            )
        region = self.environment.output("region")
        partition = self.environment.session.get_partition_for_region(region)
        start = f"arn:{partition}:ses:{region}:{self.environment.output('account_id')}"
        needed = resources(self.environment.client("sesv2"), wish, start)
        policy = document(wish, needed)
        check_size(policy)
        boundary = self.users.permissions_boundary()
        return Plan(
            self.name, self.user, region, self.door, described(policy), policy, boundary, needed.warnings
        )

    def rotation(self, wish: Wish) -> Plan:
        """A second key for the user that is there. Raises MailroomError where it has two, or is not there."""
        if wish != Wish():
            raise MailroomError(
                "--rotate makes a second key and leaves what the user may send as it is.",
                self._command("create", "--rotate"),
            )
        if self.users.find(self.name) is None:
            raise MailroomError(f"There is no {self.user}.", self._command("create", "--from ADDRESS"))
        keys = [key["AccessKeyId"] for key in self.users.keys(self.user)]
        if len(keys) >= MOST_KEYS:
            raise MailroomError(
                f"{self.user} has {len(keys)} keys, and IAM allows no more: {', '.join(keys)}.",
                f"{self._command('delete', f'--key {keys[0]}')} (the older one)",
            )
        allowed = described(self.users.policy(self.user))
        return Plan(self.name, self.user, self.environment.output("region"), self.door, allowed)

    def carry_out(self, plan: Plan, show: Show) -> None:
        """Make it, prove it by a login, show it. When any of that fails or is interrupted, it is undone."""
        if plan.policy:
            self._new_user(plan, show)
        else:
            before = {key["AccessKeyId"] for key in self.users.keys(self.user)}
            with undone_on_failure(
                lambda: self._undo_key(before), f"{COMMAND} list --env {self.environment.name}"
            ):
                self._new_key(plan, show)

    def _command(self, verb: str, *options: str) -> str:
        """What to try next, for these credentials in this environment."""
        return " ".join([COMMAND, verb, self.name, *options, "--env", self.environment.name])

    def _new_user(self, plan: Plan, show: Show) -> None:
        ours = True

        def undo() -> None:
            if ours:
                self.users.remove(self.user)

        bound = {"PermissionsBoundary": plan.boundary} if plan.boundary else {}
        tags = {"project": "mailroom", "environment": self.environment.name}
        with undone_on_failure(undo, self._command("delete")):
            try:
                self.once.create_user(
                    Path=PATH,
                    UserName=self.user,
                    Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                    **bound,
                )
            except self.once.exceptions.EntityAlreadyExistsException:
                ours = False  # somebody else's, made since we looked
                raise
            policy = {"PolicyName": POLICY, "PolicyDocument": json.dumps(plan.policy)}
            self._when_known(self.once.put_user_policy, **policy)
            self._new_key(plan, show)

    def _new_key(self, plan: Plan, show: Show) -> None:
        key = self._when_known(self.once.create_access_key)["AccessKey"]
        username, password = key["AccessKeyId"], smtp_password(key["SecretAccessKey"], plan.region)
        wait_for_login(self.door, username, password)
        show({**plan.row(), "username": username, "password": password})

    def _when_known(self, call: Callable[..., Any], **arguments: Any) -> Any:
        """IAM may not know at once a user that it has just made: a call that it refuses so is repeated."""
        for _ in range(TRIES - 1):
            with suppress(self.once.exceptions.NoSuchEntityException):
                return call(UserName=self.user, **arguments)
            time.sleep(PAUSE_SECONDS)
        return call(UserName=self.user, **arguments)

    def _undo_key(self, before: set[str]) -> None:
        for key in self.users.keys(self.user):
            if key["AccessKeyId"] not in before:
                self.users.remove_key(self.user, key["AccessKeyId"])


@contextmanager
def undone_on_failure(undo: Callable[[], None], by_hand: str) -> Iterator[None]:
    """Undo what the block has done when it does not come to its end: an error, Ctrl-C, SIGTERM, SIGHUP.

    Nothing interrupts the undoing. Where it fails itself, the error says what to do (`by_hand`).
    """
    with interruptible() as not_now:
        try:
            yield
        except BaseException as problem:
            not_now()
            typer.echo("it did not come to its end: what was made is deleted again", err=True)
            try:
                undo()
            except Exception as second:
                why = f"{problem or type(problem).__name__} And what was made could not be deleted: {second}"
                raise MailroomError(why, by_hand) from problem
            raise
