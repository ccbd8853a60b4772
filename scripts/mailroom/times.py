"""Times as the operator writes them."""

import re
from datetime import UTC, datetime, timedelta

from mailroom.errors import MailroomError

_AGO = re.compile(r"([0-9]{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def start_of(text: str, now: datetime) -> datetime:
    """`2h`, `3d`, `30m` before `now`, or an ISO time (UTC where it names no zone). Raises MailroomError."""
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise MailroomError(
            f"--since {text}: this is no time. It takes 30m, 2h, 3d, or a time such as 2026-11-24T18:00."
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found > now:
        raise MailroomError(f"--since {text} is in the future: times without a zone are UTC.")
    return found
