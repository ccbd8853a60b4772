"""One measured value, and the goal that it is held against."""

from dataclasses import dataclass

KB = 1024
MB = 1024 * 1024


@dataclass(frozen=True)
class Goal:
    """A bound, itself allowed: `word` is `at most` or `at least`."""

    word: str
    bound: float

    def met(self, value: float) -> bool:
        """Whether the value keeps within it."""
        return value <= self.bound if self.word == "at most" else value >= self.bound


def at_most(bound: float) -> Goal:
    """A goal that smaller values meet."""
    return Goal("at most", bound)


def at_least(bound: float) -> Goal:
    """A goal that greater values meet."""
    return Goal("at least", bound)


@dataclass(frozen=True)
class Row:
    """`unit` is times, bytes, or what is counted; `beside` is what the value was made from, for people."""

    measure: str
    size: str
    value: float
    unit: str
    goal: Goal | None = None
    beside: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return self.goal.met(self.value) if self.goal else None
