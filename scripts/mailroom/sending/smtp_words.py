"""SMTP credentials as people read them."""

import json
from collections.abc import Iterator
from typing import Any

from mailroom.sending.smtp_create import COMMAND, Plan
from mailroom.sending.smtp_users import Doomed


def created(row: dict[str, Any], env: str) -> Iterator[str]:
    """New credentials, the password among them."""
    yield from _lines(
        {
            "user": row["user"],
            "may send as": ", ".join(row["from"]),
            "in the sets": ", ".join(row["configuration_sets"]) or "none",
            "from": ", ".join([*row["source_ips"], *row["vpc_source_ips"]]) or "anywhere",
            "host": f"{row['host']}, port {row['port']}, STARTTLS",
            "user name": row["username"],
            "password": row["password"],
        }
    )
    yield f"This is the only time that the password is shown. It is good in {row['region']} alone."
    yield f"To turn it off: {COMMAND} delete {row['name']} --key {row['username']} --env {env}"


def planned(plan: Plan) -> Iterator[str]:
    """What would be made."""
    if not plan.policy:
        yield f"It would make a second key for {plan.user}. Nothing was changed."
        return
    yield f"It would make the IAM user {plan.user} with one access key and this policy. Nothing was changed."
    if plan.boundary:
        yield f"permissions boundary: {plan.boundary}"
    yield json.dumps(plan.policy, indent=2)


def listed(rows: list[dict[str, Any]], env: str) -> Iterator[str]:
    """The users of an environment, each with its keys."""
    if not rows:
        yield f"There are no SMTP credentials in {env}."
    for row in rows:
        bound = [*row["source_ips"], *row["vpc_source_ips"]]
        only = f", only from {', '.join(bound)}" if bound else ""
        yield f"{row['name']}  ({row['user']})  as {', '.join(row['from']) or 'nobody'}{only}"
        for key in row["keys"]:
            used = key["last_used"] or "never"
            yield f"  {key['id']}  {key['status'].lower()}  made {key['created']}  last used {used}"
        if not row["keys"]:
            yield f"  no key: {COMMAND} create {row['name']} --rotate --env {env}"


def doomed(found: Doomed) -> str:
    """What a delete takes away, as a sentence."""
    keys = ", ".join(found.keys) or "none"
    if found.whole:
        return f"This deletes {found.user} with its keys ({keys})."
    return f"This deletes the key {keys} of {found.user}; {found.left} stay."


def deleted(found: Doomed, *, dry_run: bool) -> str:
    """What a delete has done, or would do."""
    if not found.anything:
        return f"There is nothing to delete: {found.user} is not there, or has no such key."
    what = f"{found.user} with its keys" if found.whole else f"the key {found.keys[0]} of {found.user}"
    return f"It would delete {what}. Nothing was changed." if dry_run else f"Deleted: {what}."


def _lines(told: dict[str, str]) -> Iterator[str]:
    for name, value in told.items():
        yield f"{name:<12}{value}"
