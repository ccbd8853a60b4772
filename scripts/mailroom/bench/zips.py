"""The zips, and the cold start of what is in them against boto3's own."""

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from mailroom import package, paths
from mailroom.bench import cold
from mailroom.bench.functions import ENVIRONMENTS
from mailroom.bench.process import run
from mailroom.bench.rows import MB, Row, at_most

Timed = tuple[float, float]


def rows(folder: Path, repetitions: int) -> Iterator[Row]:
    """Make the zips anew in `folder` (the very bytes of `make package`), weigh and start them."""
    package.package(paths.CLONE, folder)
    starts = [start_rows(name, module, folder, repetitions) for name, module in handlers().items()]
    for same_measure in zip(*starts, strict=True):
        yield from same_measure
    for name in sorted(archive.stem for archive in folder.glob("*.zip")):
        size = (folder / f"{name}.zip").stat().st_size
        yield Row("zip", name, size, "bytes", at_most(5 * MB), f"{size / MB:.2f} MB")


def handlers() -> dict[str, str]:
    """Each function's name and module: `handler` of a capability is named as that is, others as they are."""
    modules = [module for found in package.handlers(paths.CLONE).values() for module in found]
    return {module.removesuffix(".handler").rpartition(".")[2]: module for module in modules}


def start_rows(name: str, module: str, folder: Path, repetitions: int) -> Iterator[Row]:
    """A handler's cold start over boto3's, import and clients on both sides."""
    python = paths.BUILD / "venv-lambda" / "bin" / "python"
    # -P: the folder of cold.py, this one, is not for others to import from.
    start = [str(python) if python.exists() else sys.executable, "-P", cold.__file__]
    environment = ENVIRONMENTS.get(name, {})
    wired = ["wired"] if environment else []

    def ask(root: Path, *words: str, **more: str) -> list[str]:
        return run([*start, *words], {**environment, "PYTHONPATH": str(root), **more}).split()

    def timed(root: Path, *words: str, **more: str) -> Timed:
        imported, ready = map(float, ask(root, *words, **more))
        return imported, ready

    archive = folder / f"{module.split('.')[1]}.zip"  # a capability's functions share its zip
    compiled, plain = (unpacked(archive, folder / kind / name) for kind in ("a", "b"))
    services = ask(compiled, "clients", module, *wired)  # leaves the bytecode behind, too
    ours, theirs, fresh = in_turns(
        repetitions,
        lambda: timed(compiled, "handler", module, *wired),
        lambda: timed(compiled, "boto3", *services),
        lambda: timed(plain, "handler", module, *wired, PYTHONDONTWRITEBYTECODE="1"),
    )
    made = f"{len(services)} clients"
    yield _row("start over boto3 + clients", name, ours[1], theirs[1], made, 1.3)
    yield _row("the same, our code not compiled", name, fresh[1], theirs[1], made, None)
    yield _row("import alone over `import boto3`", name, ours[0], theirs[0], "", None)


def unpacked(archive: Path, target: Path) -> Path:
    """The zip's files, as Lambda sees them."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(target)
    return target


def in_turns(repetitions: int, *starts: Callable[[], Timed]) -> list[Timed]:
    """The least that each start took (import; all), the starts taking turns. Noise only ever adds."""
    taken = [[start() for start in starts] for _ in range(repetitions)]
    least = [tuple(map(min, zip(*runs, strict=True))) for runs in zip(*taken, strict=True)]
    return [(imported, ready) for imported, ready in least]


def _row(measure: str, name: str, ours: float, theirs: float, made: str, most: float | None) -> Row:
    beside = f"{ours:.3f} s / {theirs:.3f} s" + (made and f", {made}")
    return Row(measure, name, ours / theirs, "times", at_most(most) if most else None, beside)
