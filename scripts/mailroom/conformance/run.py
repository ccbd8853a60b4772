"""All cases of the contract asked of one environment's SES, and everything taken away again."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from mailroom.conformance import api_v1, api_v2, simulator, smtp
from mailroom.conformance.case import BROKEN, DIFFERENT, Case, Row, compared
from mailroom.conformance.desk import Desk
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.leavings import Leavings, Left, interruptible

# The APIs first: `simulator` makes a set of the name that they say is not there.
DOORS: dict[str, tuple[Case, ...]] = {
    "API v2": api_v2.CASES,
    "API v1": api_v1.CASES,
    "SMTP": smtp.CASES,
    "simulator": simulator.CASES,
}


@dataclass
class Report:
    """How all cases went; `left` is what could not be taken away."""

    environment: str
    region: str
    rows: list[Row] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def count(self, state: str) -> int:
        """How many rows have this state."""
        return sum(row.state == state for row in self.rows)

    @property
    def ok(self) -> bool:
        """Whether nothing differs but words, everything could be asked, and nothing is left."""
        return not (self.count(DIFFERENT) or self.count(BROKEN) or self.left)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "ok": self.ok}


def mails() -> int:
    """How many mails a run sends at most, all of them to the simulator."""
    return sum(case.mails for cases in DOORS.values() for case in cases)


def run(environment: Environment, local_name: str, watch: Callable[[Row | str], None]) -> Report:
    """Ask every case. `watch` is told what is asked (a text) and how it went (a row)."""
    report, leavings = Report(environment.name, environment.output("region")), Leavings()
    desk = Desk(environment, local_name, leavings)
    with interruptible() as not_now:
        try:
            for door, cases in DOORS.items():
                for case in cases:
                    watch(f"{door}: {case.name}")
                    row = _asked(door, case, desk)
                    report.rows.append(row)
                    watch(row)
        finally:
            not_now()
            watch("taking away what was made")
            _, report.left = leavings.remove_all()
    return report


def _asked(door: str, case: Case, desk: Desk) -> Row:
    """One case. What keeps it from being asked at all ends this case and no other."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return compared(door, case, case.ask(desk), desk.names)
    except (ClientError, BotoCoreError, OSError) as problem:  # smtplib's errors are OSErrors
        said = f"{type(problem).__name__}: {problem}"
    except MailroomError as problem:
        said = problem.message
    return Row(door, case.name, BROKEN, str(case.expected), said, case.source)
