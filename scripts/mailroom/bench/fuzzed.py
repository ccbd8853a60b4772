"""Some thousand damaged messages in `make bench`; the 100,000 of every engine are mailroom.bench.fuzz's."""

from collections.abc import Callable, Iterator

from mailroom.bench.fuzz import by_mutation
from mailroom.bench.invariants import Broken
from mailroom.bench.rows import Row, at_most
from mailroom.bench.seeds import SEEDS

CASES = 10_000
SEED = 1


def rows(say: Callable[[str], object], cases: int = CASES) -> Iterator[Row]:
    """Whether any of so many messages broke a promise (fuzz.py); the first one ends the run."""
    beside = ""
    try:
        by_mutation(cases, list(SEEDS), say, SEED)
    except Broken as broken:
        beside = f"{broken}; the message: python -m mailroom.bench.fuzz --engine mutate --cases {cases}"
    yield Row("fuzz: broken promises", f"{cases:,} cases", int(bool(beside)), "errors", at_most(0), beside)
