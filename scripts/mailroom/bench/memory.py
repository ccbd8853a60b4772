"""Memory to open a message, in fresh processes: the peak over the idle process, and what Python allocates.

python -m mailroom.bench.memory WAY resident|allocated FILE     (prints bytes)
"""

import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lambda_src.inbound.s3 import S3Store
from mailroom.bench import ways
from mailroom.bench.process import run
from mailroom.bench.rows import KB, MB, Goal, Row, at_most

STATUS = Path("/proc/self/status")
GOAL = at_most(64 * MB)


def rows(files: Mapping[str, Path]) -> Iterator[Row]:
    """For each way and kind the peak with each message; ours also at the last message beyond the first."""
    yield from peaks("open: memory over idle", "ours", "resident", files, GOAL)
    small, *_, large = files
    grown = measured("ours", "resident", files[large]) - measured("ours", "resident", files[small])
    yield Row("open: memory that grows", f"{small} to {large}", max(0, grown), "bytes", at_most(MB))
    yield from peaks("open into S3: memory over idle", "s3", "resident", files, GOAL)
    yield from peaks("stdlib: memory over idle", "stdlib", "resident", files, None)
    yield from peaks("open: tracemalloc peak", "ours", "allocated", files, GOAL)
    yield from peaks("stdlib: tracemalloc peak", "stdlib", "allocated", files, None)


def peaks(measure: str, way: str, kind: str, files: Mapping[str, Path], goal: Goal | None) -> Iterator[Row]:
    """One way's peak with each message."""
    for name, file in files.items():
        peak = measured(way, kind, file)
        yield Row(measure, name, peak, "bytes", goal, f"{peak / MB:.1f} MB")


def measured(way: str, kind: str, file: Path) -> int:
    """Bytes, from a fresh process. Raises MailroomError."""
    return int(run([sys.executable, "-m", "mailroom.bench.memory", way, kind, str(file)]))


def peak_of(kind: str, work: Callable[[], object]) -> int:
    """Bytes at the peak of `work` beyond those before it."""
    if kind == "allocated":
        tracemalloc.start()
        work()
        return tracemalloc.get_traced_memory()[1]
    idle = resident("VmRSS")
    work()
    return max(0, resident("VmHWM") - idle)


def resident(field: str) -> int:
    """Bytes of this process in memory: now (VmRSS) or at the most (VmHWM).

    getrusage alone would not do on Linux: a new process begins with the peak of the one that started it.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
        return int(line.split()[1]) * KB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: in bytes, and only ever the most


class Forgetful:
    """S3 that takes parts and keeps none."""

    def put_object(self, **_: Any) -> dict[str, Any]:
        """Take a small object."""
        return {}

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        """Begin a large one."""
        return {"UploadId": "1"}

    def upload_part(self, **_: Any) -> dict[str, Any]:
        """Take a part of it."""
        return {"ETag": "1"}

    def complete_multipart_upload(self, **_: Any) -> dict[str, Any]:
        """End it."""
        return {}


def work_of(way: str, file: Path) -> object:
    """Open the file's message in this way; ours reads it as a stream, as it does from S3."""
    if way == "stdlib":
        return ways.straightforward(file.read_bytes())
    with file.open("rb") as stream:
        if way == "ours":
            return ways.ours(stream.read)
        store = S3Store(Forgetful(), "attachments")
        return ways.opened(stream.read, lambda number, headers: store.open_attachment(str(number)))


if __name__ == "__main__":
    print(peak_of(sys.argv[2], lambda: work_of(sys.argv[1], Path(sys.argv[3]))))
