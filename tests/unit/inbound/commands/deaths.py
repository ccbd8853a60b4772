"""Replays that are killed, and what a replay said of each mail."""

from typing import Any

import pytest

from mailroom.inbound.replay import Outcome


class Killed(BaseException):
    """The operator's process dies."""


def actions(outcome: Outcome) -> dict[str, str]:
    return {row.mail.partition("#")[0].removeprefix("incoming/"): row.action for row in outcome.rows}


def kill(applied: Any, monkeypatch: pytest.MonkeyPatch, kill_at: int) -> None:
    """Let the process die after so many calls that change something: the call is done, its answer lost."""
    count = 0

    def around(call: Any) -> Any:
        def wrapped(**request: Any) -> Any:
            nonlocal count
            count += 1
            answer = call(**request)
            if count == kill_at:
                raise Killed
            return answer

        return wrapped

    for client, name in (
        (applied.dynamodb, "update_item"),
        (applied.sqs, "send_message_batch"),
        (applied.sqs, "delete_message"),
        (applied.sqs, "receive_message"),
        (applied.dynamodb, "query"),
        (applied.dynamodb, "batch_get_item"),
    ):
        monkeypatch.setattr(client, name, around(getattr(client, name)))
    # A process that is killed lets go of nothing.
    monkeypatch.setattr("mailroom.inbound.queues.DeadLetters.__exit__", lambda *_: None)


def show_hidden(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time go by in which a killed run's dead letters are hidden."""
    import moto.sqs.models

    later = moto.sqs.models.unix_time_millis() + 121_000
    monkeypatch.setattr(moto.sqs.models, "unix_time_millis", lambda *_: later)
