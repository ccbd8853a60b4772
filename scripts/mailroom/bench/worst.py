"""Megabytes that were made to cost time, all the way through, over ordinary mails of the same size.

python -m mailroom.bench.worst
"""

import statistics
import sys
import time
from collections.abc import Iterator, Mapping

from mailroom.bench.hostile import HOSTILE, ORDINARY, Maker
from mailroom.bench.road import through
from mailroom.bench.rows import MB, Row, at_most

AT_MOST = 10.0  # times the median of the ordinary ones
GROWTH_AT_MOST = 8.0  # four times the size in at most twice four times the time: 16 would be quadratic
Makers = Mapping[str, Maker]


def rows(hostile: Makers = HOSTILE, ordinary: Makers = ORDINARY, size: int = MB) -> Iterator[Row]:
    """One row for each hostile mail of `size` bytes, then the one that grows fastest with its size.

    A text over 1 MiB is not read, so that most of what is in a text grows no more from there.
    """
    usual = statistics.median(seconds(make(size)) for make in ordinary.values())
    growths: dict[str, float] = {}
    for name, make in hostile.items():
        quarter, took, four = (seconds(make(bytes_)) for bytes_ in (size // 4, size, 4 * size))
        growths[name] = max(took / quarter, four / took)
        beside = (
            f"{took:.3f} s / {usual:.3f} s; {quarter:.3f} s at a quarter, {four:.3f} s at four times the size"
        )
        yield Row("worst cases over ordinary", name, took / usual, "times", at_most(AT_MOST), beside)
    fastest = max(growths, key=lambda name: growths[name])
    yield Row("worst growth, size times 4", fastest, growths[fastest], "times", at_most(GROWTH_AT_MOST))


def seconds(raw: bytes) -> float:
    """CPU seconds of one mail, the better of two turns; not below 5 ms, where growth says nothing."""
    turns = []
    for _ in range(2):
        started = time.process_time()
        through(raw)
        turns.append(time.process_time() - started)
    return max(min(turns), 0.005)


def main() -> int:
    """Print the rows; 1 when a goal is missed."""
    missed = False
    for row in rows():
        missed = missed or not row.met
        print(f"{'   ' if row.met else '!! '}{row.measure:26} {row.size:34} {row.value:6.2f}  {row.beside}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
