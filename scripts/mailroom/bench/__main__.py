"""`python -m mailroom.bench [--json] [--quick]`: every measure in one run. Goals are told, not enforced."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from mailroom.bench import calls, memory, opening, show, zips
from mailroom.bench.mails import SIZES, Sample, sample
from mailroom.bench.rows import Row
from mailroom.errors import MailroomError


def measures(sizes: dict[str, int], quick: bool, say: Callable[[str], None]) -> Iterator[Row]:
    """Every row; `sizes` are the mails' names and bytes. Raises MailroomError when something does not run."""
    say("opening a message: time (at 38 MB the standard library takes a while)")
    samples = {name: sample(size) for name, size in sizes.items()}
    yield from opening.rows(samples, 2 if quick else 5)
    with tempfile.TemporaryDirectory(prefix="mailroom-bench-") as folder:
        say("opening a message: memory, in fresh processes")
        yield from memory.rows(stored(samples, Path(folder)))
        say("cold imports, in fresh processes, and zips")
        yield from zips.rows(Path(folder), 4 if quick else 11)
    say("AWS calls")
    yield from calls.rows()


def stored(samples: dict[str, Sample], folder: Path) -> dict[str, Path]:
    """The samples as files in `folder`, by their names."""
    files = {name: folder / f"{number}.eml" for number, name in enumerate(samples)}
    for name, file in files.items():
        file.write_bytes(samples[name].raw)
    return files


def main(arguments: list[str]) -> int:
    """Measure and print; 1 only when a measure could not be taken."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: rougher ratios")
    asked = parser.parse_args(arguments)
    try:
        rows = list(measures(SIZES, asked.quick, lambda text: print(f"measuring {text}", file=sys.stderr)))
        print(show.as_json(rows)) if asked.json else show.table(rows)
    except MailroomError as problem:
        print("\n".join(filter(None, (problem.message, problem.hint))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
