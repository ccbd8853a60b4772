"""Time to open a message: ours and the straightforward way over the floor, and the one over the other."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping

from mailroom.bench import ways
from mailroom.bench.mails import Sample
from mailroom.bench.rows import Goal, Row, at_least, at_most
from mailroom.errors import MailroomError

WAYS: Mapping[str, Callable[[Sample], list[str]]] = {
    "floor": ways.floor,
    "ours": ways.ours_in_memory,
    "stdlib": ways.straightforward_in_memory,
}
GOALS: Mapping[tuple[str, str], Goal] = {
    ("floor", "38 MB"): at_most(1.3),
    ("stdlib", "14 KB"): at_least(2.0),
}
SECONDS_EACH = 0.04  # a small message is opened again and again for about so long
TURNS = 3  # the least of them counts: noise only ever adds


def rows(samples: Mapping[str, Sample], repetitions: int) -> Iterator[Row]:
    """Three ratios for each message."""
    timed = {name: timings(sample, repetitions) for name, sample in samples.items()}
    for name, took in timed.items():
        goal = GOALS.get(("floor", name))
        yield _row("open: time over the floor", name, took, ("ours", "floor"), goal)
    for name, took in timed.items():
        yield _row("stdlib: time over the floor", name, took, ("stdlib", "floor"), None)
    for name, took in timed.items():
        goal = GOALS.get(("stdlib", name))
        yield _row("stdlib: time over open", name, took, ("stdlib", "ours"), goal)


def timings(sample: Sample, repetitions: int) -> dict[str, list[float]]:
    """CPU seconds of each way, one for each repetition: the least of some turns, the ways taking turns.

    Raises MailroomError where the ways do not agree on what is in the message.
    """
    answers = {name: way(sample) for name, way in WAYS.items()}
    if len({tuple(answer) for answer in answers.values()}) != 1 or not answers["floor"]:
        raise MailroomError("the ways through the message found different attachments: nothing to compare")
    counts = {name: max(1, round(SECONDS_EACH / seconds(way, sample, 1))) for name, way in WAYS.items()}
    took: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(repetitions):
        turns = [
            {name: seconds(way, sample, counts[name]) for name, way in WAYS.items()} for _ in range(TURNS)
        ]
        for name, least in took.items():
            least.append(min(turn[name] for turn in turns))
    return took


def seconds(way: Callable[[Sample], object], sample: Sample, count: int) -> float:
    """CPU seconds of one call, from `count` of them. CPU time: others on the machine weigh less."""
    gc.collect()
    started = time.process_time()
    for _ in range(count):
        way(sample)
    return max((time.process_time() - started) / count, 1e-9)


def _row(
    measure: str, size: str, took: Mapping[str, list[float]], pair: tuple[str, str], goal: Goal | None
) -> Row:
    """The median of the ratios, each of two neighbours in time."""
    over, under = (took[name] for name in pair)
    ratio = statistics.median(a / b for a, b in zip(over, under, strict=True))
    beside = " / ".join(f"{statistics.median(took[name]):.6f} s" for name in pair)
    return Row(measure, size, ratio, "times", goal, beside)
