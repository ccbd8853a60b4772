"""A message read back by the deployed API, and the call by which anybody reads the same."""

import shlex
from typing import Any
from urllib.parse import quote

from mailroom.status.questions import Questions, Unknown


def items(questions: Questions, message_id: str) -> list[dict[str, Any]]:
    """The message's items, one for each recipient; [] while no event of it has come.

    Raises MailroomError where the API does not let us in, or has trouble.
    """
    try:
        found: list[dict[str, Any]] = questions.message(message_id)["recipients"]
    except Unknown:
        return []
    return found


def call(questions: Questions, message_id: str, env: str) -> str:
    """The call that reads the message back, to be pasted: with the key, where the API wants one."""
    api = questions.api
    if not api.key:
        return f"mailroom status show {shlex.quote(message_id)} --env {env}"
    url = f"{api.url}/messages/{quote(message_id, safe='')}"
    return f"curl -sS -H {shlex.quote(f'x-api-key: {api.key}')} {shlex.quote(url)}"
