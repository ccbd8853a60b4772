"""What can go wrong on purpose, in the words of `mailroom local fault`."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

KINDS = {
    "throttle": "AWS's throttling error of that service; the call is not done",
    "error": "an internal error (HTTP 500) of that service; the call is not done",
    "reset": "the connection is closed without an answer; the call is not done",
    "lost-answer": "the call is done, then the connection is closed without an answer",
    "delay": "the call waits for so many seconds, then is done",
    "kill-before": "the Lambda worker that asks is killed; the call is not done",
    "kill-after": "the call is done, then the Lambda worker that asked is killed",
    "kill-answer": "the Lambda worker is killed when it has finished, before its answer counts",
}
MAXIMUM_SECONDS = 900.0
"""As long as the longest Lambda."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with calls that match.

    `service` and `operation` are boto3's service name and the API's operation name ("sesv2", "SendEmail"),
    with `*` for any; `function` is the name of the Lambda function that calls ("" is anybody; the kinds that
    kill strike only calls of Lambda workers). The first `skip` matching calls pass, then each strikes with
    the probability `share`, `times` times in all (0: until cleared). `seconds` is for `delay`.
    Raises ValueError, in words, for what is none of this.
    """

    kind: str
    service: str = "*"
    operation: str = "*"
    function: str = ""
    skip: int = 0
    times: int = 1
    share: float = 1.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of fault: {', '.join(KINDS)}")
        if self.skip < 0 or self.times < 0:
            raise ValueError("skip and times are 0 or more")
        if not 0 < self.share <= 1:
            raise ValueError("share is over 0 and at most 1")
        if not 0 <= self.seconds <= MAXIMUM_SECONDS:
            raise ValueError(f"seconds are 0 to {MAXIMUM_SECONDS:.0f}")
        if (self.seconds > 0) != (self.kind == "delay"):
            raise ValueError("seconds are for the kind delay, which needs them")

    @property
    def kills(self) -> bool:
        """Whether it ends a Lambda worker."""
        return self.kind.startswith("kill-")

    def matches(self, service: str, operation: str, function: str) -> bool:
        """Whether a call is one that it is about; `function` is "" where no Lambda function calls."""
        return (
            self.kind != "kill-answer"
            and fnmatchcase(service, self.service)
            and fnmatchcase(operation, self.operation)
            and self._is_caller(function)
        )

    def matches_answer(self, function: str) -> bool:
        """Whether the end of an invocation of this function is what it is about."""
        return self.kind == "kill-answer" and self._is_caller(function)

    def _is_caller(self, function: str) -> bool:
        if self.function:
            return function == self.function
        return bool(function) or not self.kills
