"""The questions of `init`: a wrong answer is asked for again, with the reason; a wrong option is an error."""

from collections.abc import Callable
from dataclasses import dataclass

import typer

from mailroom.errors import MailroomError
from mailroom.init.answers import Wrong

Check = Callable[[str], str]


@dataclass(frozen=True)
class Asker:
    """`quiet`: nobody is asked; the suggestion is taken, and without one an option is demanded."""

    env: str
    quiet: bool

    def answer(self, option: str, given: str, question: str, check: Check, suggestion: str = "") -> str:
        """The checked answer: the option's, else the person's. Raises MailroomError."""
        if given or self.quiet:
            return self._checked(option, given or suggestion, check)
        while True:
            try:
                said = typer.prompt(question, default=suggestion or None, err=True)
            except typer.Abort:
                raise self._missing(option) from None
            try:
                return check(said)
            except Wrong as why:
                typer.echo(f"  {said}: {why}.", err=True)

    def _checked(self, option: str, value: str, check: Check) -> str:
        if not value:
            raise self._missing(option)
        try:
            return check(value)
        except Wrong as why:
            raise MailroomError(f"{option} {value}: {why}.", f"mailroom init {self.env} {option} …") from None

    def _missing(self, option: str) -> MailroomError:
        return MailroomError(f"{option} is needed.", f"mailroom init {self.env} {option} …")
