"""Workers killed, answers lost, calls refused: at every AWS call that a mail costs, many mails each.

python -m mailroom.bench.kills [--name CLOUD] [--messages 100] [--only KIND]

Some 40 minutes at full size, so it is no part of `make bench`. The exit code is 1 when a mail was lost, or
brought to anybody twice.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP

from rich import box
from rich.console import Console
from rich.table import Table

from mailroom.bench.applied import applied
from mailroom.bench.ends import DEAD, DOUBTFUL, NOTICED, SENT, End, Mails
from mailroom.bench.strikes import FAULTS, KILLS, PUBLISH, Strike, every_call
from mailroom.demo.mails import MARKER, SENSOR
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.local import faults

MESSAGES = 100
VISIBILITY_SECONDS = 5
END_SECONDS = 240.0
PEOPLE = ("one@customer.example", "two@customer.example")
FILES = 2


@dataclass(frozen=True)
class Cell:
    """One fault at one operation, and how its mails ended: `first` by themselves, `last` after a replay."""

    strike: Strike
    struck: int
    first: Mapping[str, End]
    last: Mapping[str, End]

    @property
    def wrong(self) -> list[str]:
        """What went wrong at the end of all."""
        return [
            f"{self.strike.place}: {mail}: {word}" for mail, end in self.last.items() for word in end.wrong
        ]


def report(receipt_address: str, listed: bool = True) -> EmailMessage:
    """A mail with two files for two people; not `listed`: for nobody, so that it ends as a notice."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENSOR, receipt_address, "report"
    message.set_content(f"{MARKER}{', '.join(PEOPLE)}{MARKER}\n" if listed else "for nobody\n")
    for number in range(1, FILES + 1):
        content = bytes([number]) * 3000
        message.add_attachment(content, maintype="application", subtype="x", filename=f"{number}.bin")
    return message


@contextmanager
def short_visibility(
    environment: Environment, seconds: int = VISIBILITY_SECONDS, queue: str = "inbound_queue_url"
) -> Iterator[None]:
    """The queue, for a while, gives up a silent worker's messages after so many seconds."""
    sqs, url = environment.client("sqs"), environment.output(queue)
    name = "VisibilityTimeout"
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: before})


def cells(kinds: tuple[str, ...]) -> Iterator[tuple[Strike, int]]:
    """What is struck, and how many such calls a mail makes. Raises MailroomError."""
    each = Counter(operation for operation, _ in every_call(len(PEOPLE), FILES)) + Counter([PUBLISH])
    for kind in kinds:
        if kind == "kill-answer":
            yield Strike(kind), 1
        else:
            yield from ((Strike(kind, operation), count) for operation, count in sorted(each.items()))


def worked(mails: Mails, strike: Strike, calls_each: int, messages: int) -> Cell:
    """So many mails under one fault, spread over all calls of its operation; then a replay without it."""
    function = mails.environment.output("inbound_function_name")
    faults.clear(mails.cloud)
    armed = replace(strike.fault(function), times=messages, share=1 / calls_each)
    faults.add(mails.cloud, armed)
    message = report(mails.environment.output("receipt_address"), listed=strike.operation != PUBLISH)
    ids = [mails.stored(message.as_bytes(policy=SMTP)) for _ in range(messages)]
    first = mails.ends(ids, END_SECONDS)
    struck = faults.listing(mails.cloud)[0]["struck"]
    faults.clear(mails.cloud)
    return Cell(strike, struck, first, mails.brought_back(first, END_SECONDS))


def show(found: list[Cell]) -> None:
    """One line a cell; then what went wrong."""
    columns = ("fault", "struck", SENT, NOTICED, DEAD, DOUBTFUL, "after replay", "in doubt", "wrong")
    table = Table(*columns, box=box.SIMPLE_HEAD)
    for cell in found:
        first, last = (Counter(end.how for end in ends.values()) for ends in (cell.first, cell.last))
        counts = [first[how] for how in (SENT, NOTICED, DEAD, DOUBTFUL)]
        counts += [last[SENT] + last[NOTICED], last[DOUBTFUL], len(cell.wrong)]
        table.add_row(cell.strike.place, str(cell.struck), *map(str, counts))
    console = Console(highlight=False, width=132)
    console.print(table)
    for word in [word for cell in found for word in cell.wrong][:50]:
        console.print(word, soft_wrap=True)


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.bench.kills", description=__doc__)
    parser.add_argument("--name", help="an applied local cloud that runs (default: one of its own)")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="for each fault at each operation")
    every = (*KILLS, "kill-answer", *FAULTS)
    parser.add_argument("--only", choices=every, action="append", help="this kind of fault alone")
    asked = parser.parse_args(arguments)

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    try:
        with applied(say, asked.name) as (cloud, environment), short_visibility(environment):
            mails, found = Mails(cloud, environment), []
            for strike, calls_each in cells(tuple(asked.only or every)):
                say(f"{asked.messages} mails: {strike.place}")
                found.append(worked(mails, strike, calls_each, asked.messages))
            show(found)
    except MailroomError as problem:
        say("\n".join(filter(None, (problem.message, problem.hint))))
        return 1
    except KeyboardInterrupt:
        return 130
    return int(any(cell.wrong for cell in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
