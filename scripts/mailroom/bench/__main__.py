"""`python -m mailroom.bench [--json] [--quick] [--only PART]`: all measures. Goals are told, not enforced."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mailroom.bench import (
    calls,
    clicks,
    fuzzed,
    memory,
    opening,
    queued,
    show,
    status_folding,
    status_latency,
    status_storm,
    worst,
    zips,
)
from mailroom.bench.applied import applied
from mailroom.bench.mails import SIZES, sample
from mailroom.bench.rows import Row
from mailroom.errors import MailroomError

PARTS = ("opening", "worst", "fuzz", "starts", "calls", "status", "cloud")
QUICKER = 10  # with --quick a tenth of the mails and clicks
Say = Callable[[str], object]


def measures(
    quick: bool, say: Say, parts: Sequence[str] = PARTS, sizes: dict[str, int] = SIZES
) -> Iterator[Row]:
    """The rows of these parts; `sizes` are the mails' names and bytes.

    Raises MailroomError when something does not run.
    """
    with tempfile.TemporaryDirectory(prefix="mailroom-bench-") as folder:
        if "opening" in parts:
            yield from opened(sizes, quick, Path(folder), say)
        if "worst" in parts:
            say("mails that were made to cost time")
            yield from worst.rows()
        if "fuzz" in parts:
            say("damaged messages")
            yield from fuzzed.rows(say, fuzzed.CASES // (QUICKER if quick else 1))
        if "starts" in parts:
            say("cold imports, in fresh processes, and zips")
            yield from zips.rows(Path(folder), 4 if quick else 11)
    if "calls" in parts:
        say("AWS calls")
        yield from calls.rows()
    if "status" in parts:
        say("events: decoding and folding")
        yield from status_folding.rows()
        yield from status_storm.rows(say, status_storm.MESSAGES // (QUICKER if quick else 1))
    if "cloud" in parts:
        yield from in_cloud(QUICKER if quick else 1, say)


def opened(sizes: dict[str, int], quick: bool, folder: Path, say: Say) -> Iterator[Row]:
    """Time and memory to open each sample."""
    say("opening a message: time (at 38 MB the standard library takes a while)")
    samples = {name: sample(size) for name, size in sizes.items()}
    yield from opening.rows(samples, 2 if quick else 5)
    files = {name: folder / f"{number}.eml" for number, name in enumerate(samples)}
    for name, file in files.items():
        file.write_bytes(samples[name].raw)
    say("opening a message: memory, in fresh processes")
    yield from memory.rows(files)


def in_cloud(part: int, say: Say) -> Iterator[Row]:
    """What needs an applied local cloud: mails and clicks by the thousand."""
    with applied(say) as (_, environment):
        yield from clicks.rows(environment, say, clicks.COUNT // part)
        few, many = queued.COUNTS
        yield from queued.rows(environment, say, (few // part, many // part))
        yield from status_latency.rows(environment, say, status_latency.COUNT // part)


def main(arguments: list[str]) -> int:
    """Measure and print; 1 only when a measure could not be taken."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--quick", action="store_true", help="less of everything: rougher ratios")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone (may be repeated)")
    asked = parser.parse_args(arguments)

    def say(text: str) -> None:
        print(f"measuring {text}", file=sys.stderr)

    try:
        rows = list(measures(asked.quick, say, asked.only or PARTS))
        print(show.as_json(rows)) if asked.json else show.table(rows)
    except MailroomError as problem:
        print("\n".join(filter(None, (problem.message, problem.hint))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
