"""Messages that nobody would write, through all of `inbound` but AWS: nothing may raise, leak or change.

    python -m mailroom.bench.fuzz                                   # 100,000 cases by hypothesis
    python -m mailroom.bench.fuzz --engine mutate --corpus FOLDER   # the messages in FOLDER, damaged
    python -m mailroom.bench.fuzz --engine atheris                  # led by coverage; see below

atheris is no package of ours: `pip install atheris` (4 MB, Linux) in a copy of this environment.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mailroom.bench.invariants import Broken, check
from mailroom.bench.seeds import SEEDS, message_strategy, mutated

Say = Callable[[str], object]
PROGRESS_SECONDS = 20


def by_hypothesis(cases: int, _: list[bytes], say: Say, seed: int) -> None:
    """Messages put together of pieces, made smaller where one breaks a promise. Raises Broken."""
    import hypothesis

    pace = _Pace(cases, say)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=cases, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(message_strategy())
    def run(raw: bytes) -> None:
        pace.step()
        check(raw)

    run()


def by_mutation(cases: int, corpus: list[bytes], say: Say, seed: int) -> None:
    """Messages of the corpus, damaged at random. Raises Broken."""
    chance, pace = random.Random(seed), _Pace(cases, say)  # noqa: S311 - no secret
    for _ in range(cases):
        pace.step()
        check(mutated(chance, corpus))


def by_coverage(cases: int, corpus: list[bytes], say: Say, seed: int) -> None:
    """Led by what of our code each message reaches. Raises Broken, or SystemExit without atheris."""
    try:
        import atheris  # type: ignore[import-untyped]  # not locked
    except ImportError:
        raise SystemExit("atheris is not installed: pip install atheris, or take another --engine") from None
    with tempfile.TemporaryDirectory(prefix="mailroom-fuzz-") as folder:
        for number, raw in enumerate(corpus):
            (Path(folder) / str(number)).write_bytes(raw)
        say("instrumenting: half a minute")
        atheris.instrument_all()
        atheris.Setup([sys.argv[0], f"-runs={cases}", f"-seed={seed}", "-max_len=4096", folder], check)
        atheris.Fuzz()


ENGINES = {"hypothesis": by_hypothesis, "mutate": by_mutation, "atheris": by_coverage}


class _Pace:
    """Says now and then how far it is."""

    def __init__(self, cases: int, say: Say) -> None:
        self._cases, self._say = cases, say
        self._done = 0
        self._next = time.monotonic() + PROGRESS_SECONDS

    def step(self) -> None:
        """One more case."""
        self._done += 1
        if time.monotonic() >= self._next:
            self._next += PROGRESS_SECONDS
            self._say(f"{self._done:,} of {self._cases:,} cases")


def main(arguments: list[str]) -> int:
    """Run the cases; 1 when one broke a promise, with the message in a file."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.bench.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--engine", choices=ENGINES, default="hypothesis")
    parser.add_argument("--corpus", type=Path, help="a folder of messages to begin with")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    files = sorted(asked.corpus.iterdir()) if asked.corpus else []
    corpus = [file.read_bytes() for file in files if file.is_file()] or list(SEEDS)
    started = time.monotonic()
    try:
        ENGINES[asked.engine](asked.cases, corpus, lambda text: print(text, file=sys.stderr), asked.seed)
    except Broken as broken:
        file = Path("fuzz-case.eml").resolve()
        file.write_bytes(broken.raw)
        print(f"{broken}\nThe message is in {file}: mailroom inbound explain {file}", file=sys.stderr)
        return 1
    print(
        f"{asked.cases:,} cases by {asked.engine} in {time.monotonic() - started:.0f} s: no promise broken."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
