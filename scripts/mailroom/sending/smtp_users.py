"""The IAM users behind SMTP credentials: found, listed, deleted."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mailroom import paths
from mailroom.environment import Environment, plain_setting
from mailroom.errors import MailroomError
from mailroom.sending.smtp_policy import described

PATH = "/mailroom/"
POLICY = "send-by-smtp"
MOST_KEYS = 2
"""That IAM lets a user have (IAM user guide, "IAM and AWS STS quotas")."""
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?")
TRIES = 10
PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Doomed:
    """What a delete takes away: of the user `name` (`user` in IAM) these keys, and all of it when `whole`."""

    name: str
    user: str
    keys: list[str] = field(default_factory=list)
    whole: bool = False
    left: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to take away."""
        return self.whole or bool(self.keys)

    def row(self) -> dict[str, Any]:
        """For programs."""
        return {"name": self.name, "user": self.user, "keys": self.keys, "user_deleted": self.whole}


class SmtpUsers:
    """Those of one environment: named <name_prefix>-smtp-<name>, in IAM's path /mailroom/."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.prefix = f"{environment.output('name_prefix')}-smtp-"
        self.iam = environment.client("iam")

    def user_name(self, name: str) -> str:
        """The IAM user's name. Raises MailroomError for a name that is not allowed."""
        if not NAME.fullmatch(name):
            raise MailroomError(
                f"{name!r}: allowed are 1 to 24 small letters, digits and hyphens, no hyphen first or last."
            )
        return self.prefix + name

    def find(self, name: str) -> dict[str, Any] | None:
        """The user as IAM describes it, None where there is none. Raises MailroomError for one not ours."""
        user_name = self.user_name(name)
        try:
            user: dict[str, Any] = self.iam.get_user(UserName=user_name)["User"]
        except self.iam.exceptions.NoSuchEntityException:
            return None
        if user["Path"] != PATH:
            raise MailroomError(
                f"The IAM user {user_name} is not one of these (its path is {user['Path']}): left alone.",
                "choose another name",
            )
        return user

    def keys(self, user_name: str) -> list[dict[str, Any]]:
        """A user's access keys, oldest first; none where there is no such user."""
        with suppress(self.iam.exceptions.NoSuchEntityException):
            found: list[dict[str, Any]] = self.iam.list_access_keys(UserName=user_name)["AccessKeyMetadata"]
            return sorted(found, key=lambda key: key["CreateDate"])
        return []

    def policy(self, user_name: str) -> dict[str, Any]:
        """What a user may; {} where its policy is gone."""
        with suppress(self.iam.exceptions.NoSuchEntityException):
            found: dict[str, Any] = self.iam.get_user_policy(UserName=user_name, PolicyName=POLICY)
            return dict(found["PolicyDocument"])
        return {}

    def listed(self) -> list[dict[str, Any]]:
        """All of them with their keys, for programs."""
        pages = self.iam.get_paginator("list_users").paginate(PathPrefix=PATH)
        users = [user for page in pages for user in page["Users"] if user["UserName"].startswith(self.prefix)]
        return [
            {
                "name": user["UserName"].removeprefix(self.prefix),
                "user": user["UserName"],
                "region": self.environment.output("region"),
                **described(self.policy(user["UserName"])),
                "keys": [self._key(key) for key in self.keys(user["UserName"])],
            }
            for user in users
        ]

    def doomed(self, name: str, key: str = "") -> Doomed:
        """What a delete of a user, or of one key, would take away."""
        user_name = self.user_name(name)
        there = self.find(name) is not None
        keys = [one["AccessKeyId"] for one in self.keys(user_name)] if there else []
        if not key:
            return Doomed(name, user_name, keys, whole=there)
        chosen = [one for one in keys if one == key]
        return Doomed(name, user_name, chosen, left=len(keys) - len(chosen))

    def delete(self, doomed: Doomed) -> None:
        """Take it away. Raises botocore's ClientError where IAM refuses."""
        if doomed.whole:
            self.remove(doomed.user)
        for key in () if doomed.whole else doomed.keys:
            self.remove_key(doomed.user, key)

    def remove(self, user_name: str, *known_keys: str) -> None:
        """Delete a user with its keys and its policy, as far as they are there. IAM may not list yet what was
        just made: `known_keys` go too, and a user that still has something is tried again."""
        gone = self.iam.exceptions.NoSuchEntityException
        for attempt in range(1, TRIES + 1):
            for key in dict.fromkeys([*known_keys, *(one["AccessKeyId"] for one in self.keys(user_name))]):
                self.remove_key(user_name, key)
            with suppress(gone):
                self.iam.delete_user_policy(UserName=user_name, PolicyName=POLICY)
            try:
                with suppress(gone):
                    self.iam.delete_user(UserName=user_name)
                return
            except self.iam.exceptions.DeleteConflictException:
                if attempt == TRIES:
                    raise
                time.sleep(PAUSE_SECONDS)

    def remove_key(self, user_name: str, key: str) -> None:
        """Delete one key; one that is gone already is fine."""
        with suppress(self.iam.exceptions.NoSuchEntityException):
            self.iam.delete_access_key(UserName=user_name, AccessKeyId=key)

    def permissions_boundary(self) -> str:
        """The policy that bounds whoever is made in this environment; "" where its file names none."""
        file = paths.ENVIRONMENTS / f"{self.environment.name}.tfvars"
        return plain_setting(file.read_text(), "permissions_boundary")

    def _key(self, key: dict[str, Any]) -> dict[str, Any]:
        used = self.iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
        last = used.get("LastUsedDate")
        return {
            "id": key["AccessKeyId"],
            "status": key["Status"],
            "created": key["CreateDate"].isoformat(timespec="seconds"),
            "last_used": last.isoformat(timespec="seconds") if last else None,
        }
