"""One smoke test from its first step to the last thing that is taken away again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from mailroom.environment import Environment
from mailroom.errors import MailroomError, of_aws
from mailroom.leavings import Leavings, Left, interruptible
from mailroom.smoke.steps import PATIENCE_SECONDS, STEPS, Smoke

Watch = Callable[["Row | str"], None]
"""Is told what is being done (a text), and how each step ended (a row)."""


@dataclass(frozen=True)
class Row:
    """How a step ended: what it saw, or why it failed and the command to try next; in seconds."""

    step: str
    ok: bool
    saw: str
    seconds: float
    next: str = ""


@dataclass
class Outcome:
    """All of a run; `left` is what could not be taken away."""

    environment: str
    rows: list[Row] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every step went well and nothing is left."""
        return all(row.ok for row in self.rows) and not self.left

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "ok": self.ok}


def run(
    environment: Environment, local_name: str, watch: Watch, patience_seconds: float = PATIENCE_SECONDS
) -> Outcome:
    """All steps, until one fails; then, whatever came, what was made is taken away again.

    `patience_seconds` is how long each thing is waited for.

    Ctrl-C, SIGTERM and SIGHUP come out as KeyboardInterrupt or SystemExit, after the taking away.
    """
    outcome, leavings = Outcome(environment.name), Leavings()
    smoke = Smoke(environment, local_name, leavings, patience_seconds)

    def note(row: Row) -> bool:
        outcome.rows.append(row)
        watch(row)
        return row.ok

    with interruptible() as not_now:
        try:
            for name, doing, do, hint in STEPS:
                watch(doing)
                if not note(_step(name, hint, lambda do=do: do(smoke), smoke)):  # type: ignore[misc]
                    break
        finally:
            not_now()
            watch("taking away what was made")
            note(_clean_up(leavings, outcome))
    return outcome


def _step(name: str, hint: str, do: Callable[[], str], smoke: Smoke) -> Row:
    with _timed() as seconds:
        try:
            return Row(name, True, do(), seconds())
        except MailroomError as problem:
            return Row(name, False, problem.message, seconds(), problem.hint or _hint(hint, smoke))
        except Exception as problem:
            told = of_aws(problem)
            if told is None:
                raise
            return Row(name, False, told.message, seconds(), told.hint)


def _hint(hint: str, smoke: Smoke) -> str:
    outputs, ear = smoke.environment.outputs, getattr(smoke, "ear", None)
    return hint.format(
        env=smoke.environment.name,
        sender=outputs.get("sender_address"),
        receipt=outputs.get("receipt_address"),
        heard=ear.address if ear else "",
    )


def _clean_up(leavings: Leavings, outcome: Outcome) -> Row:
    with _timed() as seconds:
        gone, outcome.left = leavings.remove_all()
        said = f"gone: {', '.join(gone)}" if gone else "nothing was made"
        if not outcome.left:
            return Row("clean up", True, said, seconds())
        left = "; ".join(f"{one.what} ({one.why})" for one in outcome.left)
        return Row("clean up", False, f"still there: {left}", seconds(), outcome.left[0].by_hand)


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    started = time.monotonic()
    yield lambda: round(time.monotonic() - started, 1)
